import { parseArgs, type ParseArgsConfig } from "node:util";
import { CodedError } from "@mochila/shared/errors.ts";
import * as z from "zod/mini";
import { type CommandContext, UsageError } from "./command.ts";
import { openHintCarrier } from "./stores.ts";
import { createHints, type Hints } from "./sync/hints.ts";

type Options = NonNullable<ParseArgsConfig["options"]>;
type ValuesOf<Asked extends Options> = ReturnType<typeof parseArgs<{ strict: true; allowPositionals: true; options: Asked }>>["values"];

/** In our words what Node's reader of arguments found wrong. */
function problemOf(error: unknown): string {
  const { code = "", message } = error as NodeJS.ErrnoException;
  const option = /--?[^\s'"=<]+/.exec(message)?.[0] ?? "";
  if (code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") return `There is no option ${option}.`;
  if (code === "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL") return "This verb takes options only; a value with spaces stands in quotes.";
  return /does not take an argument/.test(message) ? `The option ${option} takes no value.` : `The option ${option} needs a value; one that begins with a dash is given as ${option}=<value>.`;
}

/**
 * What was typed after a verb: its options, and words without one where `words` allows them. Throws UsageError for an option that does not exist, that
 * lacks its value, or that is given twice and taken once: the first one would be dropped in silence.
 */
export function readCall<const Asked extends Options>(args: readonly string[], options: Asked, { words }: { words: boolean }): { values: ValuesOf<Asked>; words: readonly string[] } {
  try {
    const { values, positionals, tokens } = parseArgs({ args: [...args], strict: true, allowPositionals: words, options, tokens: true });
    const names = tokens.flatMap((token) => (token.kind === "option" ? [token.name] : []));
    const twice = names.find((name, index) => names.indexOf(name) < index && options[name]?.multiple !== true);
    if (twice !== undefined) throw new UsageError(`The option --${twice} is given more than once.`);
    return { values, words: positionals };
  } catch (error) {
    throw error instanceof UsageError ? error : new UsageError(problemOf(error));
  }
}

/** For a verb that takes options only. */
export const readOptions = <const Asked extends Options>(args: readonly string[], options: Asked): ValuesOf<Asked> => readCall(args, options, { words: false }).values;

/** The value as the schema leaves it. Throws UsageError with `problem`. */
export function validOption<Value>(schema: z.ZodMiniType<Value>, value: unknown, problem: string): Value {
  const result = z.safeParse(schema, value);
  if (!result.success) throw new UsageError(problem);
  return result.data;
}

/** Runs a change whose scopes a server that runs shall tell its devices of. Refusals become one clear sentence. */
export async function withHints<Result>({ config, database, random, log }: CommandContext, work: (hints: Pick<Hints, "publish">) => Promise<Result>): Promise<Result> {
  const hints = createHints({ carrier: await openHintCarrier(config, { database, random, log, exclusive: false }), random, log });
  try {
    return await work(hints);
  } catch (error) {
    if (error instanceof CodedError) throw new Error(`${error.message} Nothing was changed.`, { cause: error });
    throw error;
  } finally {
    await hints.close();
  }
}
