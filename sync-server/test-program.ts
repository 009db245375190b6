import { join } from "node:path";
import { pathToFileURL } from "node:url";

const builder = pathToFileURL(join(import.meta.dirname, "..", "infra", "program.mjs")).href;

/** What to give to Node so that it runs the program of `npm start`, or of the command line: built as those build it. */
export async function programArguments(name: "main" | "cli"): Promise<string[]> {
  const built = (await import(builder)) as { programArguments(name: string): Promise<string[]> };
  return built.programArguments(name);
}
