import { digest } from "lib0/hash/sha256";
import { assert } from "./assert.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Random, systemRandom } from "./random.ts";

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

export const isUuid = (text: string): boolean => UUID_PATTERN.test(text);

function toText(bytes: Uint8Array, version: number): string {
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | (version << 4);
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  let text = "";
  for (let index = 0; index < 16; index += 1) {
    if (index === 4 || index === 6 || index === 8 || index === 10) text += "-";
    text += HEX[bytes[index] ?? 0];
  }
  return text;
}

export interface IdSource {
  readonly clock: Clock;
  readonly random: Random;
}

const system: IdSource = { clock: systemClock, random: systemRandom };

/** A UUIDv7 (RFC 9562): sorts by time, so that new rows land at the end of an index. */
export function newId({ clock, random }: IdSource = system): string {
  const bytes = new Uint8Array(16);
  let time = Math.max(0, Math.floor(clock.now()));
  for (let index = 5; index >= 0; index -= 1) {
    bytes[index] = time % 256;
    time = Math.floor(time / 256);
  }
  bytes.set(random.bytes(10), 6);
  return toText(bytes, 7);
}

/** A revision token: random, says nothing of time. New at every write of a document. */
export const newRev = ({ random }: Pick<IdSource, "random"> = system): string => toText(Uint8Array.from(random.bytes(16)), 4);

/**
 * A hash, so that nobody can look for a pair or a part whose id is one that somebody else is going to need: with bytes that are only
 * combined, a student finds the item whose progress row of theirs stands where another's belongs (decision 0001).
 */
function derivedId(...parts: readonly string[]): string {
  const text = parts.join("\n");
  // ASCII, all of it: a character is a byte.
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index += 1) bytes[index] = text.charCodeAt(index);
  return toText(digest(bytes).slice(0, 16), 8);
}

/** Whether an id is derived; who makes a document with an id of its own choice never takes one of these. */
export const isDerivedId = (id: string): boolean => id[14] === "8";

/**
 * The one id of a pair, the same on every device without asking anyone: two devices that mark the same item offline
 * must write the same document, else the person has two contradicting rows. The server checks it when it is created.
 */
export function pairId(left: string, right: string): string {
  assert(isUuid(left) && isUuid(right), "not a UUID");
  return derivedId("pair", left, right);
}

/** The one id of a named part of a document, such as the English text of an item. `name`: 1–16 ASCII characters. */
export function namedId(id: string, name: string): string {
  assert(isUuid(id), "not a UUID");
  assert(/^[\x21-\x7e]{1,16}$/.test(name), "a part's name is 1 to 16 ASCII characters");
  return derivedId("part", id, name);
}
