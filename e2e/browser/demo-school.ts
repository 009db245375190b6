import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { programArguments } from "@mochila/sync-server/test-program.ts";
import { copyTemplate } from "@mochila/sync-server/test-templates.ts";

const stamp = pathToFileURL(join(import.meta.dirname, "..", "..", "infra", "stamp.mjs")).href;

/** Changes with the program and with what it fills a school with; not older than a day, since some of that counts days. */
async function keyOf(): Promise<string> {
  const { hashOf } = (await import(stamp)) as { hashOf(...paths: string[]): string };
  const [program = ""] = (await programArguments("main")).slice(-1);
  const day = new Date().toISOString().slice(0, 10);
  return `${basename(dirname(program))}-${hashOf("infra/seed").slice(0, 8)}-${String(process.getuid?.())}-${day}`;
}

/**
 * Copies the data folder of a demo school that the program itself has made, and ended in order, to `folder`, which must not exist. A first start makes a
 * cluster, tables, people and courses: more work than all that most journeys do in it.
 */
export const copyDemoSchool = async (makeSchool: (folder: string) => Promise<void>, folder: string): Promise<void> =>
  copyTemplate({ kind: "mochila-test-schools", key: await keyOf(), make: makeSchool }, folder);
