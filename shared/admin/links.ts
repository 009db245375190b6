import * as z from "zod/mini";
import { Instant, Uuid } from "../kernel/schema.ts";

/** GET /api/admin/letters. False: no mail server; links go through the hands of administrators. */
export const Letters = z.object({ sends: z.boolean() });

/** So many are one transaction, which holds the rows of its people. */
export const LINKS_BATCH_MAX = 250;

/** POST /api/admin/links */
export const LinksOfPeople = z.strictObject({ people: z.array(Uuid).check(z.minLength(1), z.maxLength(LINKS_BATCH_MAX)) });
const LINE_MAX = 9_999_999;
/** POST /api/admin/imports/:id/links. `after`: the line that the batch before ended with. */
export const LinksOfImport = z.strictObject({ after: z.optional(z.int().check(z.minimum(0), z.maximum(LINE_MAX))) });

const HandedLink = z.object({ id: Uuid, name: z.string(), email: z.string(), link: z.string() });
export type HandedLink = z.infer<typeof HandedLink>;

/** Said once: the school keeps hashes of them. `asked`: how many people it was about; who has a password gets none. `last`: where the next batch begins; null: this was all. */
export const HandedLinks = z.object({ links: z.array(HandedLink), asked: z.int(), expiresAt: Instant, last: z.nullable(z.int()) });
export type HandedLinks = z.infer<typeof HandedLinks>;
