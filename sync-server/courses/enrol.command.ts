import { CourseRole } from "@mochila/shared/access/actor.ts";
import { Email } from "@mochila/shared/users/typed.ts";
import { fromCommandLine } from "../audit/audit.ts";
import { readOptions, validOption, withHints } from "../command-line.ts";
import { type Command, UsageError } from "../command.ts";
import { lockEntry } from "./entry.ts";
import { courseNamed, personNamed, titleOf } from "./named.ts";
import { place, takeOut } from "./place.ts";
import { tellOverfull } from "./tell-overfull.ts";

const named = { course: { type: "string" }, email: { type: "string" } } as const;

function readNames({ course, email }: { course?: string | undefined; email?: string | undefined }): { course: string; email: string } {
  if (course === undefined) throw new UsageError("Name a course with --course: its id or its exact title.");
  return { course, email: validOption(Email, email, "Name a person with --email.") };
}

export const enrolCommand: Command = {
  verb: "enrol",
  usage: "--course <id or exact title> --email <e-mail> [--role student|instructor|assistant|observer]",
  about: "Puts a person into a course, or gives them another role there.",
  run: async (context, args) => {
    const values = readOptions(args, { ...named, role: { type: "string", default: "student" } });
    const { course: wanted, email } = readNames(values);
    const role = validOption(CourseRole, values.role, "The role is student, instructor, assistant or observer.");
    await withHints(context, async (hints) => {
      const { course, person, scopes } = await context.database.transaction(async (transaction) => {
        const [into, who] = [await courseNamed(transaction, wanted), await personNamed(transaction, email)];
        await lockEntry(transaction, into.id);
        return { course: into, person: who, scopes: await place(transaction, context, { courseId: into.id, userId: who.id, by: fromCommandLine, name: who.name, role }) };
      });
      hints.publish(scopes ?? []);
      context.print(`${person.name} <${person.email}> is ${role} in “${titleOf(course)}”.`);
      if (role === "student") await tellOverfull(context, course.id);
    });
  },
};

export const unenrolCommand: Command = {
  verb: "unenrol",
  usage: "--course <id or exact title> --email <e-mail>",
  about: "Takes a person out of a course: their devices remove it, their own work stays theirs.",
  run: async (context, args) => {
    const { course: wanted, email } = readNames(readOptions(args, named));
    await withHints(context, async (hints) => {
      const { course, person, scopes } = await context.database.transaction(async (transaction) => {
        const [from, who] = [await courseNamed(transaction, wanted), await personNamed(transaction, email)];
        await lockEntry(transaction, from.id);
        return { course: from, person: who, scopes: await takeOut(transaction, context, { courseId: from.id, userId: who.id, by: fromCommandLine }) };
      });
      hints.publish(scopes ?? []);
      context.print(`${person.name} <${person.email}> ${scopes ? "left" : "was not in"} “${titleOf(course)}”.`);
    });
  },
};
