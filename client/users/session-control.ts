import type { Accessor } from "solid-js";
import type { PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import type { LockKind } from "@mochila/shared/users/device-key.ts";
import type { Here } from "../db/device.ts";
import type { Waiting } from "../db/unsent.ts";
import type { User } from "@mochila/shared/users/session.ts";
import type { ProfileChange } from "@mochila/shared/users/typed.ts";

/** `asked`: they want to. `left`: nobody has touched the app for long. */
export type Leaving = "asked" | "left";

/** A person whose work is on this device, as the sign-in page names them. */
export interface KnownPerson extends Here {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly picture: string | null;
  /** Changes that the server does not have. */
  readonly unsent: number;
}

/** `wait`: not tried; `wrong`: the next try waits as long. */
export type Unlocked = { readonly kind: "open" } | { readonly kind: "wrong" | "wait"; readonly waitMs: number };

export type SessionState =
  | { readonly kind: "starting" }
  /** Nobody, or the last person signed out: their data is locked and stays. */
  | { readonly kind: "signed-out"; readonly known: readonly KnownPerson[] }
  /** The app is open. `needsSignIn`: the server ended the session; local work goes on, sending waits for sign-in. `shared`: on a computer of many people. */
  | ({ readonly kind: "open"; readonly user: User; readonly needsSignIn: boolean } & Here);

/**
 * Who is signed in on this device. A failed refresh because of the network changes nothing; only the server's word
 * `session_ended` does.
 */
export interface SessionControl {
  readonly state: Accessor<SessionState>;
  /** A sign-in whose password was right, and that waits for its second step; null: none. */
  readonly pending: Accessor<PendingSignIn | null>;
  /** The second step of it, by its path. Throws CodedError. */
  enter(path: string, body: unknown): Promise<void>;
  giveUp(): void;
  /** Opens the app, or leaves a `pending` sign-in. Throws CodedError: `wrong_credentials`, `too_many_requests`, `unavailable` (also for no network). */
  signIn(email: string, password: string, sharedComputer: boolean): Promise<void>;
  /** Makes the first administrator from the one-time link, and signs in. */
  setUp(input: { token: string; name: string; email: string; password: string; language?: "en" | "es" }): Promise<void>;
  /**
   * Ends the session (on the server too, when it can be reached) and locks the local data. Deletes nothing, but on a shared computer what the
   * server has: answers whether everything of the person has left it.
   */
  signOut(): Promise<boolean>;
  /** Keeps the key of this device under a PIN or pictures of who is open. */
  setLock(lock: { kind: LockKind; entered: string; key: string }): Promise<void>;
  removeLock(): Promise<void>;
  /** The door; nobody is signed out. Who has a lock comes in again with it. */
  lock(): Promise<void>;
  /** Opens the app of somebody who has a lock, without a network too. */
  unlock(userId: string, entered: string): Promise<Unlocked>;
  /** Who is open leaves a shared computer, in every tab: the screens are closed, what waits is sent, then they are signed out. `left`: they are not asked. */
  readonly leaving: Accessor<Leaving | null>;
  leave(how: Leaving | null): void;
  /** What of this person the server does not have. */
  waiting(userId: string): Promise<Waiting>;
  /** Deletes this person's data on this device. The caller has asked, and has offered export if something is unsent. */
  forget(userId: string): Promise<void>;
  /** Everything on this device that the server does not have, as one JSON file. */
  exportUnsent(userId: string): Promise<Blob>;
  /**
   * Holds on this device at once, and is sent when the server can be reached. Answers whether it has it already.
   * Throws CodedError `invalid_input`: the server refused it, and nothing was changed.
   */
  changeProfile(change: ProfileChange): Promise<boolean>;
  /** A valid access token, refreshed if need be (one tab at a time); null without network or session. */
  accessToken(): Promise<string | null>;
}
