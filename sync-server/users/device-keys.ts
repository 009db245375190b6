import { personScope } from "@mochila/shared/access/scope.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Transaction } from "../db/database.ts";
import type { PersonRow } from "./people.ts";
import { hashToken, newToken } from "./secret-token.ts";
import { isExpired } from "./session-lifetime.ts";
import type { SessionCheck } from "./session-check.ts";
import { ended, endIn, insertSession, type Opened, type Opening, type SessionDependencies, type Sessions } from "./sessions.ts";
import { worksAsStaff } from "./works-as-staff.ts";

interface Parts extends SessionDependencies {
  readonly sessions: Pick<Sessions, "answer">;
  readonly check: Pick<SessionCheck, "forget">;
}

interface Row extends PersonRow {
  readonly session_id: string;
  readonly rotated_at: Date;
  readonly ended_at: Date | null;
  readonly made_at: Date;
  readonly session_created_at: Date;
  readonly staff: boolean;
}

/**
 * Duty: keys with which a device that a person has locked comes in again. Invariant: a key hangs on one session, the one that it opened last, and opens
 * nothing once that has ended or is out of time. What it opens is as old as what it takes the place of, so that it gives nobody a longer life without their password.
 * Only its hash is kept.
 */
export class DeviceKeys {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** For the device of this session, in the place of the one before. Throws `forbidden` on a shared computer, which keeps nothing. */
  async make({ userId, sessionId, by }: { userId: string; sessionId: string; by: AuditActor }): Promise<string> {
    const { database, clock, random } = this.#parts;
    const key = newToken(random);
    await database.transaction(async (transaction) => {
      const made = await transaction`
        insert into device_key (hash, session_id, made_at) select ${hashToken(key)}, id, ${new Date(clock.now())} from session where id = ${sessionId} and ended_at is null and not shared_computer
        on conflict (session_id) do update set hash = excluded.hash, made_at = excluded.made_at returning 1`;
      if (made.length === 0) throw new CodedError("forbidden", "A shared computer keeps no key of anybody.");
      await writeAudit(transaction, { clock }, { by, action: "device-lock.set", object: { kind: "person", id: userId } });
    });
    return key;
  }

  async remove({ userId, sessionId, by }: { userId: string; sessionId: string; by: AuditActor }): Promise<void> {
    const { database, clock } = this.#parts;
    await database.transaction(async (transaction) => {
      const removed = await transaction`delete from device_key where session_id = ${sessionId} returning 1`;
      if (removed.length > 0) await writeAudit(transaction, { clock }, { by, action: "device-lock.remove", object: { kind: "person", id: userId } });
    });
  }

  /** A new session in the place of the one before. Throws `session_ended`. */
  async open(key: string, place: Pick<Opening, "device" | "network">): Promise<Opened> {
    const { database, clock, sessions, check, hints } = this.#parts;
    const { person, before, ...opened } = await database.transaction(async (transaction) => {
      const row = await lockKey(transaction, key);
      const now = clock.now();
      if (!row || row.ended_at !== null || row.state !== "active") throw ended();
      // Sessions that keys opened in former times are younger than their key.
      const since = row.made_at < row.session_created_at ? row.made_at : row.session_created_at;
      if (isExpired({ createdAt: since.getTime(), rotatedAt: row.rotated_at.getTime(), sharedComputer: false }, row.staff, now)) throw ended();
      const next = await insertSession(transaction, this.#parts, row.id, { ...place, factor: "device-key", sharedComputer: false, since });
      await transaction`update device_key set session_id = ${next.sessionId} where hash = ${hashToken(key)}`;
      await endIn(transaction, { sessionId: row.session_id, reason: "opened again by its device", now });
      return { ...next, person: row, before: row.session_id };
    });
    check.forget(before);
    hints.publish([personScope(person.id)]);
    return sessions.answer({ person, number: 1, sharedComputer: false, ...opened });
  }
}

/** The person first, as everything that ends sessions locks them. */
async function lockKey(transaction: Transaction, key: string): Promise<Row | null> {
  const hash = hashToken(key);
  if (!hash) return null;
  await transaction`select 1 from person where id = (select person_id from device_key join session on session.id = session_id where hash = ${hash}) for update`;
  const [row] = await transaction<Row[]>`
    select person.*, session.id as session_id, session.rotated_at, session.ended_at, session.created_at as session_created_at, device_key.made_at, ${worksAsStaff(transaction)} as staff
    from device_key join session on session.id = device_key.session_id join person on person.id = session.person_id
    where device_key.hash = ${hash} for update of device_key, session`;
  return row ?? null;
}
