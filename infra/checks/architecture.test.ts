import { describe, expect, test } from "vitest";
import { cycles, wrongDirections } from "./directions.ts";
import { importEdges } from "./imports.ts";
import { sourceFiles } from "./source-files.ts";
import { hiddenChance, hiddenNetwork } from "./sources-of-chance.ts";

const files = sourceFiles(".ts", ".tsx").filter(({ path }) => !path.startsWith("infra/checks/"));

const edgesOf = (path: string, text: string) => importEdges([{ path, text }]);

describe("directions of ARCHITECTURE", () => {
  test("every arrow of the project goes where it may", () => {
    expect(files.length).toBeGreaterThan(20);
    expect(wrongDirections(importEdges(files))).toEqual([]);
  });

  test("no file imports itself over others", () => {
    expect(cycles(importEdges(files))).toEqual([]);
  });

  test.each([
    ["client/home/x.ts", 'import type { A } from "@mochila/sync-server/app.ts";'],
    ["sync-server/sync/pull.ts", 'import { x } from "../pages/publish.ts";'],
    ["sync-server/reports/routes.ts", 'import { x } from "@mochila/analytics/engine.ts";'],
    ["sync-server/users/x.ts", 'import postgres from "postgres";'],
    ["shared/sync/x.ts", 'import { y } from "yjs";'],
    ["client/home/HomeView.tsx", 'import { x } from "../db/open.ts";'],
  ])("the check sees a wrong arrow in %s", (path, text) => {
    expect(wrongDirections(edgesOf(path, text))).toHaveLength(1);
  });

  test("the check sees a cycle", () => {
    const edges = [...edgesOf("shared/a/x.ts", 'import { y } from "../b/y.ts";'), ...edgesOf("shared/b/y.ts", 'import { x } from "../a/x.ts";')];
    expect(cycles(edges)).toHaveLength(1);
  });
});

describe("clock, randomness and network", () => {
  test("only their own files read them", () => {
    expect(hiddenChance(files)).toEqual([]);
    expect(hiddenNetwork(files)).toEqual([]);
  });

  test("the checks see a hidden source", () => {
    expect(hiddenChance([{ path: "shared/sync/x.ts", text: "const now = Date.now();" }])).toHaveLength(1);
    expect(hiddenNetwork([{ path: "client/home/x.ts", text: 'await fetch("/api/me");' }])).toHaveLength(1);
  });
});
