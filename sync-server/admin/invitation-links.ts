import { type HandedLinks, LINKS_BATCH_MAX } from "@mochila/shared/admin/links.ts";
import type { ImportState } from "@mochila/shared/admin/people-import.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type AuditActor, type AuditEntry, writeAuditEach } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import { type Addressee, insertLinks, linkAddress, linkLife } from "../users/account-links.ts";
import { newToken } from "../users/secret-token.ts";

export interface InvitationLinksParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** Where links lead. */
  readonly origin: string;
  /** False: a mail server sends them, and nobody else sees them. */
  readonly handsOnLinks: boolean;
}

interface Asked {
  readonly ids: readonly string[];
  readonly last: number | null;
  readonly details?: AuditEntry["details"];
}

/**
 * Duty: invitations of many at once for a school without a mail server: an administrator gets the links and hands them on.
 * Invariant: only who has no password yet gets one; it ends the one before; only its hash is kept; each stands in the audit log with it. No letter is queued: it would hold
 * another copy.
 */
export class InvitationLinks {
  readonly #parts: InvitationLinksParts;

  constructor(parts: InvitationLinksParts) {
    this.#parts = parts;
  }

  /** Throws `forbidden` where letters are sent. */
  forPeople(by: AuditActor, people: readonly string[]): Promise<HandedLinks> {
    return this.#hand(by, () => Promise.resolve({ ids: [...new Set(people)], last: null }));
  }

  /** The next batch of those whose accounts this import made. Throws `forbidden` where letters are sent or there is no such import; `invalid_input` while it runs. */
  forImport(by: AuditActor, id: string, after: number): Promise<HandedLinks> {
    return this.#hand(by, async (transaction) => {
      const [job] = isUuid(id) ? await transaction<{ file_name: string; state: ImportState }[]>`select file_name, state from people_import where id = ${id} for share` : [];
      if (!job) throw new CodedError("forbidden", "There is no such import.");
      if (job.state !== "done" && job.state !== "canceled") throw new CodedError("invalid_input", "Wait until the import has ended.", { details: { state: job.state } });
      const rows = await transaction<{ line: number; person_id: string }[]>`
        select line, person_id from people_import_row where import_id = ${id} and line > ${after} and done and 'account' = any(effects) and person_id is not null order by line limit ${LINKS_BATCH_MAX}`;
      return { ids: rows.map(({ person_id }) => person_id), last: rows.length < LINKS_BATCH_MAX ? null : (rows.at(-1)?.line ?? null), details: { import: id, file: job.file_name } };
    });
  }

  #hand(by: AuditActor, whom: (transaction: Transaction) => Promise<Asked>): Promise<HandedLinks> {
    const { database, clock, random, origin, handsOnLinks } = this.#parts;
    if (!handsOnLinks) throw new CodedError("forbidden", "This school sends letters; nobody hands links on.");
    return database.transaction(async (transaction) => {
      const { ids, last, details } = await whom(transaction);
      const expiresAt = clock.now() + linkLife("invitation");
      // In the order of the ids, as everybody who locks several people.
      const people = await transaction<Addressee[]>`
        select id, email, name from person where id = any(${[...ids]}::uuid[]) and state = 'active' and password_hash is null order by id for update`;
      const links = people.map((person) => ({ person, token: newToken(random), expiresAt }));
      await insertLinks(transaction, { clock }, "invitation", links);
      await writeAuditEach(transaction, { clock }, people.map(({ id }) => ({ by, action: "person.invite", object: { kind: "person", id }, details: { byHand: true, ...details } })));
      const place = new Map(ids.map((id, index) => [id, index]));
      const inOrder = links.toSorted((one, other) => (place.get(one.person.id) ?? 0) - (place.get(other.person.id) ?? 0));
      return { links: inOrder.map(({ person: { id, name, email }, token }) => ({ id, name, email, link: linkAddress(origin, "invitation", token) })), asked: ids.length, expiresAt, last };
    });
  }
}
