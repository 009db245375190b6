import * as z from "zod/mini";
import { PulledDocument } from "./pulled-document.ts";

/** W1, W2, P7. */
export const version = 1;

/**
 * `conflicts`: current masters (or removal stubs) of every row that was not stored exactly as sent. The device takes them.
 * `rejected`: the rows among them that were refused; what they held is kept on the device as rescued work.
 */
export const PushResponse = z.object({
  results: z.array(
    z.object({
      collection: z.string(),
      conflicts: z.array(PulledDocument),
      rejected: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
    }),
  ),
});
export type PushResponse = z.infer<typeof PushResponse>;
