import { readOptions } from "../command-line.ts";
import type { Command } from "../command.ts";
import { courseNamed } from "../courses/named.ts";

interface Listed {
  readonly email: string;
  readonly name: string;
  readonly role: string;
  readonly state: string;
}

export const listPeopleCommand: Command = {
  verb: "list-people",
  usage: "[--course <id or exact title>]",
  about: "Prints everybody: e-mail, name, role in the school; with --course those in it and their roles there.",
  run: async ({ database: { sql }, print }, args) => {
    const { course } = readOptions(args, { course: { type: "string" } });
    const people =
      course === undefined
        ? await sql<Listed[]>`select email, name, system_role as role, state from person where state <> 'closed' order by email`
        : await sql<Listed[]>`
            select person.email, person.name, member.body->>'role' as role, person.state from doc_members as member join person on person.id = member.owner_id
            where member.course_id = ${(await courseNamed(sql, course)).id} and not member.deleted and member.body->>'state' = 'active' order by person.email`;
    for (const { email, name, role, state } of people) print(`${email}  ${name}  ${role}${state === "active" ? "" : `, ${state}`}`);
    if (people.length === 0) print("Nobody yet.");
  },
};
