import { type Actor, mayTeach } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { UploadMetadata } from "@mochila/shared/files/file.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { UPLOAD_KEPT_DAYS, UPLOADS_OPEN_MAX } from "@mochila/shared/limits.ts";
import type { Database, Sql, Transaction } from "../db/database.ts";
import { acceptImage } from "./accept-image.ts";
import { type BlobStore, hashOf } from "./blob-store.ts";
import { checkCourseQuota, findFile, insertFile } from "./file-reference.ts";

/** How far an upload is. `offset` equal to `length`: the file is there and can be read. */
export interface UploadState {
  readonly id: string;
  readonly offset: number;
  readonly length: number;
  /** Milliseconds since 1970; null once it is complete. */
  readonly expiresAt: number | null;
}

export interface UploadDeps {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly clock: Clock;
}

interface Upload {
  readonly id: string;
  readonly course_id: string;
  readonly owner_id: string;
  readonly name: string;
  readonly sha256: Uint8Array;
  readonly bytes: number;
  readonly received: number;
  readonly expires_at: Date;
}

const DAY_MS = 24 * 60 * 60 * 1_000;
/** The same for what does not exist, what belongs to another, and what is not allowed any more. */
export const noUpload = (): CodedError => new CodedError("not_found", "There is no such upload of yours.");
const taken = (): CodedError => new CodedError("forbidden", "This id stands for something else already.");
const stateOf = (upload: Upload): UploadState => ({ id: upload.id, offset: upload.received, length: upload.bytes, expiresAt: upload.expires_at.getTime() });

async function findUpload(sql: Sql, id: string): Promise<Upload | null> {
  const [row] = await sql<Upload[]>`select id, course_id, owner_id, name, sha256, bytes, received, expires_at from upload where id = ${id}::uuid`;
  return row ?? null;
}

/** A complete file of this person under this id, as the end of an upload whose answer was lost. */
async function completed(sql: Sql, actor: Actor, id: string): Promise<{ state: UploadState; courseId: string } | null> {
  const file = await findFile(sql, id);
  if (!file) return null;
  if (file.ownerId !== actor.userId) throw noUpload();
  return { state: { id, offset: file.sentBytes, length: file.sentBytes, expiresAt: null }, courseId: file.courseId };
}

/**
 * Begins an upload. The id is the device's: the same again, with the same file, answers where it stands. Another person's id → `forbidden`.
 */
export async function createUpload({ database, clock }: UploadDeps, actor: Actor, request: { metadata: UploadMetadata; length: number }): Promise<UploadState> {
  const { metadata, length } = request;
  if (!mayTeach(actor, metadata.courseId)) throw new CodedError("forbidden", "Only who teaches the course may add files to it.");
  return database.transaction(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(6, hashtext(${metadata.id}))`;
    const now = clock.now();
    await removeExpired(transaction, now);
    const known = await findUpload(transaction, metadata.id);
    if (known) return resumed(known, actor, request);
    const file = await findFile(transaction, metadata.id);
    if (file) {
      if (file.ownerId !== actor.userId || file.courseId !== metadata.courseId || file.sentBytes !== length) throw taken();
      return { id: file.id, offset: length, length, expiresAt: null };
    }
    await checkOpen(transaction, actor);
    await checkCourseQuota(transaction, metadata.courseId, length);
    const expiresAt = now + UPLOAD_KEPT_DAYS * DAY_MS;
    await transaction`
      insert into upload (id, course_id, owner_id, name, type, sha256, bytes, expires_at)
      values (${metadata.id}, ${metadata.courseId}, ${actor.userId}, ${safeName(metadata.name)}, ${metadata.type}, ${Buffer.from(metadata.sha256, "hex")}, ${length}, ${new Date(expiresAt)})`;
    return { id: metadata.id, offset: 0, length, expiresAt };
  });
}

function resumed(known: Upload, actor: Actor, { metadata, length }: { metadata: UploadMetadata; length: number }): UploadState {
  const same = known.course_id === metadata.courseId && known.bytes === length && Buffer.from(known.sha256).toString("hex") === metadata.sha256;
  if (known.owner_id !== actor.userId || !same) throw taken();
  return stateOf(known);
}

async function checkOpen(transaction: Transaction, actor: Actor): Promise<void> {
  const [open] = await transaction<{ count: number }[]>`select count(*)::int as count from upload where owner_id = ${actor.userId}`;
  if ((open?.count ?? 0) >= UPLOADS_OPEN_MAX) {
    throw new CodedError("too_many_requests", `At most ${UPLOADS_OPEN_MAX} uploads wait at once; finish one first.`, { retryAfterMs: 60_000 });
  }
}

const removeExpired = async (transaction: Transaction, now: number): Promise<void> => {
  await transaction`delete from upload where expires_at < ${new Date(now)}`;
};

/** A name is shown, never a path: without folders, control signs and marks that turn the direction of writing. */
export function safeName(name: string): string {
  const last = name.split(/[/\\]/u).at(-1) ?? "";
  const clean = last.normalize("NFC").replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").trim();
  return clean === "" || /^\.+$/u.test(clean) ? "picture" : clean.slice(0, 200);
}

/** Where an upload stands. Throws `not_found` for any that is not this person's, existing or not. */
export async function uploadState({ database }: UploadDeps, actor: Actor, id: string): Promise<UploadState> {
  const upload = await findUpload(database.sql, id);
  if (upload && (upload.owner_id !== actor.userId || !mayTeach(actor, upload.course_id))) throw noUpload();
  if (upload) return stateOf(upload);
  const done = await completed(database.sql, actor, id);
  if (!done || !mayTeach(actor, done.courseId)) throw noUpload();
  return done.state;
}

/**
 * Takes the part at `offset`; with the last one the file is checked, stored and named. Another offset than the one reached →
 * `upload_offset` with the right one. A wrong hash or type discards the upload: every part would be sent again anyway.
 */
export async function appendPart(deps: UploadDeps, actor: Actor, { id, offset, bytes }: { id: string; offset: number; bytes: Uint8Array }): Promise<UploadState> {
  const upload = await findUpload(deps.database.sql, id);
  if (!upload) {
    const state = await uploadState(deps, actor, id);
    if (offset === state.length && bytes.length === 0) return state;
    throw wrongOffset(state.offset);
  }
  if (upload.owner_id !== actor.userId || !mayTeach(actor, upload.course_id)) throw noUpload();
  if (upload.received !== offset) throw wrongOffset(upload.received);
  if (offset + bytes.length > upload.bytes) throw new CodedError("too_large", "More bytes than the upload was begun with.", { details: { bytesMax: upload.bytes } });
  if (bytes.length === 0) return stateOf(upload);
  return offset + bytes.length === upload.bytes ? complete(deps, upload, bytes) : storePart(deps, upload, bytes);
}

const wrongOffset = (offset: number): CodedError => new CodedError("upload_offset", `The upload stands at ${offset}.`, { details: { offset } });

async function storePart({ database, clock }: UploadDeps, upload: Upload, bytes: Uint8Array): Promise<UploadState> {
  const expiresAt = new Date(clock.now() + UPLOAD_KEPT_DAYS * DAY_MS);
  const received = upload.received + bytes.length;
  return database.transaction(async (transaction) => {
    // Of two requests with the same offset one moves it; the other finds it moved.
    const moved = await transaction`
      update upload set received = ${received}, expires_at = ${expiresAt} where id = ${upload.id} and received = ${upload.received} returning id`;
    if (moved.length === 0) throw wrongOffset((await findUpload(transaction, upload.id))?.received ?? upload.bytes);
    await transaction`insert into upload_part (upload_id, at, bytes) values (${upload.id}, ${upload.received}, ${Buffer.from(bytes)})`;
    return { id: upload.id, offset: received, length: upload.bytes, expiresAt: expiresAt.getTime() };
  });
}

/** The last part is stored with the whole: until then the upload stands before it, and a crash costs this part alone. */
async function complete({ database, blobs }: UploadDeps, upload: Upload, last: Uint8Array): Promise<UploadState> {
  const parts = await database.sql<{ bytes: Uint8Array }[]>`select bytes from upload_part where upload_id = ${upload.id} order by at`;
  const whole = Buffer.concat([...parts.map((part) => part.bytes), last]);
  const image = await accepted(database, upload, whole);
  const hash = await blobs.put(image.bytes);
  await database.transaction(async (transaction) => {
    const removed = await transaction`delete from upload where id = ${upload.id} and received = ${upload.received} returning id`;
    if (removed.length === 0) throw wrongOffset(upload.bytes);
    await insertFile(transaction, {
      id: upload.id,
      courseId: upload.course_id,
      ownerId: upload.owner_id,
      scope: "cs",
      hash,
      name: upload.name,
      type: image.type,
      bytes: image.bytes.length,
      sentBytes: upload.bytes,
    });
  });
  return { id: upload.id, offset: upload.bytes, length: upload.bytes, expiresAt: null };
}

async function accepted(database: Database, upload: Upload, whole: Buffer): Promise<ReturnType<typeof acceptImage>> {
  try {
    if (Buffer.compare(hashOf(whole), upload.sha256) !== 0) throw new CodedError("invalid_input", "The file that arrived is not the one that was announced.", { details: { field: "sha256" } });
    return acceptImage(whole);
  } catch (error) {
    if (error instanceof CodedError) await database.transaction((transaction) => transaction`delete from upload where id = ${upload.id}`);
    throw error;
  }
}
