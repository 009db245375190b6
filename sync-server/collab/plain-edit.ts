// What somebody does who types, read without Yjs. Update format 1: https://github.com/yjs/yjs/blob/main/INTERNALS.md
import { isUtf8 } from "node:buffer";

/** Of each client the number of its next character: what a document holds is all below. */
export type Clocks = Map<number, number>;

/** A few words that were pasted; what is longer is tried like everything else. */
const BYTES_MAX = 1_024;
const STRUCTS_MAX = 8;
const VAR_UINT_BYTES_MAX = 7;
/** Of a struct's first byte: what it holds, and what it stands beside. */
const CONTENT = 0b0001_1111;
const STRING = 4;
const HAS_RIGHT_ORIGIN = 0b0100_0000;
const HAS_ORIGIN = 0b1000_0000;
/** No number, and more than each. */
const BROKEN = Number.POSITIVE_INFINITY;

class Reader {
  at = 0;
  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    const byte = this.bytes[this.at];
    this.at += 1;
    return byte ?? BROKEN;
  }

  /** `BROKEN` past the end, and for what is longer than any number that Yjs writes. */
  varUint(): number {
    let value = 0;
    for (let [count, factor] = [0, 1]; count < VAR_UINT_BYTES_MAX; count += 1, factor *= 128) {
      const byte = this.byte();
      if (byte === BROKEN) return BROKEN;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    return BROKEN;
  }

  /** Length in UTF-16 units, as Yjs counts; 0 if it is not text, or none. */
  text(): number {
    const length = this.varUint();
    if (length > this.bytes.length - this.at) return 0;
    const text = this.bytes.subarray(this.at, (this.at += length));
    if (!isUtf8(text)) return 0;
    let units = 0;
    // Bytes that continue a character count nothing, four of them make two units.
    for (const byte of text) units += byte < 0x80 || byte >= 0xc0 ? (byte >= 0xf0 ? 2 : 1) : 0;
    return units;
  }
}

/** A character's place: of a document that holds all below `clocks` and, of `client`, all below `next`. */
function isKnown(reader: Reader, clocks: Clocks, { client, next }: { client: number; next: number }): boolean {
  const [of, clock] = [reader.varUint(), reader.varUint()];
  return clock < (of === client ? next : (clocks.get(of) ?? 0));
}

/**
 * Whether an update only puts text beside characters that a document has, and so is new to it, waits for nothing in it, and costs no more
 * than its bytes: such an update needs no trial in another thread. If so, `clocks` are moved on; else nothing is changed and nothing said: the
 * update may be sound.
 *
 * Deletions are no such thing: how deep what they take away is nested, and so how deep Yjs calls itself, is not in their bytes.
 */
export function followPlainEdit(update: Uint8Array, clocks: Clocks): boolean {
  if (update.length > BYTES_MAX) return false;
  const reader = new Reader(update);
  if (reader.varUint() !== 1) return false;
  const structs = reader.varUint();
  const client = reader.varUint();
  let next = reader.varUint();
  if (structs < 1 || structs > STRUCTS_MAX || next !== (clocks.get(client) ?? 0)) return false;
  for (let struct = 0; struct < structs; struct += 1) {
    const info = reader.byte();
    if (info === BROKEN || (info & CONTENT) !== STRING || (info & (HAS_ORIGIN | HAS_RIGHT_ORIGIN)) === 0) return false;
    if (info & HAS_ORIGIN && !isKnown(reader, clocks, { client, next })) return false;
    if (info & HAS_RIGHT_ORIGIN && !isKnown(reader, clocks, { client, next })) return false;
    const units = reader.text();
    if (units === 0) return false;
    next += units;
  }
  // Nothing is deleted, and nothing comes after.
  if (reader.varUint() !== 0 || reader.at !== update.length) return false;
  clocks.set(client, next);
  return true;
}
