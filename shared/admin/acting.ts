import * as z from "zod/mini";
import { ACTING_REASON_CHARACTERS_MAX, PASSWORD_CHARACTERS_MAX } from "../limits.ts";

/** Says nothing where there is less of it. */
const REASON_CHARACTERS_MIN = 3;

/** POST /api/admin/people/:id/act: an administrator looks at the school as a person. The reason stands in the audit log. Answers a `Session` that is read only and is not renewed. */
export const ActAs = z.strictObject({
  reason: z.string().check(z.trim(), z.minLength(REASON_CHARACTERS_MIN), z.maxLength(ACTING_REASON_CHARACTERS_MAX)),
  password: z.string().check(z.minLength(1), z.maxLength(PASSWORD_CHARACTERS_MAX)),
});
export type ActAs = z.infer<typeof ActAs>;
