import * as z from "zod/mini";
import { orElse } from "./schema.ts";

// What answers are made of beside `z.object` (shared/sync/SPEC.md, W2): an app that was not updated for weeks reads them too.

/** One of a few that may become more. `other`: one that only a newer server knows. */
export const orOther = <Member extends string>(member: z.ZodMiniType<Member>) => orElse(member, "other");

/** A text of the school in its languages, without bounds and without a language that this app does not know. */
export const TextInLanguages = z.object({ en: z.optional(z.string()), es: z.optional(z.string()) });
