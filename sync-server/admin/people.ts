import { PEOPLE_PAGE_MAX, type PeoplePage, type PeopleQuery, type PersonLine } from "@mochila/shared/admin/person.ts";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { Sql } from "../db/database.ts";
import { holdsWords } from "../db/search.ts";

interface Row {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly system_role: SystemRole;
  readonly state: "active" | "suspended";
  readonly confirmed: boolean;
  readonly can_sign_in: boolean;
  readonly second_factors: number;
  readonly courses: number;
  readonly seen_at: Date | null;
  readonly closing_at: Date | null;
  readonly picture_id: string | null;
}

/** By words of the name or the e-mail. */
export const foundPeople = (sql: Sql, { search, state }: PeopleQuery) => sql`
  person.state <> 'closed' and ${holdsWords(sql, sql`person.search_text`, search)}
  and ${state === undefined ? sql`true` : sql`person.state = ${state}`}`;

const toLine = (row: Row): PersonLine => ({
  id: row.id, name: row.name, email: row.email, systemRole: row.system_role, state: row.state, confirmed: row.confirmed, canSignIn: row.can_sign_in,
  secondFactors: row.second_factors, courses: row.courses, seenAt: row.seen_at?.getTime() ?? null, closingAt: row.closing_at?.getTime() ?? null, picture: row.picture_id,
});

const columns = (sql: Sql) => sql`
  person.id, person.name, person.email, person.system_role, person.state, person.email_verified_at is not null as confirmed, person.password_hash is not null as can_sign_in, person.closing_at, person.picture_id,
  (select count(*)::int from doc_members as member where member.owner_id = person.id and not member.deleted and member.body ->> 'state' = 'active') as courses,
  (select count(*)::int from second_factor where second_factor.person_id = person.id) as second_factors,
  (select max(session.rotated_at) from session where session.person_id = person.id and session.acting_by is null) as seen_at`;

/** A page of people by name, in the order of the names. Its cost is that of the page, and of one walk over the names where something is searched for. */
export async function listPeople(sql: Sql, query: PeopleQuery): Promise<PeoplePage> {
  const place = query.after === undefined ? sql`true` : sql`(person.name_key, person.id) > (select person.name_key, person.id from person where id = ${query.after})`;
  const rows = await sql<Row[]>`
    select ${columns(sql)} from person
    where ${foundPeople(sql, query)} and ${query.role === undefined ? sql`true` : sql`person.system_role = ${query.role}`} and ${place}
    order by person.name_key, person.id limit ${PEOPLE_PAGE_MAX + 1}`;
  const counted = await sql<{ system_role: SystemRole; count: number }[]>`select system_role, count(*)::int as count from person where ${foundPeople(sql, query)} group by system_role`;
  const counts = { all: 0, administrator: 0, instructor: 0, student: 0 };
  for (const { system_role: role, count } of counted) {
    counts[role] = count;
    counts.all += count;
  }
  return { people: rows.slice(0, PEOPLE_PAGE_MAX).map(toLine), more: rows.length > PEOPLE_PAGE_MAX, counts };
}

export async function readPerson(sql: Sql, id: string): Promise<PersonLine | null> {
  const [row] = await sql<Row[]>`select ${columns(sql)} from person where person.id = ${id}`;
  return row ? toLine(row) : null;
}
