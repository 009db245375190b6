import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { UsageError } from "./command.ts";

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

async function readLine(question: string): Promise<string> {
  const { isTTY } = process.stdin;
  if (isTTY) process.stderr.write(question);
  const lines = createInterface({ input: process.stdin, ...(isTTY ? { output: nowhere(), terminal: true } : {}) });
  // The terminal hands every key to us: it does not interrupt by itself.
  lines.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  try {
    // An input that ends without a line would be waited for until the end of days.
    const ended = new Promise<never>((_, reject) => lines.once("close", () => reject(new UsageError("No password came: write it on the standard input, as one line."))));
    return await Promise.race([lines.question(""), ended]);
  } finally {
    lines.close();
    if (isTTY) process.stderr.write("\n");
  }
}

/** One line of the standard input. At a terminal it is not shown, and so asked for twice: throws UsageError where the two differ. */
export async function readSecret(question: string): Promise<string> {
  const secret = await readLine(question);
  if (process.stdin.isTTY && (await readLine("Once more: ")) !== secret) throw new UsageError("The two are not the same. Nothing was changed.");
  return secret;
}
