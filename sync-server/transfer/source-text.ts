import { BODY_BYTES_MAX } from "@mochila/shared/limits.ts";
import { CourseProblem } from "./course-problem.ts";

/** An episode becomes at most a few pages of BODY_BYTES_MAX each; a longer file is a mistake, and parsing it would hold the server's memory. */
export const EPISODE_BYTES_MAX = BODY_BYTES_MAX;

function lineOfFirstBadByte(bytes: Uint8Array): number {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let line = 1;
  for (let start = 0; start < bytes.length; line += 1) {
    const newline = bytes.indexOf(0x0a, start);
    const end = newline < 0 ? bytes.length : newline + 1;
    try {
      // A UTF-8 sequence never contains the byte of a newline, so that every line can be judged alone.
      decoder.decode(bytes.subarray(start, end));
    } catch {
      return line;
    }
    start = end;
  }
  return line;
}

/**
 * The lines of a text file, without line ends. Windows and old Mac line ends and a byte order mark are taken off.
 * Throws CourseProblem with the line if the bytes are not UTF-8, hold a NUL, or are more than EPISODE_BYTES_MAX.
 */
export function sourceLines(file: string, bytes: Uint8Array): string[] {
  if (bytes.length > EPISODE_BYTES_MAX) {
    throw new CourseProblem({ file, line: 1 }, `the file has ${bytes.length} bytes; at most ${EPISODE_BYTES_MAX} are taken`);
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new CourseProblem({ file, line: lineOfFirstBadByte(bytes) }, "the text is not UTF-8");
  }
  const lines = text.split(/\r\n|\n|\r/u);
  const withNul = lines.findIndex((line) => line.includes("\0"));
  if (withNul >= 0) throw new CourseProblem({ file, line: withNul + 1 }, "the text holds a NUL byte");
  return lines;
}
