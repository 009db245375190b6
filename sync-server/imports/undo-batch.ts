import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { personScope, type Scope } from "@mochila/shared/access/scope.ts";
import type { AuditAction } from "@mochila/shared/admin/audit-actions.ts";
import type { ImportKept } from "@mochila/shared/admin/people-import.ts";
import type { Member } from "@mochila/shared/courses/member.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import { type AuditEntry, writeAuditEach } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import { type Place, setPlaces } from "../courses/enrol-many.ts";
import { changeSystemRole, type RoleChange } from "../users/change-system-role.ts";
import { removeUnusedPeople } from "../users/remove-unused-people.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { type ImportRow, noteUndone, rowsToUndo } from "./import-rows.ts";
import { actorOf, BATCH_LINES, type BatchParts, type Job, ofLine } from "./run-batch.ts";
import { type KnownMember, readAdministrators, readInstructors, readMembers, standsSo } from "./school-now.ts";

interface Person {
  readonly id: string;
  readonly name: string;
  systemRole: SystemRole;
}

interface Undoing {
  readonly people: ReadonlyMap<string, Person>;
  readonly members: Map<string, KnownMember>;
  readonly instructors: ReadonlyMap<string, Set<string>>;
  readonly administrators: Set<string>;
  readonly actorId: string | null;
  readonly places: Map<string, Place>;
  readonly entries: AuditEntry[];
  readonly job: Job;
  readonly roles: Map<string, RoleChange>;
  /** Accounts that the import made; those that nobody has used go. */
  readonly made: Map<string, { readonly line: number; readonly systemRole: SystemRole }>;
}

async function readUndoing(transaction: Transaction, rows: readonly ImportRow[], job: Job): Promise<Undoing> {
  const ids = [...new Set(rows.flatMap(({ person_id }) => person_id ?? []))];
  const people = await transaction<{ id: string; name: string; system_role: SystemRole }[]>`select id, name, system_role from person where id = any(${ids}::uuid[]) order by id for update`;
  const places = rows.flatMap(({ person_id, course_id, after }) => (person_id !== null && course_id !== null && after?.member ? [{ id: pairId(course_id, person_id), courseId: course_id, role: after.member.role }] : []));
  return {
    people: new Map(people.map(({ id, name, system_role }) => [id, { id, name, systemRole: system_role }])),
    members: await readMembers(transaction, places.map(({ id }) => id), { lock: true }),
    instructors: await readInstructors(transaction, places.filter(({ role }) => role === "instructor").map(({ courseId }) => courseId), { lock: true }),
    administrators: rows.some(({ after }) => after?.systemRole === "administrator") ? await readAdministrators(transaction, { lock: true }) : new Set(),
    actorId: job.by_id, job, places: new Map(), entries: [], roles: new Map(), made: new Map(),
  };
}

/** Puts the place back to what it was. Answers why it was left; null: it was not. */
function undoPlace({ line, course_id, before, after }: ImportRow, person: Person, undoing: Undoing): ImportKept | null {
  if (course_id === null || !after?.member) return null;
  const id = pairId(course_id, person.id);
  const now = undoing.members.get(id);
  const left = { role: after.member.role, state: "left" as const };
  const next = before?.member ?? left;
  if (!now || !standsSo(now, after.member)) return standsSo(now, next) ? null : "place-changed";
  const teachers = undoing.instructors.get(course_id);
  const teachesOn = next.state === "active" && next.role === "instructor";
  if (now.role === "instructor" && !teachesOn && [...(teachers ?? [])].every((one) => one === person.id)) return "last-instructor";
  if (!teachesOn) teachers?.delete(person.id);
  undoing.members.set(id, next);
  undoing.places.set(id, { courseId: course_id, userId: person.id, name: person.name, ...next, isNew: false });
  undoing.entries.push(...placeEntries(undoing.job, { line, personId: person.id, courseId: course_id, now, next }));
  return null;
}

/** What stands in the log of a person whose place is as it was before. */
function placeEntries(job: Job, { line, personId, courseId, now, next }: { line: number; personId: string; courseId: string; now: KnownMember; next: KnownMember }): AuditEntry[] {
  const entry = (action: AuditAction, details: AuditEntry["details"]): AuditEntry => ({ by: actorOf(job), action, object: { kind: "person", id: personId }, details: { course: courseId, ...details, ...ofLine(job, line) } });
  if (next.state === "left") return [entry("member.remove", {})];
  return [
    ...(now.role === next.role ? [] : [entry("member.role", { from: now.role, role: next.role })]),
    ...(next.endsAt === undefined || now.endsAt === next.endsAt ? [] : [entry("member.end", { endsAt: next.endsAt })]),
  ];
}

function undoSystemRole({ line, before, after }: ImportRow, person: Person, { administrators, actorId, roles, job }: Undoing): ImportKept | null {
  if (!before?.systemRole || person.systemRole === before.systemRole) return null;
  if (person.systemRole !== after?.systemRole) return "role-changed";
  if (person.id === actorId) return "own-role";
  if (person.systemRole === "administrator" && [...administrators].every((one) => one === person.id)) return "last-administrator";
  administrators.delete(person.id);
  roles.set(person.id, { personId: person.id, from: roles.get(person.id)?.from ?? person.systemRole, to: before.systemRole, of: ofLine(job, line) });
  person.systemRole = before.systemRole;
  return null;
}

function undoRow(row: ImportRow, undoing: Undoing): ImportKept | null {
  const person = undoing.people.get(row.person_id ?? "");
  // Gone already, and with them what the line made.
  if (!person) return null;
  const placed = undoPlace(row, person, undoing);
  if (row.effects.includes("account")) undoing.made.set(person.id, { line: row.line, systemRole: row.after?.systemRole ?? "student" });
  const ranked = undoSystemRole(row, person, undoing);
  // The place first: whoever counts what was taken back knows by it whether the place was.
  return placed ?? ranked;
}

/** Rows of courses that name somebody who is gone are of no use to anybody. */
async function removeMemberships(transaction: Transaction, personIds: readonly string[]): Promise<readonly Scope[]> {
  const rows = await transaction<{ id: string }[]>`select id from doc_members where owner_id = any(${[...personIds]}::uuid[]) and not deleted`;
  const documents = await readDocuments(transaction, "members", rows.map(({ id }) => id));
  return writeDocuments(transaction, [...documents.values()].map((document) => ({ collection: "members", document: document as Member, deleted: true })));
}

/**
 * Takes the next lines of an import back, where what they made still stands and nobody has used it. Returns the scopes to publish after the commit; null: nothing is left.
 */
export async function undoBatch(transaction: Transaction, parts: BatchParts, job: Job): Promise<Scope[] | null> {
  const { id } = job;
  const rows = await rowsToUndo(transaction, id, BATCH_LINES);
  if (rows.length === 0) return null;
  const undoing = await readUndoing(transaction, rows, job);
  const kept = new Map<number, ImportKept>();
  for (const row of rows) {
    const why = undoRow(row, undoing);
    if (why) kept.set(row.line, why);
  }
  const scopes = await setPlaces(transaction, [...undoing.places.values()]);
  for (const change of undoing.roles.values()) await changeSystemRole(transaction, parts, actorOf(job), change);
  scopes.push(...[...undoing.roles.keys()].map(personScope));
  const gone = await removeUnusedPeople(transaction, [...undoing.made].map(([personId, { systemRole }]) => ({ id: personId, systemRole })), (ids) => removeMemberships(transaction, ids));
  scopes.push(...gone.scopes);
  for (const [personId, { line }] of undoing.made) {
    if (!gone.ids.has(personId)) kept.set(line, kept.get(line) ?? "account-used");
    else undoing.entries.push({ by: actorOf(job), action: "person.remove", object: { kind: "person", id: personId }, details: ofLine(job, line) });
  }
  await writeAuditEach(transaction, parts, undoing.entries);
  await noteUndone(transaction, id, rows.map(({ line }) => line), kept);
  return scopes;
}

