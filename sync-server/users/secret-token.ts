import { createHash, createHmac } from "node:crypto";
import type { Random } from "@mochila/shared/kernel/random.ts";

/** Opaque secrets of 256 bits, as 43 characters of base64url. Only their hashes are stored. */
const TOKEN_BYTES = 32;
const FORM = /^[\w-]{43}$/;

export const newToken = (random: Random): string => Buffer.from(random.bytes(TOKEN_BYTES)).toString("base64url");

/** Null for what is no token at all. */
export const hashToken = (token: string): Buffer | null => (FORM.test(token) ? createHash("sha256").update(token).digest() : null);

/**
 * The token that follows `token`, always the same: when the answer that brought it was lost, the server can say it again although
 * it stores hashes only. Without `secret` nobody can go from one token to the next.
 */
export const successorOf = (token: string, secret: Uint8Array): string =>
  createHmac("sha256", secret).update("refresh successor\0").update(token).digest("base64url");
