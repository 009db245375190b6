import * as z from "zod/mini";

/** W1, W2, RO-6. */
export const version = 1;

/** Of POST /api/collab/ticket. `write`: whether this person's updates will be taken; a reader's are dropped. */
export const TicketAnswer = z.object({ ticket: z.string(), write: z.boolean() });
