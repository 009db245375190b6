import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline as joined, type Readable, Transform, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import type { Part } from "./manifest.ts";

/** Three times as fast as the usual level, and a tenth larger. */
const LEVEL = 1;
const LINE_END = 10;

/** Looks at what passes and leaves it as it is. */
const looking = (look: (chunk: Buffer) => void): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });

function lineEnds(chunk: Buffer): number {
  let count = 0;
  for (let at = chunk.indexOf(LINE_END); at >= 0; at = chunk.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

/** Packs lines into a file of `folder`. Resolves when it is on the disk. Memory: what a stream holds. */
export async function writePart({ folder, file }: { folder: string; file: string }, lines: Readable): Promise<Part> {
  const hash = createHash("sha256");
  let [rows, bytes] = [0, 0];
  await pipeline(
    lines,
    looking((chunk) => (rows += lineEnds(chunk))),
    createGzip({ level: LEVEL }),
    looking((chunk) => {
      hash.update(chunk);
      bytes += chunk.length;
    }),
    createWriteStream(join(folder, file), { flags: "wx", mode: 0o600, flush: true }),
  );
  return { file, sha256: hash.digest("hex"), bytes, rows };
}

/** Unpacks it into `into`; ends when all of it has arrived there. */
export const readPart = (folder: string, { file }: Part, into: Writable): Promise<void> => pipeline(createReadStream(join(folder, file)), createGunzip(), into);

/** Its lines, unpacked. Throws where it cannot be read or unpacked. */
export async function* partLines(folder: string, { file }: Part): AsyncGenerator<string> {
  const unpacked = createGunzip();
  // What fails on the way fails where it is read, below.
  joined(createReadStream(join(folder, file)), unpacked, () => undefined);
  let begun = "";
  for await (const text of unpacked.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (begun + text).split("\n");
    begun = lines.pop() ?? "";
    yield* lines;
  }
  if (begun !== "") yield begun;
}

/** Whether the bytes on the disk are those that were written. */
export async function isWhole(folder: string, { file, sha256, bytes }: Part): Promise<boolean> {
  const path = join(folder, file);
  if ((await stat(path).catch(() => null))?.size !== bytes) return false;
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex") === sha256;
}
