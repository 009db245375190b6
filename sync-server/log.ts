import type { Clock } from "@mochila/shared/kernel/clock.ts";

/** What happened, for the operator. Never a token, a password, an e-mail or a name; ids only. */
export interface Log {
  info(event: string, fields?: Record<string, unknown>): void;
  warn(event: string, fields?: Record<string, unknown>): void;
  error(event: string, fields?: Record<string, unknown>): void;
}

/** What an error of a driver says: some have a code and no message. */
export const reasonOf = (error: unknown): string =>
  error instanceof Error ? error.message || ("code" in error ? String(error.code) : error.name) : String(error);

/** A text from outside can be long and can hold line breaks; JSON escapes the breaks, this bounds the length. */
const FIELD_CHARACTERS_MAX = 4_000;

const bounded = (_key: string, value: unknown): unknown => {
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack?.slice(0, FIELD_CHARACTERS_MAX) };
  if (typeof value === "bigint") return value.toString();
  return typeof value === "string" && value.length > FIELD_CHARACTERS_MAX ? `${value.slice(0, FIELD_CHARACTERS_MAX)}…` : value;
};

/** One JSON object a line. `write` takes a whole line without its end. */
export function jsonLog({ clock, write }: { clock: Clock; write: (line: string) => void }): Log {
  const at = (level: string) => (event: string, fields: Record<string, unknown> = {}) =>
    write(JSON.stringify({ time: new Date(clock.now()).toISOString(), level, event, ...fields }, bounded));
  return { info: at("info"), warn: at("warn"), error: at("error") };
}

const nothing = (): void => undefined;

/** Leaves out what is less important than `least`. */
export function levelled(log: Log, least: "info" | "warn" | "error"): Log {
  return { info: least === "info" ? log.info : nothing, warn: least === "error" ? nothing : log.warn, error: log.error };
}

/** For tests and tools that speak to a person instead. */
export const silentLog: Log = { info: nothing, warn: nothing, error: nothing };
