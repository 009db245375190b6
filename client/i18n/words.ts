import type { Language } from "@mochila/shared/kernel/schema.ts";
import { en } from "./en.ts";
import { es } from "./es.ts";
import { language } from "./language.ts";
import type { Entry, Translated } from "./translated.ts";

/** Features, and in each its sentences. `{name}` in a sentence is a placeholder; numbers are written by `Intl`. */
export type Dictionary = { readonly [feature: string]: { readonly [key: string]: Entry } };

type Translation<D> = { readonly [F in keyof D]: Translated<D[F]> };

type Names<S> = S extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;
type NamesOf<E> = E extends { readonly one: infer One; readonly other: infer Other } ? Names<One> | Names<Other> | "count" : Names<E>;
type Values<E> = [NamesOf<E>] extends [never] ? [] : [values: { readonly [N in NamesOf<E>]: N extends "count" ? number : string | number }];
type Keys<D> = { [F in keyof D & string]: `${F}.${keyof D[F] & string}` }[keyof D & string];
type EntryAt<D, K> = K extends `${infer F}.${infer P}` ? (F extends keyof D ? (P extends keyof D[F] ? D[F][P] : never) : never) : never;

/** Says a sentence in the language of the moment; reactive where Solid listens. */
export type Words<D> = <K extends Keys<D>>(key: K, ...values: Values<EntryAt<D, K>>) => string;

/** Numbers below this are written as they are in both languages, and are nearly all there are. */
const UNGROUPED_MAX = 1_000;

const writeNumber = (value: number, lang: Language): string =>
  Number.isInteger(value) && value >= 0 && value < UNGROUPED_MAX ? String(value) : new Intl.NumberFormat(lang).format(value);

/** A whole name or title in which a letter of Hebrew, Arabic, Adlam and their neighbours stands. Unless it is kept apart, it takes the commas and numbers beside it into its own order. */
const FROM_RIGHT_TO_LEFT = /^.*[\u0590-\u08ff\ufb1d-\ufefc\ud83a\ud83b].*$/s;

function sentence(entry: Entry, values: Readonly<Record<string, string | number>>, lang: Language): string {
  // The rule of both languages for whole numbers; asking `Intl.PluralRules` for it costs a slow phone 40 ms at every start.
  const text = typeof entry === "string" ? entry : Number(values["count"]) === 1 ? entry.one : entry.other;
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    return typeof value === "number" ? writeNumber(value, lang) : (value ?? "").replace(FROM_RIGHT_TO_LEFT, "\u2068$&\u2069");
  });
}

/** Makes the sentences of a part of the app that is loaded by itself, such as the editor. */
export function makeWords<const D extends Dictionary>(english: D, spanish: Translation<D>): Words<D> {
  const all: Record<Language, Dictionary> = { en: english, es: spanish };
  return (key: string, values: Readonly<Record<string, string | number>> = {}): string => {
    const [feature = "", name = ""] = key.split(".");
    const entry = all[language()][feature]?.[name];
    return entry === undefined ? key : sentence(entry, values, language());
  };
}

const words = makeWords(en, es);

/** The sentences of the part of the app that everybody loads. */
export const useWords = () => words;
