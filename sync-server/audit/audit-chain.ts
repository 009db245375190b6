import { createHash } from "node:crypto";

/** An entry as the chain covers it, all of it. `at`: milliseconds since 1970. */
export interface ChainedEntry {
  readonly id: string;
  readonly at: number;
  readonly actorId: string | null;
  readonly realActorId: string | null;
  readonly action: string;
  readonly objectKind: string;
  readonly objectId: string;
  /** As PostgreSQL writes its jsonb: the same value is always the same text. */
  readonly details: string;
  readonly sessionId: string | null;
  readonly network: string | null;
}

/** Before the first link. */
export const CHAIN_START = Buffer.alloc(32);

/** A list with a fixed order of parts: no two entries have the same text. */
export const chainedText = (entry: ChainedEntry, position: bigint): string =>
  JSON.stringify([position.toString(), entry.id, entry.at, entry.actorId, entry.realActorId, entry.action, entry.objectKind, entry.objectId, entry.details, entry.sessionId, entry.network]);

/** The hash of a link: of the one before, its place and its entry. */
export const linkHash = (before: Uint8Array, position: bigint, entry: ChainedEntry): Buffer => createHash("sha256").update(before).update(chainedText(entry, position)).digest();
