import { createRoot, createSignal } from "solid-js";

/** `untold`: the server could not be told that it is over. `ended`: it said so first. `failed`: it never stood. */
export type HowEnded = "stopped" | "untold" | "time" | "ended" | "failed";

/** How the last look as somebody ended, until it was read. */
export const [lastEnded, setLastEnded] = createRoot(() => createSignal<{ readonly how: HowEnded; readonly name: string } | null>(null));
