import { type Actor, isMember, isStaff } from "@mochila/shared/access/actor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { COURSE_FILE_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { Sql, Transaction } from "../db/database.ts";

export interface FileReference {
  readonly id: string;
  readonly courseId: string;
  readonly ownerId: string | null;
  /** `c`: everyone in the course; `cs`: its staff, until a published page shows it. */
  readonly scope: "c" | "cs";
  readonly hash: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  /** What the device sent; a cleaned SVG is shorter. */
  readonly sentBytes: number;
}

interface Row {
  readonly id: string;
  readonly course_id: string;
  readonly owner_id: string | null;
  readonly scope: "c" | "cs";
  readonly hash: Uint8Array;
  readonly name: string;
  readonly type: string;
  readonly bytes: number;
  readonly sent_bytes: number;
}

export async function findFile(sql: Sql, id: string): Promise<FileReference | null> {
  const [row] = await sql<Row[]>`select id, course_id, owner_id, scope, hash, name, type, bytes, sent_bytes from file_ref where id = ${id}::uuid`;
  if (!row) return null;
  const { course_id, owner_id, sent_bytes, ...rest } = row;
  return { ...rest, courseId: course_id, ownerId: owner_id, sentBytes: sent_bytes };
}

/** A person's picture: for whoever shares a course with them, for themselves and for administrators. */
export interface FaceReference {
  readonly id: string;
  readonly personId: string;
  readonly hash: Uint8Array;
  readonly type: string;
}

export async function findFace(sql: Sql, id: string): Promise<FaceReference | null> {
  const [row] = await sql<FaceReference[]>`select picture_id as id, id as "personId", picture_hash as hash, picture_type as type from person where picture_id = ${id}::uuid`;
  return row ?? null;
}

export async function maySeeFace(sql: Sql, actor: Actor, { personId }: FaceReference): Promise<boolean> {
  if (actor.userId === personId || actor.systemRole === "administrator") return true;
  const shared = await sql`
    select 1 from doc_members where owner_id = ${personId}::uuid and course_id = any(${[...actor.courses.keys()]}::uuid[]) and not deleted and body ->> 'state' = 'active' limit 1`;
  return shared.length > 0;
}

/** One reading at a time decides the quota of a course, also with uploads on several instances. */
export async function checkCourseQuota(transaction: Transaction, courseId: string, more: number): Promise<void> {
  await transaction`select pg_advisory_xact_lock(5, hashtext(${courseId}))`;
  const [row] = await transaction<{ bytes: string }[]>`
    select ((select coalesce(sum(bytes), 0) from file_ref where course_id = ${courseId}::uuid)
      + (select coalesce(sum(bytes), 0) from upload where course_id = ${courseId}::uuid))::text as bytes`;
  if (Number(row?.bytes ?? 0) + more > COURSE_FILE_BYTES_MAX) {
    throw new CodedError("too_large", "The files of this course take all the room it may have.", { details: { bytesMax: COURSE_FILE_BYTES_MAX } });
  }
}

export async function insertFile(transaction: Transaction, file: FileReference): Promise<void> {
  await transaction`
    insert into file_ref (id, course_id, owner_id, scope, hash, name, type, bytes, sent_bytes)
    values (${file.id}, ${file.courseId}, ${file.ownerId}, ${file.scope}, ${Buffer.from(file.hash)}, ${file.name}, ${file.type}, ${file.bytes}, ${file.sentBytes})`;
}

/**
 * Lets everyone in the course read these files from now on, because a published page shows them. Files of another course, or that do
 * not exist, are left out of the answer: a page can name any id. Called by publishing, in its transaction.
 */
export async function shareFiles(
  transaction: Transaction,
  { courseId, files }: { readonly courseId: string; readonly files: readonly string[] },
): Promise<readonly { readonly id: string; readonly bytes: number; readonly type: string }[]> {
  if (files.length === 0) return [];
  await transaction`update file_ref set scope = 'c' where course_id = ${courseId}::uuid and id = any(${[...files]}::uuid[]) and scope <> 'c'`;
  return transaction<{ id: string; bytes: number; type: string }[]>`
    select id, bytes, type from file_ref where course_id = ${courseId}::uuid and id = any(${[...files]}::uuid[]) order by id`;
}

const STATES_FOR_MEMBERS = new Set(["published", "archived"]);

/** Whether this person may read this file now. Decided on the reference that was found, never on what the request says. */
export async function mayRead(sql: Sql, actor: Actor, file: FileReference): Promise<boolean> {
  if (isStaff(actor, file.courseId)) return true;
  if (file.scope !== "c" || !isMember(actor, file.courseId)) return false;
  const [course] = await sql<{ state: string }[]>`select body ->> 'state' as state from doc_courses where id = ${file.courseId}::uuid and not deleted`;
  return STATES_FOR_MEMBERS.has(course?.state ?? "");
}
