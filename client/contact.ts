import { createEffect, createMemo, on } from "solid-js";
import { usePerson } from "./person.ts";

/** Calls when the school answers again, and after each complete exchange with it: what could not be asked before may be asked now. */
export function onContact(listener: () => void): void {
  const { sync } = usePerson();
  const contact = createMemo(() => {
    const { reachable, lastSyncedAt } = sync.status();
    return reachable ? lastSyncedAt : null;
  });
  createEffect(on(contact, (at) => at !== null && listener(), { defer: true }));
}
