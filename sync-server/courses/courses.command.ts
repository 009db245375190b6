import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { Email } from "@mochila/shared/users/typed.ts";
import * as z from "zod/mini";
import { fromCommandLine } from "../audit/audit.ts";
import { readOptions, validOption, withHints } from "../command-line.ts";
import { type Command, UsageError } from "../command.ts";
import type { Transaction } from "../db/database.ts";
import { createCourseFor } from "./create-course.ts";
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

/** A command is easily given twice, and nothing on the screen tells two courses of one name apart. */
async function refuseTakenTitle(transaction: Transaction, title: Localized<string>): Promise<void> {
  const [taken] = await transaction<NamedCourse[]>`
    select id, body->'title' as title, body->>'state' as state from doc_courses
    where not deleted and (body->'title'->>'en' = ${title.en ?? null} or body->'title'->>'es' = ${title.es ?? null}) limit 1`;
  if (taken) throw new CodedError("invalid_input", `There is a course “${titleOf(taken)}” already (${taken.id}); with --again another one of that name is made.`);
}

export const createCourseCommand: Command = {
  verb: "create-course",
  usage: "[--title-en <title>] [--title-es <title>] [--instructor <e-mail>] [--again]",
  about: "Begins an empty course, in the languages of its titles; its instructor shows it to students when it is ready.",
  details: "Without --instructor the first administrator teaches it. A title that a course has already is refused without --again.",
  run: async (context, args) => {
    const values = readOptions(args, { "title-en": { type: "string" }, "title-es": { type: "string" }, instructor: { type: "string" }, again: { type: "boolean" } });
    const title = readTitles(values);
    const email = values.instructor === undefined ? null : validOption(Email, values.instructor, "The e-mail of --instructor is not one.");
    await withHints(context, async (hints) => {
      const id = newId(context);
      const { person, scopes } = await context.database.transaction(async (transaction) => {
        if (values.again !== true) await refuseTakenTitle(transaction, title);
        const instructor = email === null ? await firstAdministrator(transaction) : await personNamed(transaction, email);
        const course = { id, courseId: id, title, description: {}, languages: languages.filter((lang) => title[lang] !== undefined), state: "draft" as const };
        return { person: instructor, scopes: await createCourseFor(transaction, context, fromCommandLine, { course, instructor: { userId: instructor.id, name: instructor.name } }) };
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
