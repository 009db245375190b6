import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import type { Transaction } from "../db/database.ts";
import { readDocuments } from "../sync/write-documents.ts";

export interface Enrolment {
  readonly courseId: string;
  readonly userId: string;
  /** As the caller read it; what stands in the row is the name of the account at that moment. */
  readonly name: string;
  readonly role: CourseRole;
  /** When it ends by itself, milliseconds since 1970; null: never. Left out: as it was, and as the course says for who comes in now. */
  readonly endsAt?: number | null | undefined;
}

interface KnownPerson {
  readonly id: string;
  readonly name: string;
  readonly picture: string | null;
}

interface Around {
  readonly before: ReadonlyMap<string, Member>;
  /** Without those whose account is closed. */
  readonly people: ReadonlyMap<string, KnownPerson>;
  /** When a place ends for who comes in from now on, by course. */
  readonly ends: ReadonlyMap<string, number>;
  readonly now: number;
}

/**
 * Who these are now, without those whose account is closed. Until the end of the transaction none of them is closed or renamed, so that no name comes back after it was
 * forgotten. Taken after the course's entry and before the rows of members, as closing an account does.
 */
export async function lockPeople(transaction: Transaction, userIds: readonly string[]): Promise<Map<string, KnownPerson>> {
  const rows = await transaction<KnownPerson[]>`select id, name, picture_id as picture from person where id = any(${[...userIds]}::uuid[]) and state <> 'closed' order by id for share`;
  return new Map(rows.map((row) => [row.id, row]));
}

type PlaceOf = Pick<Enrolment, "courseId" | "userId">;

/** Until the end of the transaction nobody else writes these rows: a group, an end or a role that is given at this moment is waited for. */
export async function lockPlaces(transaction: Transaction, places: readonly PlaceOf[]): Promise<Map<string, KnownPerson>> {
  const people = await lockPeople(transaction, places.map(({ userId }) => userId));
  await transaction`select 1 from doc_members where id = any(${places.map(({ courseId, userId }) => pairId(courseId, userId))}::uuid[]) order by id for update`;
  return people;
}

/** What of places the caller does not say, locked. A day of a course that is over says nothing any more. */
export async function readAround(transaction: Transaction, places: readonly PlaceOf[]): Promise<Around> {
  const people = await lockPlaces(transaction, places);
  const ids = places.map(({ courseId, userId }) => pairId(courseId, userId));
  const before = (await readDocuments(transaction, "members", ids)) as Map<string, Member>;
  const entries = await transaction<{ id: string; ends: Date }[]>`select course_id as id, place_ends_at as ends from course_entry where course_id = any(${places.map(({ courseId }) => courseId)}::uuid[]) and place_ends_at > now()`;
  const [clock] = await transaction<{ now: Date }[]>`select now() as now`;
  return { before, people, ends: new Map(entries.map(({ id, ends }) => [id, ends.getTime()])), now: clock?.now.getTime() ?? 0 };
}

/**
 * The row of a person in a course as it shall stand: one for ever, so that who left and comes back finds it again. Their group and their end stay with another role
 * or name and go when they leave; who comes back has the end of the course. Throws `forbidden` for whom an account is closed, unless they leave. Who teaches has none: a course would be left without anybody who can give it to another.
 */
export function memberRow({ courseId, userId, name, role, state, endsAt }: Enrolment & Pick<Member, "state">, { before, people, ends, now }: Around): Omit<Member, "rev"> {
  const id = pairId(courseId, userId);
  const was = before.get(id);
  const kept = was?.state === "active" && (was.endsAt === undefined || was.endsAt > now) ? was : undefined;
  const end = endsAt === undefined ? (kept ? kept.endsAt : ends.get(courseId)) : (endsAt ?? undefined);
  const person = people.get(userId);
  if (!person && state === "active") throw new CodedError("forbidden", "There is no such person, or not any more.");
  const picture = person?.picture ?? undefined;
  const stays = state === "active" ? { ...(kept?.groupId !== undefined && { groupId: kept.groupId }), ...(role !== "instructor" && end !== undefined && { endsAt: end }) } : {};
  return { id, courseId, userId, name: person?.name ?? was?.name ?? name, role, state, ...stays, ...(picture !== undefined && { picture }) };
}
