import { createCipheriv, createDecipheriv, hkdfSync } from "node:crypto";
import type { Random } from "@mochila/shared/kernel/random.ts";

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const keyOf = (secret: Uint8Array): Uint8Array => new Uint8Array(hkdfSync("sha256", secret, "", "sealed", 32));

/** AES-256-GCM, bound to whose it is: moved to another row it opens nothing. */
export function seal(plain: Uint8Array, { secret, owner, random }: { secret: Uint8Array; owner: string; random: Random }): Buffer {
  const nonce = random.bytes(NONCE_BYTES);
  const cipher = createCipheriv("aes-256-gcm", keyOf(secret), nonce).setAAD(Buffer.from(owner));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Throws where it was changed, or is another's. */
export function unseal(sealed: Uint8Array, { secret, owner }: { secret: Uint8Array; owner: string }): Buffer {
  const tag = sealed.subarray(sealed.length - TAG_BYTES);
  const decipher = createDecipheriv("aes-256-gcm", keyOf(secret), sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES }).setAAD(Buffer.from(owner)).setAuthTag(tag);
  return Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, sealed.length - TAG_BYTES)), decipher.final()]);
}
