import { type Language, languages, type Localized } from "@mochila/shared/kernel/schema.ts";

export interface Said<Value> {
  readonly value: Value;
  /** The language it is in, which may not be the one that was asked for. */
  readonly lang: Language;
}

const isSaid = (value: unknown): boolean => value !== undefined && value !== "" && !(Array.isArray(value) && value.length === 0);

/** The value in the language asked for, else in the other one; null if there is none. */
export function pick<Value>(localized: Localized<Value> | undefined, wanted: Language): Said<Value> | null {
  for (const lang of [wanted, ...languages]) {
    const value = localized?.[lang];
    if (value !== undefined && isSaid(value)) return { value, lang };
  }
  return null;
}
