import { createHash } from "node:crypto";

/**
 * One walk through everything that a device has not seen, up to the horizon at its start. It may take several pages; documents that
 * change meanwhile come in the next walk, so that a walk ends however much is written.
 */
export interface Walk {
  /** Only what is older than this transaction. */
  readonly target: bigint;
  /** The grants had changed since the walk before: scopes granted since then are read from their beginning, lost ones are removed. */
  readonly changed: boolean;
  readonly place: Place;
}

/** Where a walk is: first what is lost, by scope and document; then what is given, by scope and (xid, seq). Exclusive. */
export type Place =
  | { readonly part: "lost"; readonly scope: bigint; readonly document: string }
  | { readonly part: "given"; readonly scope: bigint; readonly xid: bigint; readonly seq: bigint };

/** What a device has. */
export interface Position {
  /** The horizon of the last complete walk: everything older was sent. */
  readonly drained: bigint;
  /** Stands for the grants when the last walk, complete or under way, began. */
  readonly grants: string;
  readonly walk: Walk | null;
}

export const START: Position = { drained: 0n, grants: "", walk: null };
export const NO_DOCUMENT = "00000000-0000-0000-0000-000000000000";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const TAG = "[\\w-]{4}";
const NUMBER = "[\\w-]{1,11}";
const FORM = new RegExp(
  `^(${TAG})(${TAG})(${NUMBER})(?:\\.(${NUMBER})\\.([cs])([lg])\\.(${NUMBER})\\.(?:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})|(${NUMBER})\\.(${NUMBER})))?$`,
);

function toDigits(value: bigint): string {
  let text = "";
  for (let rest = value; rest > 0n || text === ""; rest /= 64n) text = DIGITS.charAt(Number(rest % 64n)) + text;
  return text;
}

const toNumber = (text: string): bigint => [...text].reduce((value, digit) => value * 64n + BigInt(DIGITS.indexOf(digit)), 0n);

/** Four characters (24 bits): enough to notice a change; nothing secret and no right hangs on it. */
export const tagOf = (...parts: readonly string[]): string => createHash("sha256").update(parts.join("\n")).digest("base64url").slice(0, 4);

/** Whose checkpoint this says it is, and from when. */
export const markOf = (checkpoint: string): string => checkpoint.slice(0, 4);

/**
 * The string that a device keeps: `owner` (era and person), grants, horizon. 14 characters for 68 billion transactions when
 * nothing is under way, so that an unchanged pull of twelve collections stays below 1,000 bytes.
 */
export function encodePosition(owner: string, { drained, grants, walk }: Position): string {
  const drainedPart = `${owner}${grants}${toDigits(drained)}`;
  if (walk === null) return drainedPart;
  const { target, changed, place } = walk;
  const where = place.part === "lost" ? place.document : `${toDigits(place.xid)}.${toDigits(place.seq)}`;
  const kind = `${changed ? "c" : "s"}${place.part === "lost" ? "l" : "g"}`;
  return `${drainedPart}.${toDigits(target)}.${kind}.${toDigits(place.scope)}.${where}`;
}

/** How far a checkpoint may reach in this history of the database. */
export interface Reach {
  /** The mark of the newest era for this person. */
  readonly owner: string;
  readonly horizon: bigint;
  /** Where the eras before it ended, by their mark. */
  readonly ended: ReadonlyMap<string, bigint>;
}

/**
 * Reads what a device sent. Absent or damaged: the device has nothing we know of. Null: whole, but of no moment of this history: of an
 * era that is unknown, or beyond the end of one. So is another person's. A forged one that fits only makes its own device miss or repeat
 * documents: what may be sent is never read from it.
 */
export function decodePosition(checkpoint: string | null, { owner, horizon, ended }: Reach): Position | null {
  const parts = checkpoint === null || checkpoint.length > 200 ? null : FORM.exec(checkpoint);
  if (!parts) return START;
  const [, mark = "", grants = "", drainedText = "", targetText, changed, part, scopeText = "", document, xid = "", seq = ""] = parts;
  const drained = toNumber(drainedText);
  const bound = mark === owner ? horizon : ended.get(mark);
  if (bound === undefined || drained > bound) return null;
  if (targetText === undefined) return { drained, grants, walk: null };
  const target = toNumber(targetText);
  if (target > bound) return null;
  if (target < drained || (part === "l") !== (document !== undefined)) return START;
  const scope = toNumber(scopeText);
  const place: Place = document === undefined ? { part: "given", scope, xid: toNumber(xid), seq: toNumber(seq) } : { part: "lost", scope, document };
  if (!fitsBigint(scope) || (place.part === "given" && !(fitsBigint(place.xid) && fitsBigint(place.seq)))) return START;
  return { drained, grants, walk: { target, changed: changed === "c", place } };
}

const fitsBigint = (value: bigint): boolean => value < 2n ** 63n;
