import { personScope } from "@mochila/shared/access/scope.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { PASSWORD_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";
import { Email, NewPassword } from "@mochila/shared/users/typed.ts";
import { fromCommandLine, writeAudit } from "../audit/audit.ts";
import { readOptions, validOption, withHints } from "../command-line.ts";
import { type Command, type CommandContext, UsageError } from "../command.ts";
import type { Transaction } from "../db/database.ts";
import { linkAddress, linkLife, makeLink } from "./account-links.ts";
import { Passwords } from "./password.ts";
import { checkChoice } from "./password-choice.ts";
import { findByEmail, type PersonRow } from "./people.ts";
import { replacePassword } from "./replace-password.ts";

/** 96 bits in 16 characters that can be read out and typed. */
const randomPassword = (random: Random): string => Buffer.from(random.bytes(12)).toString("base64url");
const HOUR_MS = 3_600_000;

export const resetPasswordCommand: Command = {
  verb: "reset-password",
  usage: "--email <e-mail> [--link | --password-stdin]",
  about: "Gives a person a new password and signs them out everywhere; what waits on their devices stays there for the next sign-in.",
  details: `Prints a random password once; with --password-stdin it asks for one, or reads it from the standard input.
With --link the password stays, and a link is printed that lets the person choose a new one within ${linkLife("reset", true) / HOUR_MS} hours. Whoever has the link can come in: hand it to them alone.
Links of before open nothing any more. It stands in the audit log, and the person gets a letter.`,
  run: async (context, args) => {
    const values = readOptions(args, { email: { type: "string" }, link: { type: "boolean" }, "password-stdin": { type: "boolean" } });
    const email = validOption(Email, values.email, "Name a person with --email.");
    const own = values["password-stdin"] === true;
    if (own && values.link) throw new UsageError("Take --link or --password-stdin, not both.");
    if (values.link) return printLink(context, email);
    const given = own ? await context.readSecret("New password: ") : randomPassword(context.random);
    const password = validOption(NewPassword, given, `The password must have ${PASSWORD_CHARACTERS_MIN} to ${PASSWORD_CHARACTERS_MAX} characters.`);
    const { name } = await setPassword(context, email, password);
    context.print(own ? `${name} <${email}> has the new password.` : `${name} <${email}> signs in with ${password} now; it is not shown again.`);
  },
};

const originOf = ({ config }: CommandContext): string => config.publicUrl ?? `http://localhost:${config.port}`;

/** Under the lock of their row: of two new passwords at once the second waits, and sees the first. */
async function personOf(transaction: Transaction, email: string): Promise<PersonRow> {
  await transaction`select 1 from person where email = ${email} for update`;
  const person = await findByEmail(transaction, email);
  if (!person) throw new Error(`Nobody has the e-mail ${email}.`);
  return person;
}

async function setPassword(context: CommandContext, email: string, password: string): Promise<PersonRow> {
  const { database, clock, random } = context;
  return withHints(context, async (hints) => {
    const passwordHash = await new Passwords().hash(password);
    const person = await database.transaction(async (transaction) => {
      const found = await personOf(transaction, email);
      checkChoice(password, found);
      await replacePassword(transaction, { clock, random, origin: originOf(context) }, { person: found, passwordHash, keep: null });
      await writeAudit(transaction, { clock }, { by: fromCommandLine, action: "password.reset", object: { kind: "person", id: found.id } });
      return found;
    });
    hints.publish([personScope(person.id)]);
    return person;
  });
}

async function printLink(context: CommandContext, email: string): Promise<void> {
  const { database, clock, random, print } = context;
  const token = await database.transaction(async (transaction) => {
    const person = await personOf(transaction, email);
    await writeAudit(transaction, { clock }, { by: fromCommandLine, action: "person.reset", object: { kind: "person", id: person.id }, details: { byHand: true } });
    return makeLink(transaction, { clock, random }, { person, purpose: "reset", handedOn: true });
  });
  print(linkAddress(originOf(context), "reset", token));
}
