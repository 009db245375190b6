import * as z from "zod/mini";
import { CourseRole } from "../access/actor.ts";
import { courseScope } from "../access/scope.ts";
import { courseDocumentBase, text, Uuid } from "../kernel/schema.ts";
import { DOCUMENT_BYTES_MAX, NAME_CHARACTERS_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";

/** Who is in a course, as what. Names only: everybody in the course receives it. */
export const Member = z.strictObject({
  ...courseDocumentBase,
  userId: Uuid,
  name: text(NAME_CHARACTERS_MAX),
  role: CourseRole,
  state: z.enum(["active", "left"]),
});
export type Member = z.infer<typeof Member>;

export const members: CollectionDefinition<Member> = {
  name: "members",
  number: 2,
  version: 1,
  schema: Member,
  fields: {
    courseId: { writer: "server" },
    userId: { writer: "server" },
    name: { writer: "server" },
    role: { writer: "server" },
    state: { writer: "server" },
  },
  scopesOf: (member) => [courseScope(member.courseId)],
  mayCreate: () => false,
  mayUpdate: () => false,
  mayDelete: () => false,
  bytesMax: DOCUMENT_BYTES_MAX,
};
