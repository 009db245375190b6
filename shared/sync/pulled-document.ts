import * as z from "zod/mini";

/** A flat document, or `{id, _deleted: true}` for what this person must no longer hold. */
export const PulledDocument = z.looseObject({ id: z.string(), _deleted: z.optional(z.boolean()) });
export type PulledDocument = z.infer<typeof PulledDocument>;
