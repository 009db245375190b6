import { CodedError } from "@mochila/shared/errors.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Sql } from "../db/database.ts";

// Courses and people by what a person would call them.

export interface NamedCourse {
  readonly id: string;
  readonly title: Localized<string>;
  readonly state: string;
}
export interface NamedPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
}

export const titleOf = ({ id, title }: Pick<NamedCourse, "id" | "title">): string => title.en ?? title.es ?? id;

/** The course with this id, or with exactly this title in one of its languages. Throws `invalid_input` for none and for several. */
export async function courseNamed(sql: Sql, name: string): Promise<NamedCourse> {
  const id = isUuid(name) ? name : null;
  const found = await sql<NamedCourse[]>`
    select id, body->'title' as title, body->>'state' as state from doc_courses
    where not deleted and (id = ${id}::uuid or body->'title'->>'en' = ${name} or body->'title'->>'es' = ${name}) order by id limit 10`;
  const [course, another] = found;
  if (!course) throw new CodedError("invalid_input", `There is no course “${name}”; list-courses says which there are.`);
  if (another) throw new CodedError("invalid_input", `Several courses are called “${name}”; name one by its id: ${found.map((one) => one.id).join(", ")}.`);
  return course;
}

export const nobodyNamed = (email: string): CodedError => new CodedError("invalid_input", `Nobody here has the e-mail ${email}.`, { details: { field: "email" } });

/** Who may sign in with this e-mail (lower case): what nobody has confirmed may be a stranger's. Throws `invalid_input`. */
export async function personNamed(sql: Sql, email: string): Promise<NamedPerson> {
  const [person] = await sql<NamedPerson[]>`select id, name, email from person where email = ${email} and state = 'active' and email_verified_at is not null`;
  if (!person) throw nobodyNamed(email);
  return person;
}
