import * as z from "zod/mini";
import { orOther, TextInLanguages } from "../kernel/answer.ts";
import { Instant, text, Uuid } from "../kernel/schema.ts";

/** No vowels, so that a code is never a word, and no L; no digits, so that a phone's keyboard stays as it is. Ten of them are 43 bits. */
export const CODE_LETTERS = "BCDFGHJKMNPQRSTVWXYZ";
export const CODE_LENGTH = 10;

/** What a person typed as a code, as it is stored; null: it is none. */
export function readCode(typed: string): string | null {
  const letters = typed.toUpperCase().replaceAll(/[\s\-–·.]/g, "");
  return letters.length === CODE_LENGTH && [...letters].every((letter) => CODE_LETTERS.includes(letter)) ? letters : null;
}

/** As it is shown and read out: two halves. */
export const spellCode = (code: string): string => `${code.slice(0, CODE_LENGTH / 2)}-${code.slice(CODE_LENGTH / 2)}`;

/** Behind the `#`: that part of an address reaches no server and no log. */
export const joinAddress = (origin: string, code: string): string => `${origin}/join#${code}`;

const Code = z.string().check(z.regex(new RegExp(`^[${CODE_LETTERS}]{${CODE_LENGTH}}$`)));

export const SEATS_MAX = 100_000;
const Seats = z.int().check(z.gte(1), z.lte(SEATS_MAX));
const WaitingLine = z.object({ userId: Uuid, name: z.string(), since: Instant });
export type WaitingLine = z.infer<typeof WaitingLine>;

/** GET /api/courses/:id/entry: the ways into a course, for who teaches it. `waiting`: in the order in which they come in. */
export const CourseEntry = z.object({
  code: z.nullable(z.string()),
  codeEndsAt: z.nullable(Instant),
  open: z.boolean(),
  seats: z.nullable(z.int()),
  placeEndsAt: z.nullable(Instant),
  students: z.int(),
  waiting: z.array(WaitingLine),
});
export type CourseEntry = z.infer<typeof CourseEntry>;

/** PATCH /api/courses/:id/entry. `code`: a new one, with which the one before ends, or none. */
export const EntryChange = z.strictObject({
  code: z.optional(z.enum(["new", "none"])),
  codeEndsAt: z.optional(z.nullable(Instant)),
  open: z.optional(z.boolean()),
  seats: z.optional(z.nullable(Seats)),
  placeEndsAt: z.optional(z.nullable(Instant)),
});
export type EntryChange = z.infer<typeof EntryChange>;

/** How somebody stands to a course that they may join. `full`: who joins now waits. `ended`: their place has ended, and only who teaches can give them one again. */
const JoinStanding = z.enum(["free", "full", "waiting", "in", "ended"]);

/** A course that somebody may join, as they see it before they do. `place`: on the waiting list, from 1; `placeEndsAt`: until when who joins now stays; `shown`: its students see it already. */
export const CourseOffer = z.object({
  courseId: Uuid,
  title: TextInLanguages,
  description: TextInLanguages,
  teachers: z.array(z.string()),
  standing: orOther(JoinStanding),
  place: z.nullable(z.int()),
  placeEndsAt: z.nullable(Instant),
  shown: z.boolean(),
});
export type CourseOffer = z.infer<typeof CourseOffer>;

/** GET /api/join. `courses`: where somebody waits for a seat, the longest wait first. `joined`: where they came in by themselves, and may leave. */
export const OwnJoins = z.object({ courses: z.array(CourseOffer), joined: z.array(Uuid) });
export type OwnJoins = z.infer<typeof OwnJoins>;

export const CATALOGUE_PAGE_MAX = 20;
/** GET /api/catalogue: courses that are open to the school, by title. `after`: the last one of the page before. */
export const CatalogueQuery = z.strictObject({ search: z.optional(text(100)), after: z.optional(Uuid) });
export type CatalogueQuery = z.infer<typeof CatalogueQuery>;
export const CataloguePage = z.object({ courses: z.array(z.omit(CourseOffer, { place: true, placeEndsAt: true, shown: true })), more: z.boolean() });
export type CataloguePage = z.infer<typeof CataloguePage>;

/** POST /api/join/look and POST /api/join: by the code, or, where the course is open to the school, by itself. */
export const JoinRequest = z.union([z.strictObject({ code: Code }), z.strictObject({ courseId: Uuid })]);
export type JoinRequest = z.infer<typeof JoinRequest>;
