import { createHmac, timingSafeEqual } from "node:crypto";

/** RFC 6238 as every authenticator app has it: SHA-1, six digits, 30 s. */
const STEP_MS = 30_000;
const DIGITS = 6;
const FORM = /^\d{6}$/;
/** A phone's clock may be a step off, in either direction. */
const STEPS_AROUND = 1;
const BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

export const stepAt = (now: number): number => Math.floor(now / STEP_MS);

export function totpCode(key: Uint8Array, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const digest = createHmac("sha1", key).update(counter).digest();
  const offset = digest.readUInt8(digest.length - 1) & 0x0f;
  return String((digest.readUInt32BE(offset) & 0x7f_ff_ff_ff) % 10 ** DIGITS).padStart(DIGITS, "0");
}

/** The step of this code, if it is one of now and newer than the last that was used; null otherwise. */
export function matchingStep(key: Uint8Array, code: string, { now, after }: { now: number; after: number }): number | null {
  if (!FORM.test(code)) return null;
  const given = Buffer.from(code);
  let found: number | null = null;
  // All of them, whichever matches: the time tells nothing.
  for (let step = stepAt(now) - STEPS_AROUND; step <= stepAt(now) + STEPS_AROUND; step += 1) {
    if (timingSafeEqual(Buffer.from(totpCode(key, step)), given) && step > after) found = step;
  }
  return found;
}

/** As apps take a key that is typed (RFC 4648, without padding). */
export function toBase32(bytes: Uint8Array): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  return (bits.match(/.{1,5}/g) ?? []).map((group) => BASE32[Number.parseInt(group.padEnd(5, "0"), 2)]).join("");
}

/** What the picture carries that an app looks at. */
export function totpAddress({ key, account, issuer }: { key: Uint8Array; account: string; issuer: string }): string {
  const words = new URLSearchParams({ secret: toBase32(key), issuer });
  return `otpauth://totp/${encodeURIComponent(`${issuer}:${account}`)}?${words.toString().replaceAll("+", "%20")}`;
}
