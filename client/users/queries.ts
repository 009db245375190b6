import type { Accessor } from "solid-js";
import type { User } from "@mochila/shared/users/session.ts";
import { useApp } from "../app-parts.ts";
import type { LockKind } from "@mochila/shared/users/device-key.ts";
import { usePerson } from "../person.ts";
import type { KnownPerson } from "./session-control.ts";

/** The person who is signed in. */
export const useUser = (): Accessor<User> => usePerson().user;

/** Who else has work on this device. */
export function useKnownPeople(): Accessor<readonly KnownPerson[]> {
  const { session } = useApp();
  return () => {
    const state = session.state();
    return state.kind === "signed-out" ? state.known : [];
  };
}

/** This is a computer of many people: what is here of this person leaves with them. */
export function useShared(): Accessor<boolean> {
  const { session } = useApp();
  return () => {
    const state = session.state();
    return state.kind === "open" && state.shared;
  };
}

/** How this person comes in again on this device without the password; null: they do not. */
export function useLock(): Accessor<LockKind | null> {
  const { session } = useApp();
  return () => {
    const state = session.state();
    return state.kind === "open" ? state.lock : null;
  };
}

/** Their lock brings what the password would: the school has not ended what it hangs on. */
export function useLockOpens(): Accessor<boolean> {
  const { session } = useApp();
  return () => {
    const state = session.state();
    return state.kind === "open" && state.lock !== null && !state.over;
  };
}

/** The server ended the session; local work goes on and waits for sign-in. */
export function useNeedsSignIn(): Accessor<boolean> {
  const { session } = useApp();
  return () => {
    const state = session.state();
    return state.kind === "open" && state.needsSignIn;
  };
}
