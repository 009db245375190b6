import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { ImportEffect, ImportProblem } from "@mochila/shared/admin/people-import.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import type { AskedRow } from "./read-rows.ts";
import { type KnownCourse, type KnownMember, type KnownPerson, type SchoolNow, standsSo } from "./school-now.ts";

/** What stood, or stands, of what a line changed. */
export interface Standing {
  readonly systemRole?: SystemRole;
  readonly member?: KnownMember | null;
}

/** What a line does to the school as the lines before it leave it. */
export interface PlannedRow {
  readonly asked: AskedRow;
  readonly problem: ImportProblem | null;
  readonly otherLine: number | null;
  readonly effects: readonly ImportEffect[];
  readonly person: KnownPerson | null;
  readonly courseId: string | null;
  /** How many students the course has more by it: 1, 0 or -1. */
  readonly students: number;
  readonly before: Standing;
  readonly after: Standing;
}

interface Planning {
  readonly school: SchoolNow;
  /** Whose own rights stay as they are; null on the command line. */
  readonly actorId: string | null;
  readonly makeId: () => string;
  /** Milliseconds since 1970. */
  readonly now: number;
}

const problemOf = (asked: AskedRow, problem: ImportProblem, otherLine: number | null = null): PlannedRow => ({
  asked, problem, otherLine, effects: [], person: null, courseId: null, students: 0, before: {}, after: {},
});

function personProblem({ systemRole }: AskedRow, person: KnownPerson, { school, actorId }: Planning): ImportProblem | null {
  if (person.state !== "active") return "suspended";
  if (systemRole === null || systemRole === person.systemRole) return null;
  if (person.id === actorId) return "own-role";
  const others = [...school.administrators].filter((id) => id !== person.id);
  return person.systemRole === "administrator" && others.length === 0 ? "last-administrator" : null;
}

function courseProblem({ course }: AskedRow, { school }: Planning): ImportProblem | null {
  if (course === null) return null;
  const [found, another] = school.courses.get(course) ?? [];
  if (!found) return "course-unknown";
  if (another) return "course-several";
  return found.state === "trashed" ? "course-in-bin" : null;
}

/**
 * The place in the course that is asked for. Without a role who is in keeps theirs, and who is new studies; without an end it is theirs, or what the course says for who comes in. Who
 * teaches has none.
 */
function nextPlace(now: KnownMember | undefined, { courseRole, endsAt }: AskedRow, course: KnownCourse): KnownMember {
  const kept = now?.state === "active" ? now : { role: "student" as const, endsAt: course.placeEndsAt };
  const role = courseRole ?? kept.role;
  return { role, state: "active", endsAt: role === "instructor" ? null : (endsAt ?? kept.endsAt ?? null) };
}

function endProblem({ endsAt }: AskedRow, { role }: KnownMember, { now }: Planning): ImportProblem | null {
  if (endsAt === null) return null;
  if (role === "instructor") return "end-of-instructor";
  return endsAt <= now ? "end-past" : null;
}

/** What a line does to the place of somebody. */
function placeEffects({ endsAt }: AskedRow, now: KnownMember | undefined, next: KnownMember): ImportEffect[] {
  const before = now?.state === "active" ? now : null;
  const effects: ImportEffect[] = before === null ? ["enrolled"] : before.role === next.role ? [] : ["course-role"];
  return endsAt === null || before?.endsAt === endsAt ? effects : [...effects, "course-end"];
}

const studies = (member: KnownMember | undefined): number => (member?.state === "active" && member.role === "student" ? 1 : 0);

interface Placing {
  readonly id: string;
  readonly courseId: string;
  readonly now: KnownMember | undefined;
  /** Null: the place stands so already. */
  readonly next: KnownMember | null;
}

/** What becomes of the person's place; null: the line is about no course. */
function placingOf(asked: AskedRow, person: KnownPerson, planning: Planning): Placing | ImportProblem | null {
  const { school } = planning;
  const [course] = asked.course === null ? [] : (school.courses.get(asked.course) ?? []);
  if (!course) return null;
  const id = pairId(course.id, person.id);
  const now = school.members.get(id);
  const next = nextPlace(now, asked, course);
  const problem = endProblem(asked, next, planning);
  if (problem) return problem;
  if (leavesNobody(school, course.id, { person, now, next })) return "last-instructor";
  return { id, courseId: course.id, now, next: standsSo(now, next) ? null : next };
}

const leavesNobody = (school: SchoolNow, courseId: string, { person, now, next }: { person: KnownPerson; now: KnownMember | undefined; next: KnownMember }): boolean =>
  now?.state === "active" && now.role === "instructor" && next.role !== "instructor" && [...(school.instructors.get(courseId) ?? [])].every((id) => id === person.id);

/** Moves the school on to what it is after this change. */
function move(school: SchoolNow, person: KnownPerson, place: Placing | null, email: string): void {
  school.people.set(email, person);
  if (person.systemRole === "administrator") school.administrators.add(person.id);
  else school.administrators.delete(person.id);
  if (!place?.next) return;
  school.members.set(place.id, place.next);
  if (place.next.role === "instructor") school.instructors.get(place.courseId)?.add(person.id);
  else school.instructors.get(place.courseId)?.delete(person.id);
}

function planRow(asked: AskedRow, planning: Planning): PlannedRow {
  const { school } = planning;
  if (asked.problem !== null) return problemOf(asked, asked.problem);
  const found = school.people.get(asked.email);
  const known = found?.isUnproved === true ? undefined : found;
  if (!known && asked.name === "") return problemOf(asked, "name-missing");
  const problem = (known && personProblem(asked, known, planning)) ?? courseProblem(asked, planning);
  if (problem) return problemOf(asked, problem);

  const person: KnownPerson = known ? { ...known, systemRole: asked.systemRole ?? known.systemRole } : { id: found?.id ?? planning.makeId(), name: asked.name, systemRole: asked.systemRole ?? "student", state: "active" };
  const place = placingOf(asked, person, planning);
  if (typeof place === "string") return problemOf(asked, place);

  const effects: ImportEffect[] = [];
  if (!known) effects.push("account");
  else if (known.systemRole !== person.systemRole) effects.push("system-role");
  const next = place?.next;
  if (next) effects.push(...placeEffects(asked, place.now, next));
  move(school, person, place, asked.email);
  return {
    asked, problem: null, otherLine: null, effects, person, courseId: place?.courseId ?? null, students: next ? studies(next) - studies(place.now) : 0,
    before: { ...(known && known.systemRole !== person.systemRole && { systemRole: known.systemRole }), ...(next && { member: place.now ?? null }) },
    after: { ...((!known || known.systemRole !== person.systemRole) && { systemRole: person.systemRole }), ...(next && { member: next }) },
  };
}

/** What lines do one after the other; `school` is moved on with them. */
export const planRows = (rows: readonly AskedRow[], planning: Planning): PlannedRow[] => rows.map((asked) => planRow(asked, planning));

/**
 * A line that says something else of a person than an earlier one: nobody knows which is meant, and taking both would make the same file do
 * something each time.
 */
export function contradictions(rows: readonly AskedRow[], people: SchoolNow["people"], courses: SchoolNow["courses"]): Map<number, { problem: ImportProblem; otherLine: number }> {
  const found = new Map<number, { problem: ImportProblem; otherLine: number }>();
  const said = new Map<string, { line: number; value: string }>();
  const check = (line: number, problem: ImportProblem, { of, value }: { of: string; value: string | null }) => {
    if (value === null || value === "" || found.has(line)) return;
    const earlier = said.get(of);
    if (earlier && earlier.value !== value) found.set(line, { problem, otherLine: earlier.line });
    else if (!earlier) said.set(of, { line, value });
  };
  for (const { line, email, name, systemRole, course, courseRole, endsAt, problem } of rows) {
    if (problem !== null) continue;
    // Who has an account keeps their own name, whatever the file says.
    if (!people.has(email)) check(line, "name-differs", { of: `name ${email}`, value: name });
    check(line, "system-role-differs", { of: `system role ${email}`, value: systemRole });
    if (course === null) continue;
    const place = `${email} ${courses.get(course)?.[0]?.id ?? course}`;
    check(line, "course-role-differs", { of: `course role ${place}`, value: courseRole });
    check(line, "end-differs", { of: `end ${place}`, value: endsAt === null ? null : String(endsAt) });
  }
  return found;
}
