import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { Email } from "@mochila/shared/users/session.ts";
import * as z from "zod/mini";
import { readOptions, validOption, withHints } from "../command-line.ts";
import { type Command, UsageError } from "../command.ts";
import type { Transaction } from "../db/database.ts";
import { createCourse } from "./create-course.ts";
import { type NamedCourse, type NamedPerson, personNamed, titleOf } from "./named.ts";

const Title = z.optional(z.string().check(z.trim(), z.minLength(1), z.maxLength(TITLE_CHARACTERS_MAX)));

function readTitles(values: { "title-en"?: string | undefined; "title-es"?: string | undefined }): Localized<string> {
  const title: Localized<string> = {};
  for (const lang of languages) {
    const given = validOption(Title, values[`title-${lang}`], `A title has 1 to ${TITLE_CHARACTERS_MAX} characters.`);
    if (given !== undefined) title[lang] = given;
  }
  if (Object.keys(title).length === 0) throw new UsageError("Give a title with --title-en, --title-es or both.");
  return title;
}

async function firstAdministrator(transaction: Transaction): Promise<NamedPerson> {
  const [first] = await transaction<NamedPerson[]>`
    select id, name, email from person where system_role = 'administrator' and state = 'active' order by created_at, id limit 1`;
  if (!first) throw new CodedError("invalid_input", "A course needs an instructor and there is nobody yet; make a person first (create-user).");
  return first;
}

export const createCourseCommand: Command = {
  verb: "create-course",
  usage: "[--title-en <title>] [--title-es <title>] [--instructor <e-mail>]",
  about: "Begins an empty course, in the languages of its titles; its instructor shows it to students when it is ready.",
  details: "Without --instructor the first administrator teaches it.",
  run: async (context, args) => {
    const values = readOptions(args, { "title-en": { type: "string" }, "title-es": { type: "string" }, instructor: { type: "string" } });
    const title = readTitles(values);
    const email = values.instructor === undefined ? null : validOption(Email, values.instructor, "The e-mail of --instructor is not one.");
    await withHints(context, async (hints) => {
      const id = newId(context);
      const { person, scopes } = await context.database.transaction(async (transaction) => {
        const instructor = email === null ? await firstAdministrator(transaction) : await personNamed(transaction, email);
        const course = { id, courseId: id, title, description: {}, languages: languages.filter((lang) => title[lang] !== undefined), state: "draft" as const };
        return { person: instructor, scopes: await createCourse(transaction, { course, instructor: { userId: instructor.id, name: instructor.name } }) };
      });
      hints.publish(scopes);
      context.print(`“${titleOf({ id, title })}” (${id}) is there, taught by ${person.name} <${person.email}>.`);
    });
  },
};

interface ListedCourse extends NamedCourse {
  readonly instructors: number;
  readonly students: number;
}

export const listCoursesCommand: Command = {
  verb: "list-courses",
  usage: "",
  about: "Prints every course: its id, its titles, how many teach and study in it.",
  run: async ({ database, print }, args) => {
    readOptions(args, {});
    const courses = await database.sql<ListedCourse[]>`
      select course.id, course.body->'title' as title, course.body->>'state' as state,
        (count(*) filter (where member.body->>'role' = 'instructor'))::int as instructors, (count(*) filter (where member.body->>'role' = 'student'))::int as students
      from doc_courses as course
      left join doc_members as member on member.course_id = course.id and not member.deleted and member.body->>'state' = 'active'
      where not course.deleted group by course.id, course.body order by course.body->'title'->>'en', course.id`;
    for (const { id, title, state, instructors, students } of courses) {
      print(`${id}  ${[title.en, title.es].filter(Boolean).join(" · ")}  (${state}; instructors: ${instructors}, students: ${students})`);
    }
    if (courses.length === 0) print("There is no course yet; create-course or import-course makes one.");
  },
};
