import type { Random } from "@mochila/shared/kernel/random.ts";
import type { LockKind } from "@mochila/shared/users/device-key.ts";
import type { DeviceLock } from "../../db/device.ts";

/** OWASP's advice of 2023 for PBKDF2 with SHA-256: a second on a cheap phone, and for who tries all PINs of four digits an hour or more. */
const ITERATIONS = 600_000;
const SALT_BYTES = 16;
/** Of AES-GCM. */
const NONCE_BYTES = 12;
/** Wrong tries in a row, and how long after each the next one waits: small children err, and whoever guesses shall not come far. Never for good. */
const WAIT_SECONDS = [0, 0, 0, 10, 30, 120, 600, 1_800];

/** How long nobody may try again after so many tries in a row. */
export const waitMsAfter = (tries: number): number => (WAIT_SECONDS[Math.min(tries, WAIT_SECONDS.length - 1)] ?? 0) * 1_000;

type Sealing = Pick<DeviceLock, "salt" | "iterations">;

async function keyOf(entered: string, { salt, iterations }: Sealing): Promise<CryptoKey> {
  const material = await crypto.subtle.importKey("raw", new TextEncoder().encode(entered), "PBKDF2", false, ["deriveKey"]);
  return crypto.subtle.deriveKey({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, material, { name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

/** Puts the key of the device under what was entered. Neither is kept: what opens it is right. */
export async function seal({ kind, entered, key }: { kind: LockKind; entered: string; key: string }, random: Random): Promise<DeviceLock> {
  const [salt, nonce] = [new Uint8Array(random.bytes(SALT_BYTES)), new Uint8Array(random.bytes(NONCE_BYTES))];
  const sealed = await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, await keyOf(entered, { salt, iterations: ITERATIONS }), new TextEncoder().encode(key));
  return { kind, salt, iterations: ITERATIONS, nonce, sealed, tries: 0, notBefore: 0 };
}

/** The key of the device; null: that was not it. */
export async function unseal(lock: DeviceLock, entered: string): Promise<string | null> {
  const opened = await crypto.subtle.decrypt({ name: "AES-GCM", iv: lock.nonce }, await keyOf(entered, lock), lock.sealed).catch(() => null);
  return opened && new TextDecoder().decode(opened);
}
