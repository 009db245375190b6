import type { AuthenticationResponseJSON, AuthenticatorTransportFuture, RegistrationResponseJSON } from "@simplewebauthn/server";
import { CodedError } from "@mochila/shared/errors.ts";
import type { PasskeyOptions } from "@mochila/shared/users/second-factor.ts";
import type { AuditActor } from "../../audit/audit.ts";
import type { PersonRow } from "../people.ts";
import { passkeyByCredential, type PasskeyRow, passkeysOf } from "./factor-rows.ts";
import { beginStep, endStep, type StepHolder } from "./factor-step.ts";
import type { SecondFactors, SecondFactorsParts } from "./second-factors.ts";

/** What a browser sent, after its outer form was checked. */
export type SentCredential = { readonly id: string };

/** Loaded with the first passkey: certificates and their encodings would cost each start of the server 0.3 s of processor time. */
const webauthn = () => import("@simplewebauthn/server");

const wrong = (): CodedError => new CodedError("wrong_credentials", "This passkey does not open this account.");
const idBytes = (personId: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(personId.replaceAll("-", ""), "hex"));

/**
 * Duty: passkeys (WebAuthn) as a second factor and in the place of a password. Invariant: name and origin of the school come from its configuration, never from
 * a request; each question is answered once.
 */
export class Passkeys {
  readonly #parts: SecondFactorsParts & { readonly factors: SecondFactors };
  readonly #rpID: string;

  constructor(parts: SecondFactorsParts & { factors: SecondFactors }) {
    this.#parts = parts;
    this.#rpID = new URL(parts.origin).hostname;
  }

  /** What the browser asks of the device to make one. */
  async beginNew(person: PersonRow, holder: string): Promise<PasskeyOptions> {
    const challenge = await beginStep(this.#parts.database.sql, this.#parts, { purpose: "passkey", holder, personId: person.id });
    const known = await passkeysOf(this.#parts.database.sql, person.id);
    const options = await (await webauthn()).generateRegistrationOptions({
      rpName: "Mochila", rpID: this.#rpID, userName: person.email, userDisplayName: person.name, userID: idBytes(person.id), challenge: bytesOf(challenge), attestationType: "none",
      excludeCredentials: known.map(described), authenticatorSelection: { residentKey: "preferred", userVerification: "preferred" },
    });
    return { ...options };
  }

  /** Throws `wrong_credentials`. Answers recovery codes with the first factor. */
  async confirmNew(person: PersonRow, by: AuditActor, { credential, holder, name }: { credential: SentCredential; holder: string; name: string }): Promise<string[] | null> {
    const { clock, factors } = this.#parts;
    const { verified, registrationInfo } = await (await webauthn()).verifyRegistrationResponse({
      response: credential as RegistrationResponseJSON, ...this.#expected({ purpose: "passkey", holder, personId: person.id }), requireUserVerification: false,
    }).catch(() => ({ verified: false, registrationInfo: undefined }));
    if (!verified || !registrationInfo) throw wrong();
    const { id: credentialId, publicKey, counter, transports = [] } = registrationInfo.credential;
    return factors.add(person, by, {
      kind: "passkey",
      insert: async (transaction, id) => {
        const [row] = await transaction`
          insert into second_factor (id, person_id, kind, name, created_at, credential_id, public_key, counter, transports)
          values (${id}, ${person.id}, 'passkey', ${name}, ${new Date(clock.now())}, ${credentialId}, ${Buffer.from(publicKey)}, ${counter}, ${transports}) on conflict do nothing returning 1`;
        if (!row) throw new CodedError("invalid_input", "This passkey is known already.", { details: { field: "factor" } });
      },
    });
  }

  /** A question to the passkeys of one person, as their second step. */
  async beginProof({ id }: PersonRow, holder: string): Promise<PasskeyOptions> {
    const challenge = await beginStep(this.#parts.database.sql, this.#parts, { purpose: "prove", holder, personId: id });
    const known = await passkeysOf(this.#parts.database.sql, id);
    return { ...(await (await webauthn()).generateAuthenticationOptions({ rpID: this.#rpID, challenge: bytesOf(challenge), allowCredentials: known.map(described), userVerification: "preferred" })) };
  }

  /** Throws `wrong_credentials`. */
  async proof({ id }: PersonRow, { credential, holder }: { credential: SentCredential; holder: string }): Promise<void> {
    const passkey = await passkeyByCredential(this.#parts.database.sql, credential.id);
    if (passkey?.person_id !== id) throw wrong();
    await this.#verify(passkey, credential, { step: { purpose: "prove", holder, personId: id }, requireUserVerification: false });
  }

  /** A question that any passkey of this school may answer. */
  async beginSignIn(): Promise<PasskeyOptions> {
    const challenge = await beginStep(this.#parts.database.sql, this.#parts, { purpose: "sign-in", ...ANYBODY });
    return { ...(await (await webauthn()).generateAuthenticationOptions({ rpID: this.#rpID, challenge: bytesOf(challenge), userVerification: "required" })) };
  }

  /** Whose passkey it is. The device has asked for its PIN or a finger, so that this is two factors. Throws `wrong_credentials`. */
  async signIn(credential: SentCredential): Promise<string> {
    const passkey = await passkeyByCredential(this.#parts.database.sql, credential.id);
    if (!passkey) throw wrong();
    await this.#verify(passkey, credential, { step: { purpose: "sign-in", ...ANYBODY }, requireUserVerification: true });
    return passkey.person_id;
  }

  async #verify(passkey: PasskeyRow, credential: SentCredential, { step, requireUserVerification }: { step: Asked; requireUserVerification: boolean }): Promise<void> {
    const { database, clock } = this.#parts;
    const { verified, authenticationInfo } = await (await webauthn()).verifyAuthenticationResponse({
      response: credential as AuthenticationResponseJSON, ...this.#expected(step), requireUserVerification,
      credential: { ...described(passkey), publicKey: new Uint8Array(passkey.public_key), counter: Number(passkey.counter) },
    }).catch(() => ({ verified: false, authenticationInfo: undefined }));
    if (!verified || !authenticationInfo) throw wrong();
    // A counter that does not grow is a copy; most passkeys of today always say 0.
    const used = await database.sql`
      update second_factor set counter = ${authenticationInfo.newCounter}, used_at = ${new Date(clock.now())}
      where id = ${passkey.id} and (counter < ${authenticationInfo.newCounter} or (counter = 0 and ${authenticationInfo.newCounter} = 0)) returning 1`;
    if (used.length === 0) throw wrong();
  }

  #expected(step: Asked) {
    return {
      expectedOrigin: this.#parts.origin, expectedRPID: this.#rpID,
      expectedChallenge: async (challenge: string) => (await endStep(this.#parts.database.sql, this.#parts, { ...step, token: challenge })) !== null,
    };
  }
}

type Asked = StepHolder & { readonly purpose: "passkey" | "prove" | "sign-in" };
const ANYBODY = { holder: "anybody", personId: null } as const;

const bytesOf = (challenge: string): Uint8Array<ArrayBuffer> => new Uint8Array(Buffer.from(challenge, "base64url"));

const described = ({ credential_id: id, transports }: PasskeyRow) => ({ id, transports: transports as AuthenticatorTransportFuture[] });
