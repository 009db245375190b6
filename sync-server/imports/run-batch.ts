import type { Scope } from "@mochila/shared/access/scope.ts";
import { personScope } from "@mochila/shared/access/scope.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type AuditActor, type AuditEntry, fromCommandLine, writeAuditEach } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import { type Place, setPlaces } from "../courses/enrol-many.ts";
import { changeSystemRole } from "../users/change-system-role.ts";
import { createPeople } from "../users/create-people.ts";
import { invitePeople } from "../users/invite-people.ts";
import { noteDone, rowsToDo, toAsked } from "./import-rows.ts";
import { type PlannedRow, planRows } from "./plan.ts";
import { readSchool } from "./school-now.ts";

/** So many lines are one transaction: some 200 ms, in which nobody's feed waits long. */
export const BATCH_LINES = 250;

export interface BatchParts {
  readonly clock: Clock;
  readonly random: Random;
  /** Where links of letters lead. */
  readonly origin: string;
}

export interface Job {
  readonly id: string;
  readonly file_name: string;
  readonly by_id: string | null;
  /** Then `by_id` is null. It is also null where whose work this was is gone. */
  readonly by_command_line: boolean;
  readonly invites: boolean;
}

export const actorOf = ({ by_id, by_command_line: byCommandLine }: Job): AuditActor => (byCommandLine ? fromCommandLine : { userId: by_id });

const made = (rows: readonly PlannedRow[]) =>
  rows.flatMap(({ asked, person, effects }) => (person && effects.includes("account") ? [{ id: person.id, email: asked.email, name: person.name, systemRole: person.systemRole, language: asked.language ?? ("en" as const) }] : []));

/** The last word on each place: a person may stand in several lines of a batch. */
function placesOf(rows: readonly PlannedRow[]): Place[] {
  const places = new Map<string, Place>();
  for (const { person, courseId, before, after } of rows) {
    if (!person || courseId === null || !after.member) continue;
    const key = `${courseId} ${person.id}`;
    places.set(key, { courseId, userId: person.id, name: person.name, ...after.member, isNew: places.get(key)?.isNew ?? before.member === null });
  }
  return [...places.values()];
}

/** Who invites, as the letter says it; from the command line the school does. */
async function nameOf(transaction: Transaction, personId: string | null): Promise<string> {
  const [row] = await transaction<{ name: string }[]>`select name from person where id = ${personId}`;
  return row?.name ?? "Mochila";
}

async function changeRoles(transaction: Transaction, parts: BatchParts, job: Job, rows: readonly PlannedRow[]): Promise<Scope[]> {
  const changes = rows.flatMap(({ asked, person, before }) => (person && before.systemRole ? [{ personId: person.id, from: before.systemRole, to: person.systemRole, of: ofLine(job, asked.line) }] : []));
  for (const one of changes) await changeSystemRole(transaction, parts, actorOf(job), one);
  return changes.map(({ personId }) => personScope(personId));
}

/** What names the import in an entry, and the line in it. */
export const ofLine = ({ id, file_name: file }: Job, line: number) => ({ import: id, file, line });

/** What would stand in the log of the person if each had been done by hand; the role in the school is written where it is changed. */
function entriesOf(job: Job, { asked, person, courseId, effects, before, after }: PlannedRow): AuditEntry[] {
  if (!person) return [];
  const [by, object, of] = [actorOf(job), { kind: "person", id: person.id }, ofLine(job, asked.line)];
  const entries: AuditEntry[] = [];
  if (effects.includes("account")) entries.push({ by, action: "person.create", object, details: { role: person.systemRole, ...of } });
  if (courseId === null || !after.member) return entries;
  const { role, endsAt = null } = after.member;
  if (effects.includes("enrolled")) entries.push({ by, action: "member.add", object, details: { course: courseId, role, ...of } });
  if (effects.includes("course-role") && before.member) entries.push({ by, action: "member.role", object, details: { course: courseId, from: before.member.role, role, ...of } });
  if (effects.includes("course-end")) entries.push({ by, action: "member.end", object, details: { course: courseId, endsAt, ...of } });
  return entries;
}

/**
 * Does the next lines of an import, planned anew over what the school is now and locked. Returns the scopes to publish after the commit; null: nothing is left to do.
 */
export async function runBatch(transaction: Transaction, parts: BatchParts, job: Job): Promise<Scope[] | null> {
  const { id, by_id, invites } = job;
  const asked = (await rowsToDo(transaction, id, BATCH_LINES)).map(toAsked);
  if (asked.length === 0) return null;
  const school = await readSchool(transaction, asked, { lock: true });
  const rows = planRows(asked, { school, actorId: by_id, makeId: () => newId(parts), now: parts.clock.now() });
  const people = made(rows);
  await createPeople(transaction, people);
  if (invites) await invitePeople(transaction, parts, people, await nameOf(transaction, by_id));
  const scopes = [...(await changeRoles(transaction, parts, job, rows)), ...(await setPlaces(transaction, placesOf(rows)))];
  await noteDone(transaction, id, rows);
  await writeAuditEach(transaction, parts, rows.flatMap((row) => entriesOf(job, row)));
  return scopes;
}
