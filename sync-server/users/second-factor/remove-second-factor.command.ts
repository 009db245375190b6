import { Email } from "@mochila/shared/users/typed.ts";
import { fromCommandLine } from "../../audit/audit.ts";
import { readOptions, validOption, withHints } from "../../command-line.ts";
import type { Command } from "../../command.ts";
import { personNamed } from "../../courses/named.ts";
import { findById } from "../people.ts";
import { SecondFactors } from "./second-factors.ts";

/** The last way back: of a school whose only administrator lost their phone and their codes. */
export const removeSecondFactorCommand: Command = {
  verb: "remove-second-factor",
  usage: "--email <e-mail>",
  about: "Removes the second factors and recovery codes of somebody who lost them; a letter tells them, and they sign in with their password.",
  run: async (context, args) => {
    const { config, database, clock, random, print } = context;
    const values = readOptions(args, { email: { type: "string" } });
    const email = validOption(Email, values.email, "Name a person with --email.");
    const factors = new SecondFactors({ database, clock, random, origin: config.publicUrl ?? `http://localhost:${config.port}`, onLetter: () => undefined });
    await withHints(context, async () => {
      const { name, removed } = await database.transaction(async (transaction) => {
        const person = await findById(transaction, (await personNamed(transaction, email)).id);
        if (!person) throw new Error("This person was removed a moment ago.");
        return { name: person.name, removed: await factors.removeAll(transaction, person, fromCommandLine) };
      });
      print(removed === 0 ? `${name} <${email}> has no second factor.` : `${name} <${email}> signs in with the password now.`);
    });
  },
};
