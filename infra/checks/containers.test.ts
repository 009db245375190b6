import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { composeProblems, dockerfileProblems } from "./containers.ts";
import { projectRoot } from "./source-files.ts";

const read = (path: string): string => readFileSync(join(projectRoot, path), "utf8");
/** Read from the text of the settings file, so that the check needs nothing of the server. */
const settings = new Set([...read("sync-server/config.ts").matchAll(/\b([A-Z][A-Z_]{2,})\b/g)].flatMap((match) => match[1] ?? []));

describe("docker-compose.yml", () => {
  const compose = read("docker-compose.yml");

  test("is a compose file of services, volumes and settings that exist", () => {
    expect(settings.has("DATABASE_URL")).toBe(true);
    expect(composeProblems(compose, settings)).toEqual([]);
  });

  test.each([
    ["a misspelt key", compose.replace("healthcheck:", "healthchek:")],
    ["a volume that is not declared", compose.replace("files:/data", "file:/data")],
    ["a setting that does not exist", compose.replace("SEED: none", "SEEDS: none")],
    ["a port open to the world", compose.replace("127.0.0.1:8080:8080", "8080:8080")],
    ["bad YAML", `${compose}\n  - : [`],
  ])("the check sees %s", (_, broken) => {
    expect(composeProblems(broken, settings)).not.toEqual([]);
  });
});

describe("the image", () => {
  const dockerfile = read("infra/docker/Dockerfile");

  test("is a Dockerfile whose sources exist and that starts the program of npm start", () => {
    expect(dockerfileProblems(dockerfile, projectRoot)).toEqual([]);
    expect(dockerfile).toContain('CMD ["node", "--enable-source-maps", "--max-semi-space-size=32", "program/main.mjs"]');
    expect(dockerfile).toContain("node infra/program.mjs program ");
    expect(read("infra/start.mjs")).toContain('programArguments("main")');
  });

  test("the check sees a wrong instruction and a missing source", () => {
    expect(dockerfileProblems(`${dockerfile}\nRUNN x`, projectRoot)).not.toEqual([]);
    expect(dockerfileProblems(`${dockerfile}\nCOPY nowhere ./`, projectRoot)).toHaveLength(1);
  });
});
