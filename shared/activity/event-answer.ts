import * as z from "zod/mini";

/** W1, W2, E-03. */
export const version = 1;

/** `accepted`: the last number that is durable, refused ones included; the device forgets up to it. */
export const EventAnswer = z.object({
  accepted: z.int(),
  refused: z.array(z.object({ seq: z.int(), code: z.string() })),
});
export type EventAnswer = z.infer<typeof EventAnswer>;
