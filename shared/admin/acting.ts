import * as z from "zod/mini";
import { Uuid } from "../kernel/schema.ts";
import { ACTING_REASON_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX } from "../limits.ts";
import { Session } from "../users/session.ts";

/** Says nothing where there is less of it. */
const REASON_CHARACTERS_MIN = 3;

/** POST /api/admin/people/:id/act: an administrator looks at the school as a person. The reason stands in the audit log. Answers a `Look`. */
export const ActAs = z.strictObject({
  reason: z.string().check(z.trim(), z.minLength(REASON_CHARACTERS_MIN), z.maxLength(ACTING_REASON_CHARACTERS_MAX)),
  password: z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX)),
});
export type ActAs = z.infer<typeof ActAs>;

/** Read only, and not renewed. `lookId` opens nothing: with it an administrator ends what they began (DELETE /api/admin/acting/:id). */
export const Look = z.extend(Session, { lookId: Uuid });
export type Look = z.infer<typeof Look>;
