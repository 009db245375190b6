import * as z from "zod/mini";

export const CHECKPOINT_CHARACTERS_MAX = 4_096;
/** Opaque to the device: it stores what the server returned and sends it back. `null` at first. */
export const Checkpoint = z.nullable(z.string().check(z.maxLength(CHECKPOINT_CHARACTERS_MAX)));
export type Checkpoint = z.infer<typeof Checkpoint>;
