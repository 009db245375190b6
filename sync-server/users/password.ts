import { hash, verify } from "@node-rs/argon2";
import { CodedError } from "@mochila/shared/errors.ts";
import { PASSWORD_CHECKS_AT_ONCE_MAX, PASSWORD_CHECKS_WAITING_MAX } from "@mochila/shared/limits.ts";

/** `Algorithm.Argon2id`; the package exports it as a const enum, which isolated modules cannot read. */
const ARGON2ID = 2;
/** OWASP's minimum for argon2id: 19 MiB, two passes; 31 ms here (SECURITY.md C.5). */
const PARAMETERS = { algorithm: ARGON2ID, memoryCost: 19_456, timeCost: 2, parallelism: 1 };
const RETRY_MS = 2_000;

/**
 * Duty: every hash and check of a password. Invariant: at most `PASSWORD_CHECKS_AT_ONCE_MAX` run, at most `…WAITING_MAX` wait.
 * Breaks under a flood of sign-ins: then `unavailable` at once, instead of answers after a minute. Recovers by itself.
 */
export class Passwords {
  private running = 0;
  private readonly waiting: (() => void)[] = [];
  private dummy: Promise<string> | null = null;

  hash(password: string): Promise<string> {
    return this.inTurn(() => hash(password, PARAMETERS));
  }

  /** `stored` null: nobody has this account. A check of the same cost runs all the same, so that time does not tell. */
  async matches(password: string, stored: string | null): Promise<boolean> {
    this.dummy ??= hash("no account has this password", PARAMETERS);
    const against = stored ?? (await this.dummy);
    const matched = await this.inTurn(() => verify(against, password));
    return matched && stored !== null;
  }

  /** True when `stored` was made with other parameters than today's: hash again while the password is at hand. */
  isOutdated(stored: string): boolean {
    return !stored.startsWith(`$argon2id$v=19$m=${PARAMETERS.memoryCost},t=${PARAMETERS.timeCost},p=${PARAMETERS.parallelism}$`);
  }

  private async inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.running >= PASSWORD_CHECKS_AT_ONCE_MAX) {
      if (this.waiting.length >= PASSWORD_CHECKS_WAITING_MAX) throw new CodedError("unavailable", "Too many people are signing in at this moment.", { retryAfterMs: RETRY_MS });
      await new Promise<void>((resolve) => this.waiting.push(resolve));
    } else {
      this.running += 1;
    }
    try {
      return await work();
    } finally {
      // The place goes to the next in line without becoming free: nobody can slip in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running -= 1;
    }
  }
}
