import { personScope, type Scope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Closure } from "@mochila/shared/users/own-data.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import { fillSeats } from "../courses/waiting.ts";
import type { Database, Sql, Transaction } from "../db/database.ts";
import type { Log } from "../log.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import type { Hints } from "../sync/hints.ts";
import type { PersonRow } from "../users/people.ts";
import { endAllSessions } from "../users/session-list.ts";
import { erasePerson } from "./erase-person.ts";

export interface ClosingParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hints: Pick<Hints, "publish">;
  readonly origin: string;
  readonly onLetter: () => void;
}

/** Until then a sign-in takes it back. */
export const CLOSING_MS = 14 * 24 * 3_600_000;
/** The command line and the clock act in nobody's name. */
const nobody: AuditActor = { userId: null };

const nobodyThere = (): CodedError => new CodedError("forbidden", "There is no such person.");
const obstacle = (field: string, message: string): CodedError => new CodedError("invalid_input", message, { details: { field } });

/**
 * Duty: accounts end, when their person wants it or an administrator does.
 * Invariant: a course keeps an instructor and a school an administrator who stay. What is erased stays erased: a restored copy of the database is told again.
 */
export class Closing {
  readonly #parts: ClosingParts;

  constructor(parts: ClosingParts) {
    this.#parts = parts;
  }

  /** Throws `forbidden`. */
  async stateOf(userId: string): Promise<Closure> {
    const { sql } = this.#parts.database;
    const [person] = isUuid(userId) ? await sql<{ closing_at: Date | null; system_role: string }[]>`select closing_at, system_role from person where id = ${userId} and state <> 'closed'` : [];
    if (!person) throw nobodyThere();
    return {
      closingAt: person.closing_at?.getTime() ?? null,
      lastTeacherOf: (await taughtByNobodyElse(sql, userId)).map(({ id, title }) => ({ id, title: title ?? "" })),
      lastAdministrator: person.system_role === "administrator" && (await isLastAdministrator(sql, userId)),
    };
  }

  /** Ends every session; a sign-in within two weeks takes it back. Throws `invalid_input` with the field `courses` or `systemRole` where nobody would be left. */
  async ask(by: AuditActor, userId: string): Promise<number> {
    const { database, clock, hints, onLetter, origin } = this.#parts;
    const at = clock.now() + CLOSING_MS;
    await database.transaction(async (transaction) => {
      const person = await lockPerson(transaction, userId);
      await checkStays(transaction, person);
      await transaction`update person set closing_at = ${new Date(at)} where id = ${userId}`;
      await endAllSessions(transaction, { userId, now: clock.now(), reason: "closing" });
      await writeAudit(transaction, { clock }, { by, action: "account.closing-asked", object: { kind: "person", id: userId } });
      const language = person.language as Language;
      const day = new Intl.DateTimeFormat(language, { dateStyle: "long", timeZone: person.time_zone ?? "UTC" }).format(at);
      await enqueueLetter(transaction, this.#parts, { recipient: person.email, language, letter: "closing", words: { name: person.name, about: day, address: origin }, usefulMs: CLOSING_MS });
    });
    hints.publish([personScope(userId)]);
    onLetter();
    return at;
  }

  /** At once, by an administrator who typed the person's e-mail. Throws `forbidden`, and `invalid_input` as `ask` does. */
  async closeNow(by: AuditActor, id: string, typedEmail: string): Promise<void> {
    const { database, clock, hints, onLetter } = this.#parts;
    const scopes = await database.transaction(async (transaction) => {
      const courses = await lockAwaited(transaction, id);
      const person = await lockPerson(transaction, id);
      if (person.id === by.userId) throw obstacle("id", "Nobody closes their own account here; it is asked for on one's own page.");
      if (typedEmail !== person.email) throw obstacle("email", "This is not the person's e-mail.");
      await checkStays(transaction, person);
      await writeAudit(transaction, { clock }, { by, action: "account.close", object: { kind: "person", id } });
      return this.#erase(transaction, person, courses);
    });
    hints.publish(scopes);
    onLetter();
  }

  /** Those whose two weeks are over. Whom somebody made the last one of a course or of the school meanwhile waits on. */
  async closeDue(): Promise<void> {
    const { database, clock, log } = this.#parts;
    const due = await database.sql<{ id: string }[]>`select id from person where closing_at <= ${new Date(clock.now())} order by closing_at`;
    for (const { id } of due) {
      await this.#closeOne(id).catch((error: unknown) => log.warn("account.not_closed", { person: id, error }));
    }
  }

  async #closeOne(id: string): Promise<void> {
    const { database, clock, hints, onLetter } = this.#parts;
    const scopes = await database.transaction(async (transaction) => {
      const courses = await lockAwaited(transaction, id);
      const person = await lockPerson(transaction, id);
      // A sign-in may have been faster.
      if (person.closing_at === null || person.closing_at.getTime() > clock.now()) return [];
      await checkStays(transaction, person);
      await writeAudit(transaction, { clock }, { by: nobody, action: "account.close", object: { kind: "person", id } });
      return this.#erase(transaction, person, courses);
    });
    hints.publish(scopes);
    onLetter();
  }

  /** Whoever waits for one of the seats that come free gets it with the erasure. */
  async #erase(transaction: Transaction, person: PersonRow, courses: readonly string[]): Promise<readonly Scope[]> {
    const scopes = [...(await erasePerson(transaction, person, new Date(this.#parts.clock.now())))];
    for (const id of courses) scopes.push(...(await fillSeats(transaction, this.#parts, id)));
    return scopes;
  }
}

/**
 * After a restore, before anybody signs in: whom the list names, or the table `closed_person` of the restored database, is erased again, whatever they teach.
 * Returns how many. `closed`: what the database that was replaced said.
 */
export async function closeAgain({ database, clock }: Pick<ClosingParts, "database" | "clock">, closed: readonly { readonly id: string; readonly closedAt: Date }[]): Promise<number> {
  await database.transaction(async (transaction) => {
    for (const { id, closedAt } of closed) await transaction`insert into closed_person (id, closed_at) values (${id}, ${closedAt}) on conflict (id) do nothing`;
  });
  const back = await database.sql<{ id: string; closed_at: Date }[]>`
    select closed.id, closed.closed_at from closed_person as closed join person on person.id = closed.id where person.state <> 'closed' order by closed.id`;
  for (const { id, closed_at: closedAt } of back) {
    await database.transaction(async (transaction) => {
      const person = await lockPerson(transaction, id);
      await writeAudit(transaction, { clock }, { by: nobody, action: "account.close-again", object: { kind: "person", id } });
      await erasePerson(transaction, person, closedAt);
    });
  }
  return back.length;
}

/** Courses of this person for which somebody waits. Their entries are locked before the person, as by who joins. */
async function lockAwaited(transaction: Transaction, id: string): Promise<string[]> {
  if (!isUuid(id)) return [];
  const rows = await transaction<{ id: string }[]>`
    select course_id as id from course_entry where course_id in (select course_id from doc_members where owner_id = ${id} and not deleted and body ->> 'state' = 'active')
      and exists (select 1 from course_waiting as waiting where waiting.course_id = course_entry.course_id) order by course_id for update`;
  return rows.map((row) => row.id);
}

async function lockPerson(transaction: Transaction, id: string): Promise<PersonRow & { readonly closing_at: Date | null }> {
  const [person] = isUuid(id) ? await transaction<(PersonRow & { closing_at: Date | null })[]>`select * from person where id = ${id} and state <> 'closed' for update` : [];
  if (!person) throw nobodyThere();
  return person;
}

/** Locks, so that of two who are each the other's last one the second is refused. */
async function checkStays(transaction: Transaction, { id, system_role: role }: PersonRow): Promise<void> {
  await transaction`
    select 1 from doc_members where not deleted and body ->> 'role' = 'instructor' and course_id in (select course_id from doc_members where owner_id = ${id} and not deleted)
    order by id for update`;
  if ((await taughtByNobodyElse(transaction, id)).length > 0) throw obstacle("courses", "Somebody else has to teach these courses first.");
  if (role !== "administrator") return;
  await transaction`select 1 from person where system_role = 'administrator' order by id for update`;
  if (await isLastAdministrator(transaction, id)) throw obstacle("systemRole", "A school needs an administrator; make another one first.");
}

/** Courses that are not in the bin, of which this person is the only instructor who stays. */
const taughtByNobodyElse = (sql: Sql, userId: string) => sql<{ id: string; title: string | null }[]>`
  select course.id, coalesce(course.body -> 'title' ->> 'en', course.body -> 'title' ->> 'es') as title
  from doc_members as own join doc_courses as course on course.id = own.course_id and not course.deleted and course.body ->> 'state' <> 'trashed'
  where own.owner_id = ${userId} and not own.deleted and own.body ->> 'state' = 'active' and own.body ->> 'role' = 'instructor'
    and not exists (
      select 1 from doc_members as other join person on person.id = other.owner_id and person.state <> 'closed' and person.closing_at is null
      where other.course_id = course.id and other.owner_id <> ${userId} and not other.deleted and other.body ->> 'state' = 'active' and other.body ->> 'role' = 'instructor')
  order by title, course.id`;

async function isLastAdministrator(sql: Sql, userId: string): Promise<boolean> {
  const others = await sql`select 1 from person where system_role = 'administrator' and state = 'active' and closing_at is null and id <> ${userId} limit 1`;
  return others.length === 0;
}
