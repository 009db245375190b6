import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Database } from "../db/database.ts";
import type { Passwords } from "./password.ts";
import { checkChoice } from "./password-choice.ts";
import { anyoneExists, createPerson, type PersonRow } from "./people.ts";
import { hashToken, newToken } from "./secret-token.ts";

export interface SetUpDependencies {
  readonly database: Database;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly random: Random;
}

/**
 * Makes the one-time token that opens an empty school; an older one stops working, which stands in the log. Null when somebody exists already.
 * The token belongs behind the `#` of the link: that part of an address reaches no server and no log.
 */
export function newSetUpToken({ database, clock, random }: Omit<SetUpDependencies, "passwords">, by: AuditActor): Promise<string | null> {
  return database.transaction(async (transaction) => {
    if (await anyoneExists(transaction)) return null;
    const token = newToken(random);
    await transaction`insert into set_up_link (token_hash, created_at) values (${hashToken(token)}, ${new Date(clock.now())})
      on conflict (one) do update set token_hash = excluded.token_hash, created_at = excluded.created_at`;
    await writeAudit(transaction, { clock }, { by, action: "school.set-up-link", object: { kind: "school", id: "" } });
    return token;
  });
}

/**
 * Makes the first administrator. Of two at the same moment one wins: the row of the link is taken out first, and whoever comes second
 * waits for it and finds none. `network`: of who holds the link, as `networkOf` shortens it. Throws `forbidden`, and `invalid_input` as `checkChoice` does.
 */
export async function setUp(dependencies: SetUpDependencies, { token, name, email, password, network, language = "en" }: { token: string; name: string; email: string; password: string; network: string; language?: Language | undefined }): Promise<PersonRow> {
  const { database, passwords, clock, random } = dependencies;
  const hash = hashToken(token);
  const refused = new CodedError("forbidden", "This link was used or has been replaced by a newer one.");
  const [open] = hash ? await database.sql`select 1 from set_up_link where token_hash = ${hash}` : [];
  if (!hash || !open) throw refused;
  checkChoice(password, { email, name });
  const passwordHash = await passwords.hash(password);
  return database.transaction(async (transaction) => {
    const taken = await transaction`delete from set_up_link where token_hash = ${hash} returning 1`;
    if (taken.length === 0 || (await anyoneExists(transaction))) throw refused;
    const person = await createPerson(transaction, { id: newId({ clock, random }), email, name, systemRole: "administrator", language, passwordHash });
    await writeAudit(transaction, { clock }, { by: { userId: null, network }, action: "school.set-up", object: { kind: "person", id: person.id }, details: { role: "administrator" } });
    return person;
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
