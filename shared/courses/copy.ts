import * as z from "zod/mini";
import { LocalizedTitle, orElse, Uuid } from "../kernel/schema.ts";
import { Email } from "../users/typed.ts";

/** POST /api/courses/:id/copy. `id`: of the course that comes to be, made on the device, so that a repeated request makes no second one. `instructor`: whom an administrator gives it to. */
export const CopyRequest = z.strictObject({ id: Uuid, title: LocalizedTitle, instructor: z.optional(Email) });
export type CopyRequest = z.infer<typeof CopyRequest>;

/** GET /api/course-copies/:id: how far it is, in files, modules and pages. `failed`: something in the course cannot be copied; nothing of the copy is seen by anybody. */
export const CourseCopy = z.object({ id: Uuid, state: orElse(z.enum(["running", "done", "failed"]), "running"), done: z.int(), total: z.int() });
export type CourseCopy = z.infer<typeof CourseCopy>;
