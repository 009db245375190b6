/** A sentence that depends on `{count}`. Languages with more forms fall back to `other`. */
export interface Plural {
  readonly one: string;
  readonly other: string;
}
export type Entry = string | Plural;

/** The same keys in another language. That placeholders agree is checked by `dictionaries.test.ts`. */
export type Translated<F> = { readonly [K in keyof F]: F[K] extends string ? string : Plural };
