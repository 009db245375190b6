import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import type { Log } from "./log.ts";

export interface CommandContext {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Where the person stands: relative paths that they type are meant from there. */
  readonly folder: string;
  /** A line for the person. */
  print(line: string): void;
  /** A secret from the terminal or the standard input, so that it stands in no list of processes and no history. */
  readSecret(question: string): Promise<string>;
}

/** What a person who calls a verb did wrong; printed with the verb's usage, exit status 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

/** What a verb gets that opens the stores in a way of its own, or looks whether they can be opened. */
export type BareContext = Omit<CommandContext, "database">;

interface Verb {
  readonly verb: string;
  /** What stands after the verb, for instance `<folder>`. */
  readonly usage: string;
  /** One line for the list, then what a person needs to know. */
  readonly about: string;
  readonly details?: string;
}

/** A verb of `npm run mochila -- <verb>`. Works while the server runs and when it does not. */
export interface Command extends Verb {
  /** Throws `UsageError`, or an `Error` whose message is one clear sentence (exit status 1). */
  run(context: CommandContext, args: readonly string[]): Promise<void>;
}

/** A verb that does not want an open, migrated school. */
export interface BareCommand extends Verb {
  readonly bare: true;
  run(context: BareContext, args: readonly string[]): Promise<void>;
}
