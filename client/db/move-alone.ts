import { aloneBefore } from "./alone.ts";
import { type Moving, moveStores } from "./move-stores.ts";

/** Loaded only where an earlier version of the app has left stores. Another tab may have moved them while this one waited: then nothing is left. */
export const moveAlone = (moving: Moving & { readonly form: number }): Promise<void> => aloneBefore(moving, () => moveStores(moving));
