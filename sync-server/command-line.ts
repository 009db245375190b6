import { parseArgs, type ParseArgsConfig } from "node:util";
import { CodedError } from "@mochila/shared/errors.ts";
import * as z from "zod/mini";
import { type CommandContext, UsageError } from "./command.ts";
import { openHintCarrier } from "./stores.ts";
import { createHints, type Hints } from "./sync/hints.ts";

/** What was typed after a verb. Throws UsageError for an option that does not exist, and for words without one where none are taken. */
export function readOptions<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
): ReturnType<typeof parseArgs<{ strict: true; allowPositionals: false; options: Options }>>["values"] {
  try {
    return parseArgs({ args: [...args], strict: true, allowPositionals: false, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

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
