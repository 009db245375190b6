import { generateKeyPairSync } from "node:crypto";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { exportSPKI, type JWTHeaderParameters, SignJWT } from "jose";
import { issueAccessToken } from "../users/access-token.ts";
import { SigningKeys } from "../users/signing-keys.ts";
import type { TestApplication } from "./test-application.ts";

const HOUR_MS = 3_600_000;

/** Access tokens for an open session of `userId`, each wrong in the one thing that it is called by. */
export async function forgedTokens({ database, clock }: Pick<TestApplication, "database" | "clock">, { userId, sessionId }: { userId: string; sessionId: string }): Promise<Record<string, string>> {
  const keys = new SigningKeys({ database, clock, random: systemRandom });
  const { kid, key, publicKey } = await keys.current();
  const seconds = Math.floor(clock.now() / 1_000);
  const right = { iss: "mochila", aud: "mochila", sub: userId, sid: sessionId, num: 1, iat: seconds, exp: seconds + 600 };
  const token = (wrong: { header?: Partial<JWTHeaderParameters>; claims?: Partial<typeof right> } = {}) =>
    new SignJWT({ ...right, jti: newId(), ...wrong.claims }).setProtectedHeader({ alg: "EdDSA", typ: "at+jwt", kid, ...wrong.header });
  const foreign = generateKeyPairSync("ed25519");
  const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString("base64url");
  const past = { now: () => clock.now() - HOUR_MS, monotonic: () => 0 };
  const { token: expired } = await issueAccessToken({ keys, clock: past, random: systemRandom }, { userId, sessionId, tokenNumber: 1 });
  return {
    expired,
    "wrong audience": await token({ claims: { aud: "files" } }).sign(key),
    "wrong issuer": await token({ claims: { iss: "elsewhere" } }).sign(key),
    "wrong type": await token({ header: { typ: "JWT" } }).sign(key),
    "no signature": `${encoded({ alg: "none", typ: "at+jwt", kid })}.${encoded({ ...right, jti: newId() })}.AA`,
    "wrong algorithm": await token({ header: { alg: "HS256" } }).sign(new TextEncoder().encode(await exportSPKI(publicKey))),
    "foreign key": await token().sign(foreign.privateKey),
    "key inside": await token({ header: { jwk: foreign.publicKey.export({ format: "jwk" }) } }).sign(foreign.privateKey),
  };
}
