import * as z from "zod/mini";

/**
 * In which version of its form a device of this collection writes and reads documents (`CollectionDefinition.version`). Absent: the first,
 * which devices did not name.
 */
export const DocumentVersion = z.optional(z.int().check(z.gte(1), z.lte(10_000)));
