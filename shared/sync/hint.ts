import * as z from "zod/mini";

/** W1, S1. */
export const version = 1;

/**
 * GET /api/sync/stream, event `hint`: something this person receives has changed. It carries no document and no name of one;
 * losing it loses time, never data. Event `end` is sent before the stream closes at the token's expiry.
 */
export const Hint = z.object({ collections: z.array(z.string()) });
export type Hint = z.infer<typeof Hint>;
