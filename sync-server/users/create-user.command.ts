import { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { Language } from "@mochila/shared/kernel/schema.ts";
import { NAME_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";
import { Email, NewPassword, PersonName } from "@mochila/shared/users/typed.ts";
import { fromCommandLine, writeAudit } from "../audit/audit.ts";
import { readCall, validOption as valid, withHints } from "../command-line.ts";
import { type Command, UsageError } from "../command.ts";
import { lockEntry } from "../courses/entry.ts";
import { courseNamed, titleOf } from "../courses/named.ts";
import { place } from "../courses/place.ts";
import { tellOverfull } from "../courses/tell-overfull.ts";
import { Passwords } from "./password.ts";
import { checkChoice } from "./password-choice.ts";
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
    checkChoice(password, person);
    const passwordHash = await new Passwords().hash(password);
    await withHints(context, async (hints) => {
      const { id, course, scopes } = await database.transaction(async (transaction) => {
        const into = values.course === undefined ? null : await courseNamed(transaction, values.course);
        if (into) await lockEntry(transaction, into.id);
        const { id: userId } = await createPerson(transaction, { ...person, id: newId({ clock, random }), passwordHash });
        await writeAudit(transaction, { clock }, { by: fromCommandLine, action: "person.create", object: { kind: "person", id: userId }, details: { role: person.systemRole } });
        return { id: userId, course: into, scopes: into && (await place(transaction, { clock }, { courseId: into.id, userId, by: fromCommandLine, name: person.name, role: courseRole })) };
      });
      hints.publish(scopes ?? []);
      print(`${person.systemRole} ${person.email} can sign in now (${id})${course ? `, ${courseRole} in “${titleOf(course)}”` : ""}.`);
      if (course && courseRole === "student") await tellOverfull(context, course.id);
    });
  },
};
