import type { Accessor } from "solid-js";
import type { User } from "@mochila/shared/users/session.ts";

/** A person whose work is on this device, as the sign-in page names them. */
export interface KnownPerson {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** Changes that the server does not have. */
  readonly unsent: number;
}

export type SessionState =
  | { readonly kind: "starting" }
  /** Nobody, or the last person signed out: their data is locked and stays. */
  | { readonly kind: "signed-out"; readonly known: readonly KnownPerson[] }
  /** The app is open. `needsSignIn`: the server ended the session; local work goes on, sending waits for sign-in. */
  | { readonly kind: "open"; readonly user: User; readonly needsSignIn: boolean };

/**
 * Who is signed in on this device. A failed refresh because of the network changes nothing; only the server's word
 * `session_ended` does.
 */
export interface SessionControl {
  readonly state: Accessor<SessionState>;
  /** Throws CodedError: `wrong_credentials`, `too_many_requests`, `unavailable` (also for no network). */
  signIn(email: string, password: string): Promise<void>;
  /** Makes the first administrator from the one-time link, and signs in. */
  setUp(input: { token: string; name: string; email: string; password: string; language?: "en" | "es" }): Promise<void>;
  /** Ends the session (on the server too, when it can be reached) and locks the local data. Deletes nothing. */
  signOut(): Promise<void>;
  /** Deletes this person's data on this device. The caller has asked, and has offered export if something is unsent. */
  forget(userId: string): Promise<void>;
  /** Everything on this device that the server does not have, as one JSON file. */
  exportUnsent(userId: string): Promise<Blob>;
  /**
   * Holds on this device at once, and is sent when the server can be reached. Answers whether it has it already.
   * Throws CodedError `invalid_input`: the server refused it, and nothing was changed.
   */
  changeProfile(change: { name?: string; language?: "en" | "es" }): Promise<boolean>;
  /** A valid access token, refreshed if need be (one tab at a time); null without network or session. */
  accessToken(): Promise<string | null>;
}
