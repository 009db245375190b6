import * as z from "zod/mini";
import { courseDocumentBase, Language, localized, LocalizedTitle, text } from "../kernel/schema.ts";
import { DESCRIPTION_CHARACTERS_MAX } from "../limits.ts";

export const Course = z.strictObject({
  ...courseDocumentBase,
  title: LocalizedTitle,
  description: localized(text(DESCRIPTION_CHARACTERS_MAX)),
  languages: z.array(Language).check(z.minLength(1), z.maxLength(2)),
  state: z.enum(["draft", "published", "archived", "trashed"]),
  /** Where the material comes from and under which licence it may be used, in plain words. */
  source: z.optional(text(500)),
});
export type Course = z.infer<typeof Course>;

/** Whether those who study in it receive anything of the course. */
export const isShown = ({ state }: Pick<Course, "state">): boolean => state === "published" || state === "archived";
