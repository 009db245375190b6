import { REFRESH_GRACE_SECONDS } from "@mochila/shared/limits.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import type { Principal } from "../http/route-access.ts";
import { type AccessClaims, verifyAccessToken } from "./access-token.ts";
import type { SigningKeys } from "./signing-keys.ts";

/** A sign-out, a suspension or a stolen family acts on every instance within this time. */
const CACHE_MS = 5_000;
const CACHED_MAX = 10_000;

interface Known {
  readonly open: boolean;
  readonly confirmed: number;
  readonly actingBy: string | null;
  readonly at: number;
}

/**
 * Duty: is the sign-in behind an access token still open? The token itself cannot know. Invariant: no answer is older than 5 s; this
 * process forgets at once what it ended itself.
 */
export class SessionCheck {
  private readonly known = new Map<string, Known>();
  /** By the whole token: a signature is proved once, not at each of the hundred requests of a token's life. */
  private readonly proved = new Map<string, AccessClaims>();

  constructor(private readonly dependencies: { database: Database; keys: SigningKeys; clock: Clock }) {}

  /** Throws `not_signed_in` for a token that is not valid, `session_ended` for one whose session is over. */
  async authenticate(token: string): Promise<Principal> {
    const claims = await this.claimsOf(token);
    const cached = this.known.get(claims.sessionId);
    const fresh = cached && this.dependencies.clock.monotonic() - cached.at < CACHE_MS && cached.confirmed >= claims.tokenNumber;
    const { open, actingBy } = fresh ? cached : await this.read(claims);
    if (!open) throw new CodedError("session_ended", "This session has ended; sign in again.");
    return { ...claims, actingBy };
  }

  /** What is proved stays true until the token ends; whether it has is asked each time. */
  private async claimsOf(token: string): Promise<AccessClaims> {
    const proved = this.proved.get(token);
    if (proved && this.dependencies.clock.now() < proved.expiresAt) return proved;
    this.proved.delete(token);
    const claims = await verifyAccessToken(this.dependencies, token);
    this.proved.set(token, claims);
    if (this.proved.size > CACHED_MAX) this.proved.delete(this.proved.keys().next().value ?? "");
    return claims;
  }

  forget(sessionId: string): void {
    this.known.delete(sessionId);
  }

  /**
   * Also notes that the refresh token of this access token has arrived, which ends the time of its predecessor. Not in its first minute:
   * 1. a browser takes the new cookie and uses the access token, 2. the phone kills it before the cookie is on its disk (Chromium waits
   * up to 30 s), 3. it comes back with the old cookie, hours later, and is no thief.
   */
  private async read({ sessionId, userId, tokenNumber }: AccessClaims): Promise<Known> {
    const { database, clock } = this.dependencies;
    const at = clock.monotonic();
    const [row] = await database.sql<{ confirmed: number; actingBy: string | null }[]>`
      select confirmed_number as confirmed, acting_by as "actingBy" from open_session where id = ${sessionId} and person_id = ${userId}`;
    if (row && row.confirmed < tokenNumber) {
      const settled = new Date(clock.now() - REFRESH_GRACE_SECONDS * 1_000);
      await database.sql`
        update session set confirmed_number = greatest(confirmed_number, ${tokenNumber}) where id = ${sessionId} and rotated_at < ${settled}`;
    }
    const known = { open: row !== undefined, actingBy: row?.actingBy ?? null, confirmed: Math.max(row?.confirmed ?? 0, tokenNumber), at };
    this.known.delete(sessionId);
    this.known.set(sessionId, known);
    if (this.known.size > CACHED_MAX) this.known.delete(this.known.keys().next().value ?? "");
    return known;
  }
}
