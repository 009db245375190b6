import { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { Language } from "@mochila/shared/kernel/schema.ts";
import { NAME_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";
import { Email, NewPassword, PersonName } from "@mochila/shared/users/session.ts";
import { readCall, validOption as valid, withHints } from "../command-line.ts";
import { type Command, UsageError } from "../command.ts";
import { enrol } from "../courses/enrol.ts";
import { courseNamed, titleOf } from "../courses/named.ts";
import { Passwords } from "./password.ts";
import { createPerson } from "./people.ts";

const OPTIONS = {
  name: { type: "string" },
  role: { type: "string", default: "student" },
  language: { type: "string", default: "en" },
  course: { type: "string" },
  "course-role": { type: "string" },
} as const;

export const createUserCommand: Command = {
  verb: "create-user",
  usage: "<e-mail> --name <name> [--role administrator|instructor|student] [--language en|es] [--course <id or exact title> [--course-role student|instructor|assistant|observer]]",
  about: "Makes a person who can sign in.",
  details: `Asks for the password, or reads it from the standard input (${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters). The role is student if none is given.\nWith --course the person is in that course at once, as --course-role (an instructor teaches it, others study in it).`,
  run: async (context, args) => {
    const { database, clock, random, print, readSecret } = context;
    const { values, words } = readCall(args, OPTIONS, { words: true });
    if (words.length !== 1) throw new UsageError("Give exactly one e-mail.");
    const person = {
      email: valid(Email, words[0], "The e-mail is not one."),
      name: valid(PersonName, values.name, `Give a name of 1 to ${NAME_CHARACTERS_MAX} characters with --name.`),
      systemRole: valid(SystemRole, values.role, "The role is administrator, instructor or student."),
      language: valid(Language, values.language, "The language is en or es."),
    };
    const courseRole = valid(CourseRole, values["course-role"] ?? (person.systemRole === "instructor" ? "instructor" : "student"), "The role in the course is student, instructor, assistant or observer.");
    const password = valid(NewPassword, await readSecret("Password: "), `The password must have ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters.`);
    const passwordHash = await new Passwords().hash(password);
    await withHints(context, async (hints) => {
      const id = newId({ clock, random });
      const { course, scopes } = await database.transaction(async (transaction) => {
        await createPerson(transaction, { ...person, id, passwordHash });
        if (values.course === undefined) return { course: null, scopes: [] };
        const into = await courseNamed(transaction, values.course);
        return { course: into, scopes: await enrol(transaction, { courseId: into.id, userId: id, name: person.name, role: courseRole }) };
      });
      hints.publish(scopes);
      print(`${person.systemRole} ${person.email} can sign in now (${id})${course ? `, ${courseRole} in “${titleOf(course)}”` : ""}.`);
    });
  },
};
