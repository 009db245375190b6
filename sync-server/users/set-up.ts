import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";
import type { Passwords } from "./password.ts";
import { anyoneExists, createPerson, type PersonRow } from "./people.ts";
import { hashToken, newToken } from "./secret-token.ts";

export interface SetUpDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes the one-time token that opens an empty school; an older one stops working. Null when somebody exists already.
 * The token belongs behind the `#` of the link: that part of an address reaches no server and no log.
 */
export async function newSetUpToken({ database, clock, random }: Omit<SetUpDependencies, "passwords">): Promise<string | null> {
  if (await anyoneExists(database.sql)) return null;
  const token = newToken(random);
  await database.sql`insert into set_up_link (token_hash, created_at) values (${hashToken(token)}, ${new Date(clock.now())})
    on conflict (one) do update set token_hash = excluded.token_hash, created_at = excluded.created_at`;
  return token;
}

/**
 * Makes the first administrator. Of two at the same moment one wins: the row of the link is taken out first, and whoever comes second
 * waits for it and finds none. Throws `forbidden`.
 */
export async function setUp(dependencies: SetUpDependencies, { token, name, email, password, language = "en" }: { token: string; name: string; email: string; password: string; language?: Language | undefined }): Promise<PersonRow> {
  const { database, passwords, clock, random } = dependencies;
  const hash = hashToken(token);
  const refused = new CodedError("forbidden", "This link was used or has been replaced by a newer one.");
  const [open] = hash ? await database.sql`select 1 from set_up_link where token_hash = ${hash}` : [];
  if (!hash || !open) throw refused;
  const passwordHash = await passwords.hash(password);
  return database.transaction(async (transaction) => {
    const taken = await transaction`delete from set_up_link where token_hash = ${hash} returning 1`;
    if (taken.length === 0 || (await anyoneExists(transaction))) throw refused;
    return createPerson(transaction, { id: newId({ clock, random }), email, name, systemRole: "administrator", language, passwordHash });
  });
}

/**
 * Until somebody exists, nothing but set-up answers (DECISIONS 32). Once it is over it stays over, so that the database is asked no more;
 * a person made by the command line ends it too.
 */
export class SetUpGate {
  private over = false;

  constructor(private readonly database: Database) {}

  async isOpen(): Promise<boolean> {
    if (!this.over) this.over = await anyoneExists(this.database.sql);
    return !this.over;
  }
}
