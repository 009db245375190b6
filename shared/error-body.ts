import * as z from "zod/mini";

/** W1, W2. */
export const version = 1;

/** The body of every answer that is an error. */
export const ErrorBody = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    details: z.optional(z.record(z.string(), z.unknown())),
    retryAfterMs: z.optional(z.number()),
  }),
});
export type ErrorBody = z.infer<typeof ErrorBody>;
