import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid, newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { ACCESS_TOKEN_SECONDS } from "@mochila/shared/limits.ts";
import { errors, jwtVerify, SignJWT } from "jose";
import type { SigningKeys } from "./signing-keys.ts";

const ISSUER = "mochila";
const AUDIENCE = "mochila";
/** RFC 9068. */
const TOKEN_TYPE = "at+jwt";
const CLOCK_TOLERANCE_SECONDS = 30;

/** What an access token says: who, by which sign-in, until when. No roles: the database says them, so that a change acts at once. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** Number of the refresh token that came with it: whoever uses this token has received that one. */
  readonly tokenNumber: number;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

interface TokenDependencies {
  readonly keys: SigningKeys;
  readonly clock: Clock;
  readonly random: Random;
}

export async function issueAccessToken({ keys, clock, random }: TokenDependencies, claims: Omit<AccessClaims, "expiresAt">, seconds = ACCESS_TOKEN_SECONDS): Promise<{ token: string; expiresAt: number }> {
  const { kid, key } = await keys.current();
  const issued = Math.floor(clock.now() / 1_000);
  const expires = issued + seconds;
  const token = await new SignJWT({ sid: claims.sessionId, num: claims.tokenNumber })
    .setProtectedHeader({ alg: "EdDSA", typ: TOKEN_TYPE, kid })
    .setIssuer(ISSUER).setAudience(AUDIENCE).setSubject(claims.userId).setJti(newRev({ random }))
    .setIssuedAt(issued).setExpirationTime(expires)
    .sign(key);
  return { token, expiresAt: expires * 1_000 };
}

/**
 * Checks signature, algorithm, type, issuer, audience and time (RFC 8725). The key comes from our own set by `kid`; a key or an
 * address of keys inside the token is never read. Throws `not_signed_in`.
 */
export async function verifyAccessToken({ keys, clock }: Omit<TokenDependencies, "random">, token: string): Promise<AccessClaims> {
  try {
    const { payload } = await jwtVerify(token, async ({ kid }) => (await keys.find(kid)) ?? refuse(), {
      algorithms: ["EdDSA"], issuer: ISSUER, audience: AUDIENCE, typ: TOKEN_TYPE, clockTolerance: CLOCK_TOLERANCE_SECONDS,
      currentDate: new Date(clock.now()), requiredClaims: ["sub", "sid", "jti", "iat", "exp", "num"],
    });
    const { sub, sid, num, exp } = payload;
    if (typeof sub !== "string" || !isUuid(sub) || typeof sid !== "string" || !isUuid(sid) || !Number.isSafeInteger(num)) return refuse();
    return { userId: sub, sessionId: sid, tokenNumber: num as number, expiresAt: (exp ?? 0) * 1_000 };
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof TypeError) return refuse();
    throw error;
  }
}

function refuse(): never {
  throw new CodedError("not_signed_in", "The access token is not valid now.");
}
