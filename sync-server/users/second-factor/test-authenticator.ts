import { createHash, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { isoCBOR } from "@simplewebauthn/server/helpers";
import type { PasskeyOptions } from "@mochila/shared/users/second-factor.ts";

const [PRESENT, VERIFIED, WITH_CREDENTIAL] = [0x01, 0x04, 0x40];
const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64url");
const sha256 = (bytes: Uint8Array | string): Buffer => createHash("sha256").update(bytes).digest();

interface Said {
  readonly origin?: string;
  readonly rpId?: string;
  readonly verified?: boolean;
  readonly counter?: number;
  /** In the place of the challenge that was asked. */
  readonly challenge?: string;
}

/** A device that makes and proves one passkey, as WebAuthn's data formats have it; it can lie where a test says so. */
export class TestAuthenticator {
  readonly #pair = generateKeyPairSync("ec", { namedCurve: "P-256" });
  readonly #id = randomBytes(32);

  constructor(private readonly home: { origin: string; rpId: string }) {}

  get id(): string {
    return base64url(this.#id);
  }

  #data(flags: number, { rpId = this.home.rpId, counter = 0, verified = true }: Said): Buffer {
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    return Buffer.concat([sha256(rpId), Buffer.from([flags | PRESENT | (verified ? VERIFIED : 0)]), count]);
  }

  #client(type: string, options: PasskeyOptions, { origin = this.home.origin, challenge = options.challenge }: Said): Buffer {
    return Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  }

  make(options: PasskeyOptions, said: Said = {}) {
    const { x = "", y = "" } = this.#pair.publicKey.export({ format: "jwk" });
    const key = isoCBOR.encode(new Map<number, number | Uint8Array>([[1, 2], [3, -7], [-1, 1], [-2, new Uint8Array(Buffer.from(x, "base64url"))], [-3, new Uint8Array(Buffer.from(y, "base64url"))]]));
    const authData = Buffer.concat([this.#data(WITH_CREDENTIAL, said), Buffer.alloc(16), Buffer.from([0, this.#id.length]), this.#id, key]);
    const attestation = isoCBOR.encode(new Map<string, string | Uint8Array | Map<string, never>>([["fmt", "none"], ["attStmt", new Map<string, never>()], ["authData", new Uint8Array(authData)]]));
    return {
      id: this.id, rawId: this.id, type: "public-key", clientExtensionResults: {},
      response: { clientDataJSON: base64url(this.#client("webauthn.create", options, said)), attestationObject: base64url(attestation), transports: ["internal"] },
    };
  }

  prove(options: PasskeyOptions, said: Said = {}) {
    const authenticatorData = this.#data(0, said);
    const clientDataJSON = this.#client("webauthn.get", options, said);
    const signature = sign("sha256", Buffer.concat([authenticatorData, sha256(clientDataJSON)]), this.#pair.privateKey);
    return {
      id: this.id, rawId: this.id, type: "public-key", clientExtensionResults: {},
      response: { clientDataJSON: base64url(clientDataJSON), authenticatorData: base64url(authenticatorData), signature: base64url(signature) },
    };
  }
}
