import type { PersonEvent } from "@mochila/shared/activity/person-event.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Sql } from "../db/database.ts";

export type Words = Readonly<Record<Language, string>>;
export type Row = Readonly<Record<string, unknown>>;

/** Whose data is gathered, and where it is. */
export interface Gathering {
  readonly sql: Sql;
  readonly userId: string;
  /** What was counted of this person in these courses; null: the store of activity is absent or away, which is said in the copy. */
  readonly counted: ((courseIds: readonly string[]) => AsyncIterable<readonly PersonEvent[]>) | null;
}

/** One kind of what the school has of a person. A feature that keeps something of people adds its own; rows never hold a secret, nor what is somebody else's. */
export interface Section {
  /** Its name in `data.json`. */
  readonly name: string;
  readonly title: Words;
  /** What it is, for whoever reads the file. */
  readonly about: Words;
  /** What the page shows of a row, in this order; everything of it is in `data.json`. */
  readonly columns: Readonly<Record<string, Words>>;
  /** How the page calls what stands in a column as a code. Absent, or null for what it does not know: as it is. */
  readonly called?: Readonly<Record<string, (value: string) => Words | null>>;
  /** In portions, so that any number of rows goes through a small memory. Times are dates. */
  rows(gathering: Gathering): AsyncIterable<readonly Row[]>;
}

/** For a column whose values are few. */
export const among =
  (values: Readonly<Record<string, Words>>) =>
  (value: string): Words | null =>
    Object.hasOwn(values, value) ? (values[value] ?? null) : null;

/** What the collections are called. */
export const kinds = among({
  courses: { en: "Course", es: "Curso" },
  modules: { en: "Part of a course", es: "Parte de un curso" },
  items: { en: "Page", es: "Página" },
  drafts: { en: "Note", es: "Nota" },
  progress: { en: "Progress", es: "Progreso" },
  members: { en: "Place in a course", es: "Lugar en un curso" },
});

/** Rows of a statement that are read at once. */
export const PORTION = 200;

export const course: Words = { en: "Course", es: "Curso" };
export const page: Words = { en: "Page", es: "Página" };
export const when: Words = { en: "When", es: "Cuándo" };
