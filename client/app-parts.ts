import { type Accessor, createContext, useContext } from "solid-js";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { User } from "@mochila/shared/users/session.ts";
import type { PersonSpace } from "./person.ts";
import type { SessionControl } from "./users/session-control.ts";

/** What `main.tsx` hands to the app: everything that touches the machine, so that the screens do not. */
export interface AppParts {
  readonly session: SessionControl;
  /**
   * Opens one person's databases and engines on this device. Called once a person; the app closes before it opens another. `onNewer`: a newer
   * version of the app, in another tab, waits for this one to close them.
   */
  openPerson(user: Accessor<User>, onNewer: () => void): Promise<{ readonly space: PersonSpace; close(): Promise<void> }>;
  readonly update: UpdateControl;
  readonly install: InstallControl;
  /** The browser has removed everything that was on this device. */
  readonly cleared: boolean;
}

/** A new version that the service worker has fetched and that waits (DECISIONS 31). */
export interface UpdateControl {
  readonly waiting: Accessor<boolean>;
  /** Lets the waiting version take over; the page loads again. */
  apply(): void;
}

/** The browser's offer to put the app on the home screen. */
export interface InstallControl {
  readonly available: Accessor<boolean>;
  ask(): Promise<void>;
}

export const AppContext = createContext<AppParts>();

export function useApp(): AppParts {
  const parts = useContext(AppContext);
  assert(parts, "useApp is called inside the app");
  return parts;
}
