import { personScope } from "@mochila/shared/access/scope.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";
import { Email, NewPassword } from "@mochila/shared/users/session.ts";
import { readOptions, validOption, withHints } from "../command-line.ts";
import type { Command } from "../command.ts";
import { personNamed } from "../courses/named.ts";
import { Passwords } from "./password.ts";

/** 96 bits in 16 characters that can be read out and typed. */
const randomPassword = (random: Random): string => Buffer.from(random.bytes(12)).toString("base64url");

export const setPasswordCommand: Command = {
  verb: "set-password",
  usage: "--email <e-mail> [--password-stdin]",
  about: "Gives a person a new password and signs them out everywhere; what waits on their devices stays there for the next sign-in.",
  details: "Prints a random password once; with --password-stdin it asks for one, or reads it from the standard input.",
  run: async (context, args) => {
    const { database, clock, random, print, readSecret } = context;
    const values = readOptions(args, { email: { type: "string" }, "password-stdin": { type: "boolean" } });
    const email = validOption(Email, values.email, "Name a person with --email.");
    const own = values["password-stdin"] === true;
    const given = own ? await readSecret("New password: ") : randomPassword(random);
    const password = validOption(NewPassword, given, `The password must have ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters.`);
    await withHints(context, async (hints) => {
      const passwordHash = await new Passwords().hash(password);
      const { id, name } = await database.transaction(async (transaction) => {
        const person = await personNamed(transaction, email);
        await transaction`update person set password_hash = ${passwordHash} where id = ${person.id}`;
        await transaction`update session set ended_at = ${new Date(clock.now())}, end_reason = 'new password' where person_id = ${person.id} and ended_at is null`;
        return person;
      });
      hints.publish([personScope(id)]);
      print(own ? `${name} <${email}> has the new password.` : `${name} <${email}> signs in with ${password} now; it is not shown again.`);
    });
  },
};
