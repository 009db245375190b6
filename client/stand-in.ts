import { createRoot, createSignal, type JSX } from "solid-js";

/** What is shown in the place of the person's own app, which is closed meanwhile: an administrator who looks at the school as somebody else. Null: their own. */
export const [standIn, setStandIn] = createRoot(() => createSignal<(() => JSX.Element) | null>(null));
