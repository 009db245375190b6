import { newId } from "@mochila/shared/kernel/ids.ts";

/** A lock is freed by the browser when its tab ends, however it ends: so each tab knows whose notes are still somebody's. */
const LOCK_PREFIX = "room-holder:";

/** Who notes what one open document has unsent. */
export interface RoomHolder {
  readonly id: string;
  release(): void;
}

/** Resolves when other tabs can see that this holder lives; before that it must note nothing. */
export function holdNotes(): Promise<RoomHolder> {
  const id = newId();
  return new Promise((resolve, reject) => {
    const held = navigator.locks.request(LOCK_PREFIX + id, () => new Promise<void>((release) => resolve({ id, release })));
    held.catch(reject);
  });
}

/** Those of the holders whose tabs are gone: what they noted is on the device and nobody sends it. */
export async function withoutTab(holders: readonly string[]): Promise<string[]> {
  const { held = [] } = await navigator.locks.query();
  const living = new Set(held.map(({ name }) => name));
  return holders.filter((holder) => !living.has(LOCK_PREFIX + holder));
}
