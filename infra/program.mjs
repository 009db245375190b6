// Builds the program of the server and of the command line: the TypeScript of three workspaces, and the packages that they stand on, as a few files of
// JavaScript. They start in a quarter of the time of the sources, and nothing of a compiler stays in memory while a school runs.
import { existsSync, readdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { hashOf } from "./stamp.mjs";

const root = join(import.meta.dirname, "..");
const FOLDER = join(root, "sync-server", ".build");
const SOURCES = ["shared", "analytics", "sync-server", "infra/program.mjs", "infra/mend-postgres.mjs", "package-lock.json"];
/** Packages that stay outside: one with native parts, and those that are loaded only where somebody needs them. */
const OUTSIDE = ["@node-rs/argon2", "@redis/client", "@simplewebauthn/server"];
/** A program that somebody still runs may yet load a part of it. */
const KEPT_MS = 24 * 60 * 60 * 1_000;

/** Files that a module names beside itself (migrations, the parts of workers) stay where they are: it is told the place of its source, seen from `out`. */
const placesOf = (out) => ({
  name: "places-of-sources",
  transform(code, id) {
    if (!id.startsWith(root) || id.includes(`${sep}node_modules${sep}`) || !/import\.meta\.(?:url|dirname)/.test(code)) return undefined;
    const from = (path) => JSON.stringify(relative(out, path).replaceAll(sep, "/"));
    const seen = code
      .replaceAll("import.meta.dirname", `__pathOf(new URL(${from(dirname(id))}, __here))`)
      .replaceAll("import.meta.url", `new URL(${from(id)}, __here).href`)
      .replaceAll("__here", "import.meta.url");
    // On the first line, so that no line moves: what the compiler knows of lines stays true.
    return { map: null, code: `import { fileURLToPath as __pathOf } from "node:url"; ${seen}` };
  },
});

/** Writes `main.mjs` and `cli.mjs` into `out`. Throws what the compiler says. */
async function buildProgram(out) {
  const { rolldown } = await import("rolldown");
  const bundle = await rolldown({
    cwd: root, platform: "node", external: OUTSIDE, plugins: [placesOf(out)],
    input: { main: join(root, "sync-server", "main.ts"), cli: join(root, "sync-server", "cli.ts") },
  });
  await bundle.write({ dir: out, format: "esm", sourcemap: true, entryFileNames: "[name].mjs", chunkFileNames: "[name]-[hash].mjs" });
  await bundle.close();
}

/** The folder of the program as the sources say, built if it is not there. Two processes may build it at once; whoever is second uses what is there. */
async function ensureProgram() {
  const folder = join(FOLDER, `program-${hashOf(...SOURCES).slice(0, 16)}`);
  if (existsSync(folder)) return folder;
  const making = `${folder}-${process.pid}`;
  await buildProgram(making);
  try {
    renameSync(making, folder);
  } catch {
    rmSync(making, { recursive: true, force: true });
  }
  for (const name of readdirSync(FOLDER)) {
    const old = join(FOLDER, name);
    if (name.startsWith("program-") && old !== folder && Date.now() - statSync(old).mtimeMs > KEPT_MS) rmSync(old, { recursive: true, force: true });
  }
  return folder;
}

/**
 * Stack traces name the sources. The room for what is new, in MB: what a request makes is dead when it is answered; in V8's 16 MB much of it is copied to where the old lives before
 * that (a pull of many documents costs 5 % less with 32; decision 0004).
 */
const FLAGS = ["--enable-source-maps", "--max-semi-space-size=32"];

/** What to give to Node to run one of them: `main` or `cli`. */
export const programArguments = async (name) => [...FLAGS, join(await ensureProgram(), `${name}.mjs`)];

// `node infra/program.mjs <folder>`, for an image.
if (process.argv[1] === import.meta.filename && process.argv[2]) await buildProgram(resolve(process.argv[2]));
