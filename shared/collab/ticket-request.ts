import * as z from "zod/mini";

/** W1, RO-6. */
export const version = 1;

/** POST /api/collab/ticket */
export const TicketRequest = z.strictObject({ room: z.string().check(z.maxLength(100)) });
