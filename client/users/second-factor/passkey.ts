import { browserSupportsWebAuthn, startAuthentication, startRegistration } from "@simplewebauthn/browser";
import type { PublicKeyCredentialCreationOptionsJSON } from "@simplewebauthn/browser";
import { PasskeyOptions } from "@mochila/shared/users/second-factor.ts";

/** What went wrong between the browser and the person: not at hand, cancelled, refused. */
export class PasskeyProblem extends Error {
  override name = "PasskeyProblem";
  constructor(readonly kind: "none" | "passkey" | "known") {
    super(kind);
  }
}

/** The device already has one of this account, which its error tells by this name. */
const KNOWN = "InvalidStateError";

async function ask<Answer>(options: Promise<Response>, start: (options: PasskeyOptions) => Promise<Answer>): Promise<Answer> {
  if (!browserSupportsWebAuthn()) throw new PasskeyProblem("none");
  const asked = PasskeyOptions.parse(await (await options).json());
  return start(asked).catch((error: unknown) => {
    throw new PasskeyProblem(error instanceof Error && error.name === KNOWN ? "known" : "passkey");
  });
}

/** Makes a passkey as the server asks. Throws PasskeyProblem, or what the server said. */
export const makePasskey = (options: Promise<Response>) => ask(options, (asked) => startRegistration({ optionsJSON: asked as unknown as PublicKeyCredentialCreationOptionsJSON }));

/** Proves one. Throws PasskeyProblem, or what the server said. */
export const provePasskey = (options: Promise<Response>) => ask(options, (asked) => startAuthentication({ optionsJSON: asked }));
