import * as z from "zod/mini";
import { TITLE_CHARACTERS_MAX } from "../limits.ts";

/** Schemas that every feature builds on. */
export const Uuid = z.string().check(z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/));
/** Milliseconds since 1970. */
export const Instant = z.int().check(z.gte(0), z.lte(8.64e15));

export const languages = ["en", "es"] as const;
export const Language = z.enum(languages);
export type Language = z.infer<typeof Language>;

export const text = (charactersMax: number) => z.string().check(z.maxLength(charactersMax));

/** A value per language in one document; readers fall back to the other language and say so. */
export const localized = <Value extends z.ZodMiniType>(value: Value) => z.strictObject({ en: z.optional(value), es: z.optional(value) });
export const LocalizedTitle = localized(text(TITLE_CHARACTERS_MAX));
export type Localized<Value> = { [language in Language]?: Value | undefined };

/**
 * In an answer: one of a few that may become more; of a newer server's it is `otherwise`, and the rest of the answer is read (shared/sync/SPEC.md, W2). Not
 * `z.catch`: every student would load that for it.
 */
export const orElse = <Member extends string, Otherwise extends string>(member: z.ZodMiniType<Member>, otherwise: Otherwise) =>
  z.union([member, z.string().check(z.overwrite(() => otherwise)) as z.ZodMiniType as z.ZodMiniType<Otherwise>]);

export const OrderKey = z.string().check(z.regex(/^[0-9A-Za-z]{1,200}$/));

/** What every document has. `rev` is made anew by whoever writes. */
const documentBase = { id: Uuid, rev: Uuid };
export const courseDocumentBase = { ...documentBase, courseId: Uuid };
