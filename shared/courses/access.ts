import { isInstructor, isStaff } from "../access/actor.ts";
import { courseScope, staffScope } from "../access/scope.ts";
import { DOCUMENT_BYTES_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";
import { Course, isShown } from "./schema.ts";

export const courses: CollectionDefinition<Course> = {
  name: "courses",
  number: 1,
  version: 1,
  schema: Course,
  fields: {
    courseId: { writer: "creation" },
    title: { writer: "client", merge: "last" },
    description: { writer: "client", merge: "last" },
    languages: { writer: "client", merge: "last" },
    state: { writer: "client", merge: "last" },
    source: { writer: "client", merge: "last" },
  },
  scopesOf: (course) =>
    isShown(course) ? [courseScope(course.courseId), staffScope(course.courseId)] : [staffScope(course.courseId)],
  // A course begins on the server, which makes its first member in the same transaction.
  mayCreate: () => false,
  // Also archived: that is how it is brought back.
  mayUpdate: (actor, current) => isInstructor(actor, current.courseId),
  mayDelete: () => false,
  mayReadHistory: (actor, { courseId }) => courseId !== null && isStaff(actor, courseId),
  bytesMax: DOCUMENT_BYTES_MAX,
};
