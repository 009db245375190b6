import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import type { Database } from "../db/database.ts";
import { newToken } from "./secret-token.ts";

const DAY_MS = 86_400_000;
/** A key signs for 90 days and is trusted one day longer than any token lives that it signed. */
const SIGNS_DAYS = 90;
const TRUSTED_DAYS = SIGNS_DAYS + 1;
/** Another instance may have made a key since: look again, but not for every forged token. */
const RELOAD_MS_MIN = 1_000;
/** Any constant: instances whose time for a new key has come make one. */
const KEY_LOCK = 7_203_425;

interface SigningKey {
  readonly kid: string;
  readonly key: CryptoKey;
  readonly publicKey: CryptoKey;
  readonly createdAt: number;
}

/**
 * Duty: the Ed25519 keys of the access tokens. Invariant: one at least; the newest signs. They live in Postgres, so a restart keeps
 * every session. Recovers an unknown `kid` by one reload; a `kid` that is not in our table is never trusted.
 */
export class SigningKeys {
  private keys: readonly SigningKey[] = [];
  private loadedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly dependencies: { database: Database; clock: Clock; random: Random }) {}

  /** The key that signs now; makes the first one, and the next one when its time has come. */
  async current(): Promise<SigningKey> {
    const { clock } = this.dependencies;
    if (this.keys.length === 0) await this.load();
    const newest = this.keys[0];
    if (newest && clock.now() - newest.createdAt < SIGNS_DAYS * DAY_MS) return newest;
    await this.add();
    return this.keys[0] ?? Promise.reject(new CodedError("unavailable", "There is no key to sign with."));
  }

  async find(kid: string | undefined): Promise<CryptoKey | null> {
    const known = () => this.keys.find((key) => key.kid === kid)?.publicKey ?? null;
    if (!known() && this.dependencies.clock.monotonic() - this.loadedAt > RELOAD_MS_MIN) await this.load();
    return known();
  }

  private async load(): Promise<void> {
    const { database, clock } = this.dependencies;
    const rows = await database.sql<{ kid: string; private_jwk: JWK; created_at: Date }[]>`
      select kid, private_jwk, created_at from signing_key
      where created_at > ${new Date(clock.now() - TRUSTED_DAYS * DAY_MS)} order by created_at desc, kid`;
    this.keys = await Promise.all(rows.map(async ({ kid, private_jwk: jwk, created_at: createdAt }) => {
      const { d: _private, ...publicJwk } = jwk;
      const [key, publicKey] = await Promise.all([importJWK(jwk, "EdDSA"), importJWK(publicJwk, "EdDSA")]);
      return { kid, key: key as CryptoKey, publicKey: publicKey as CryptoKey, createdAt: createdAt.getTime() };
    }));
    this.loadedAt = clock.monotonic();
  }

  private async add(): Promise<void> {
    const { database, clock, random } = this.dependencies;
    const pair = await generateKeyPair("EdDSA", { crv: "Ed25519", extractable: true });
    const jwk = await exportJWK(pair.privateKey);
    await database.transaction(async (transaction) => {
      await transaction`select pg_advisory_xact_lock(${KEY_LOCK})`;
      const [made] = await transaction`select 1 from signing_key where created_at > ${new Date(clock.now() - SIGNS_DAYS * DAY_MS)} limit 1`;
      if (made) return;
      await transaction`insert into signing_key (kid, private_jwk, created_at)
        values (${newToken(random).slice(0, 16)}, ${transaction.json(jwk)}, ${new Date(clock.now())})`;
      await transaction`delete from signing_key where created_at < ${new Date(clock.now() - TRUSTED_DAYS * DAY_MS)}`;
    });
    await this.load();
  }
}
