import { personScope } from "@mochila/shared/access/scope.ts";
import type { Look } from "@mochila/shared/admin/acting.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { isUuid, newId } from "@mochila/shared/kernel/ids.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { ACTING_SECONDS } from "@mochila/shared/limits.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Sql, Transaction } from "../db/database.ts";
import { enqueueLetter } from "../mail/mail-queue.ts";
import { issueAccessToken } from "./access-token.ts";
import { greetedAs, type PersonRow, toUser } from "./people.ts";
import type { SessionDependencies } from "./sessions.ts";

export interface ActingParts extends SessionDependencies {
  /** Where links of letters lead. */
  readonly origin: string;
  readonly onLetter: () => void;
}

/** An administrator, by the session that they act from. */
export interface ActingFrom {
  readonly userId: string;
  readonly sessionId: string;
  readonly network: string | null;
}

/** A letter that only tells something. */
const NEWS_MS = 3 * 24 * 3_600_000;
/** One look; the next one finds what is left. */
const AT_ONCE_MAX = 500;

/** In the list of the person's devices. */
const deviceOf: Record<Language, (name: string) => string> = {
  en: (name) => `${name} (administrator, looking only)`,
  es: (name) => `${name} (administración, solo mira)`,
};
const DEVICE_NAME_CHARACTERS_MAX = 60;

/** Oneself, another administrator, who is suspended and who does not exist: the same answer. */
const nobody = (): CodedError => new CodedError("forbidden", "There is nobody here as whom you may look at the school.");

interface Ended {
  readonly id: string;
  readonly person_id: string;
  readonly acting_by: string;
}

/**
 * Duty: sessions in which an administrator looks at the school as a person. Invariant: one belongs to an open session of the administrator and ends
 * with it (`open_session`), lives an hour, is not renewed, and passes only where a route says so (`http/route-access.ts`). Its beginning
 * and its end stand in the audit log, and a letter tells the person.
 */
export class ActingSessions {
  readonly #parts: ActingParts;

  constructor(parts: ActingParts) {
    this.#parts = parts;
  }

  /** Throws `forbidden` for who may not be looked as. Before a password is asked for, and again when it was right. */
  async check({ userId }: Pick<ActingFrom, "userId">, personId: string): Promise<void> {
    await this.#find(this.#parts.database.sql, { userId, personId });
  }

  /** The caller has proved the administrator's password. What they looked as before from the same session ends. */
  async begin(by: ActingFrom, personId: string, reason: string): Promise<Look> {
    const { database, clock, random, hints, onLetter } = this.#parts;
    const sessionId = newId({ clock, random });
    const { person, before } = await database.transaction(async (transaction) => {
      const found = await this.#find(transaction, { userId: by.userId, personId });
      const ended = await this.#end(transaction, { by: { userId: by.userId, sessionId: by.sessionId, network: by.network }, ended: await lockFrom(transaction, by.sessionId) });
      await this.#insert(transaction, { sessionId, person: found, by, reason });
      return { person: found, before: ended };
    });
    hints.publish(before);
    onLetter();
    const { token, expiresAt } = await issueAccessToken(this.#parts, { userId: person.id, sessionId, tokenNumber: 0 }, ACTING_SECONDS);
    return { accessToken: token, expiresAt, user: toUser(person), lookId: sessionId };
  }

  /** `by`: as the request of the acting session names them. */
  async end(by: AuditActor & { readonly sessionId: string }): Promise<void> {
    const { database, hints } = this.#parts;
    hints.publish(await database.transaction(async (transaction) => {
      const ended = await transaction<Ended[]>`select id, person_id, acting_by from session where id = ${by.sessionId} and acting_by is not null and not acting_told for update`;
      return this.#end(transaction, { by, ended });
    }));
  }

  /** What this administrator began, from whichever session; what is over or another's stays as it is. */
  async endBegun(by: AuditActor & { readonly userId: string }, lookId: string): Promise<void> {
    const { database, hints } = this.#parts;
    if (!isUuid(lookId)) return;
    hints.publish(await database.transaction(async (transaction) => {
      const ended = await transaction<Ended[]>`select id, person_id, acting_by from session where id = ${lookId} and acting_by = ${by.userId} and not acting_told for update`;
      return this.#end(transaction, { by, ended });
    }));
  }

  /** Those that ended in another way: out of time, with the administrator's session or role, by the person themselves. Safe to repeat and to interrupt. */
  async tellEnds(): Promise<void> {
    const { database, clock, hints } = this.#parts;
    hints.publish(await database.transaction(async (transaction) => {
      const ended = await transaction<Ended[]>`
        select id, person_id, acting_by from session where acting_by is not null and not acting_told
          and (acting_until <= ${new Date(clock.now())} or not exists (select 1 from open_session where open_session.id = session.id))
        order by id limit ${AT_ONCE_MAX} for update skip locked`;
      return this.#end(transaction, { by: null, ended });
    }));
  }

  async #find(sql: Sql, { userId, personId }: { userId: string; personId: string }): Promise<PersonRow> {
    const [person] = isUuid(personId)
      ? await sql<PersonRow[]>`select * from person where id = ${personId} and id <> ${userId} and state = 'active' and system_role <> 'administrator'`
      : [];
    if (!person) throw nobody();
    return person;
  }

  async #insert(transaction: Transaction, { sessionId, person, by, reason }: { sessionId: string; person: PersonRow; by: ActingFrom; reason: string }): Promise<void> {
    const now = this.#parts.clock.now();
    const language = person.language as Language;
    const [administrator] = await transaction<{ name: string }[]>`select name from person where id = ${by.userId}`;
    const name = administrator?.name ?? "";
    const device = deviceOf[language]([...name].slice(0, DEVICE_NAME_CHARACTERS_MAX).join(""));
    await transaction`
      insert into session (id, person_id, created_at, token_number, rotated_at, confirmed_number, device, acting_by, acting_session, acting_until)
      values (${sessionId}, ${person.id}, ${new Date(now)}, 0, ${new Date(now)}, 0, ${device}, ${by.userId}, ${by.sessionId}, ${new Date(now + ACTING_SECONDS * 1_000)})`;
    await writeAudit(transaction, this.#parts, {
      by: { userId: by.userId, sessionId: by.sessionId, network: by.network }, action: "person.act", object: { kind: "person", id: person.id }, details: { reason, session: sessionId },
    });
    const words = { name: greetedAs(person), address: `${this.#parts.origin}/you/account`, about: name };
    await enqueueLetter(transaction, this.#parts, { recipient: person.email, language, letter: "lookedAs", words, usefulMs: NEWS_MS });
  }

  /** Answers the scopes to be told. `by` null: nobody did, it was over. */
  async #end(transaction: Transaction, { by, ended }: { by: AuditActor | null; ended: readonly Ended[] }): Promise<string[]> {
    const now = new Date(this.#parts.clock.now());
    for (const { id, person_id: personId, acting_by: administrator } of ended) {
      await transaction`update session set acting_told = true, ended_at = coalesce(ended_at, ${now}), end_reason = coalesce(end_reason, 'over') where id = ${id}`;
      await writeAudit(transaction, this.#parts, { by: by ?? { userId: null, realUserId: administrator }, action: "person.act-end", object: { kind: "person", id: personId }, details: { session: id } });
    }
    return ended.map(({ person_id: personId }) => personScope(personId));
  }
}

const lockFrom = (transaction: Transaction, sessionId: string) =>
  transaction<Ended[]>`select id, person_id, acting_by from session where acting_session = ${sessionId} and not acting_told for update`;
