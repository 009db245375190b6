import * as z from "zod/mini";
import { CourseRole, mayArrange } from "../access/actor.ts";
import { courseScope } from "../access/scope.ts";
import { isDerivedId } from "../kernel/ids.ts";
import { courseDocumentBase, Instant, text, Uuid } from "../kernel/schema.ts";
import { DOCUMENT_BYTES_MAX, NAME_CHARACTERS_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";

/** Who is in a course, as what. Names and pictures only: everybody in the course receives it. */
export const Member = z.strictObject({
  ...courseDocumentBase,
  userId: Uuid,
  name: text(NAME_CHARACTERS_MAX),
  role: CourseRole,
  state: z.enum(["active", "left"]),
  /** The group that they are in; one that is not there or was dissolved is none. */
  groupId: z.optional(Uuid),
  /** When they are in the course no longer, by itself. */
  endsAt: z.optional(Instant),
  /** The file of their picture; absent: none. */
  picture: z.optional(Uuid),
});
export type Member = z.infer<typeof Member>;

/** Some of a course who work together. Rows of members name it; it names nobody, so that two who arrange people offline undo nothing of each other. */
export const Group = z.strictObject({
  ...courseDocumentBase,
  kind: z.literal("group"),
  title: text(NAME_CHARACTERS_MAX),
  dissolved: z.optional(z.boolean()),
});
export type Group = z.infer<typeof Group>;

const MemberRow = z.union([Member, Group]);
export type MemberRow = z.infer<typeof MemberRow>;

export const members: CollectionDefinition<MemberRow> = {
  name: "members",
  number: 2,
  // 2: groups and ends. 3: `picture`.
  version: 3,
  schema: MemberRow,
  fields: {
    courseId: { writer: "creation" },
    userId: { writer: "server" },
    name: { writer: "server" },
    role: { writer: "server" },
    state: { writer: "server" },
    groupId: { writer: "client", merge: "last", since: 2 },
    endsAt: { writer: "server", since: 2 },
    kind: { writer: "creation", since: 2 },
    title: { writer: "client", merge: "last", since: 2 },
    dissolved: { writer: "client", merge: "last", since: 2 },
    picture: { writer: "server", since: 3 },
  },
  scopesOf: (member) => [courseScope(member.courseId)],
  // Derived ids are those of people: a group under one would stand where somebody's row belongs.
  mayCreate: (actor, next) => "kind" in next && !isDerivedId(next.id) && mayArrange(actor, next.courseId),
  mayUpdate: (actor, current) => mayArrange(actor, current.courseId),
  mayDelete: () => false,
  bytesMax: DOCUMENT_BYTES_MAX,
};
