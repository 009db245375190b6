import type { Scope } from "@mochila/shared/access/scope.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Language, Localized } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import type { CourseDeps } from "./course-deps.ts";
import { enrol } from "./enrol.ts";
import { countStudents, isEntered, lockEntry, studentsIn } from "./entry.ts";
import { noteJoined } from "./joined.ts";

export interface WaitingParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where letters lead. */
  readonly origin: string;
}

interface Waiting {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly language: Language;
}

/** In one transaction, which holds back everybody's feed. */
export const AT_ONCE_MAX = 50;
/** A place in a course stays worth a letter so long. */
const NEWS_MS = 7 * 24 * 3_600_000;

/** From 1; null for who does not wait. */
export async function placeOf(sql: Sql, courseId: string, userId: string): Promise<number | null> {
  const [row] = await sql<{ place: number | null }[]>`
    select (select count(*)::int from course_waiting as before where before.course_id = mine.course_id and before.place <= mine.place) as place
    from course_waiting as mine where mine.course_id = ${courseId} and mine.person_id = ${userId}`;
  return row?.place ?? null;
}

/**
 * Whoever has waited longest gets each seat that is free, and a letter. Called in the transaction in which seats may have come free. A suspended
 * person keeps their place in the line, and so does everybody while the course is archived or in the bin. Many at once come in by and by (`fillFreeSeats`), as do those of a
 * course that was brought back. Returns the scopes to publish after the commit; somebody was written to if there are any.
 */
export async function fillSeats(transaction: Transaction, parts: WaitingParts, courseId: string): Promise<Scope[]> {
  const { seats } = await lockEntry(transaction, courseId);
  const free = seats === null ? AT_ONCE_MAX : Math.min(AT_ONCE_MAX, seats - (await countStudents(transaction, courseId)));
  if (free <= 0) return [];
  const next = await transaction<Waiting[]>`
    select person.id, person.name, person.email, person.language from course_waiting as waiting join person on person.id = waiting.person_id
      join doc_courses as course on course.id = waiting.course_id and ${isEntered(transaction, "course")}
    where waiting.course_id = ${courseId} and person.state = 'active' order by waiting.place limit ${free} for share of person`;
  const scopes: Scope[] = [];
  for (const person of next) scopes.push(...(await letIn(transaction, parts, courseId, person)));
  return scopes;
}

async function letIn(transaction: Transaction, parts: WaitingParts, courseId: string, person: Waiting): Promise<Scope[]> {
  const scopes = await enrol(transaction, { courseId, userId: person.id, name: person.name, role: "student" });
  await noteJoined(transaction, { courseId, userId: person.id });
  await writeAudit(transaction, parts, { by: { userId: null }, action: "member.seat", object: { kind: "person", id: person.id }, details: { course: courseId } });
  await tellOfSeat(transaction, parts, courseId, person);
  return scopes;
}

/** The letter for who was let in from the waiting list. */
export async function tellOfSeat(transaction: Transaction, parts: WaitingParts, courseId: string, { name, email, language }: Omit<Waiting, "id">): Promise<void> {
  const [course] = await transaction<{ title: Localized<string> }[]>`select body -> 'title' as title from doc_courses where id = ${courseId}`;
  const about = course?.title[language] ?? course?.title.en ?? course?.title.es ?? "";
  await enqueueLetter(transaction, parts, { recipient: email, language, letter: "seat", words: { name, about, address: `${parts.origin}/courses/${courseId}` }, usefulMs: NEWS_MS });
}

/** Goes on where more seats came free at once than one transaction fills. Safe to repeat and to interrupt. */
export async function fillFreeSeats(deps: CourseDeps): Promise<void> {
  const { sql } = deps.database;
  const courses = await sql<{ id: string }[]>`
    select entry.course_id as id from course_entry as entry join doc_courses as course on course.id = entry.course_id and ${isEntered(sql, "course")}
    where exists (select 1 from course_waiting as waiting join person on person.id = waiting.person_id and person.state = 'active' where waiting.course_id = entry.course_id)
      and (entry.seats is null or entry.seats > ${studentsIn(sql, "entry.course_id")})`;
  for (const { id } of courses) {
    for (let more = true; more; ) {
      const scopes = await deps.database.transaction((transaction) => fillSeats(transaction, deps, id));
      deps.hints.publish(scopes);
      deps.onLetter();
      more = scopes.length > 0;
    }
  }
}
