import { fromCommandLine } from "../audit/audit.ts";
import { type Command, UsageError } from "../command.ts";
import { newSetUpToken } from "./set-up.ts";

export const setUpLinkCommand: Command = {
  verb: "set-up-link",
  usage: "",
  about: "Prints a new one-time link that opens an empty school; the link of before stops working.",
  run: async ({ config, database, clock, random, print }, args) => {
    if (args.length > 0) throw new UsageError("This verb takes nothing more.");
    const token = await newSetUpToken({ database, clock, random }, fromCommandLine);
    if (token === null) throw new Error("Somebody exists already, so there is no set-up; an administrator signs in, or create-user makes one.");
    print(`set up ${config.publicUrl ?? `http://localhost:${config.port}`}/setup#${token}`);
  },
};
