import type { AuditAction } from "@mochila/shared/admin/audit-actions.ts";
import type { ImportState, PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { isUuid, newId } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { type AuditActor, writeAudit } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import { checkTimeZone } from "../users/time-zone.ts";
import { insertRows } from "./import-rows.ts";
import { readImport } from "./import-summary.ts";
import { contradictions, planRows } from "./plan.ts";
import { readRows } from "./read-rows.ts";
import { readSchool } from "./school-now.ts";

export interface PeopleImportsParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  /** There is work. */
  readonly onWork: () => void;
}

const noSuchImport = (): CodedError => new CodedError("forbidden", "There is no such import.");

/**
 * Duty: what administrators decide about imports: look a file through, run it, stop, take it back. The work itself is done by `ImportWorker`, in parts, by any instance.
 * Invariant: nothing is changed by looking through; what is decided is in the audit log with it.
 */
export class PeopleImports {
  readonly #parts: PeopleImportsParts;

  constructor(parts: PeopleImportsParts) {
    this.#parts = parts;
  }

  /** Looks a file through and keeps what it would do. `timeZone`: where its days end. Throws `invalid_input` and `too_large` for what is no such file. */
  async check(by: AuditActor, { name, bytes, timeZone }: { name: string; bytes: Uint8Array; timeZone: string }): Promise<PeopleImport> {
    const { database, clock, random } = this.#parts;
    checkTimeZone(timeZone);
    const { rows, ignored } = readRows(bytes, timeZone);
    const school = await readSchool(database.sql, rows, { lock: false });
    const twice = contradictions(rows, school.people, school.courses);
    const asked = rows.map((row) => ({ ...row, problem: row.problem ?? twice.get(row.line)?.problem ?? null }));
    const planned = planRows(asked, { school, actorId: by.userId, makeId: () => newId({ clock, random }), now: clock.now() });
    const id = newId({ clock, random });
    await database.transaction(async (transaction) => {
      await transaction`insert into people_import (id, file_name, state, by_id, ignored, created_at) values (${id}, ${name}, 'checked', ${by.userId}, ${ignored}, ${new Date(clock.now())})`;
      await insertRows(transaction, id, planned.map((row) => ({ ...row, otherLine: twice.get(row.asked.line)?.otherLine ?? null })));
    });
    return this.read(id);
  }

  /** Throws `forbidden` where there is none. */
  async read(id: string): Promise<PeopleImport> {
    const found = isUuid(id) ? await readImport(this.#parts.database.sql, id) : null;
    if (!found) throw noSuchImport();
    return found;
  }

  /** Begins, or goes on after it was stopped. From here on it is this person's work. */
  run(by: AuditActor, id: string, { invites }: { invites: boolean }): Promise<PeopleImport> {
    return this.#decide(by, id, { from: ["checked", "canceled"], to: "running", action: "people.import", also: (transaction) => transaction`update people_import set invites = ${invites} where id = ${id}` });
  }

  /** What was done stays, and can be taken back. */
  cancel(by: AuditActor, id: string): Promise<PeopleImport> {
    return this.#decide(by, id, { from: ["running"], to: "canceled", action: "people.import-canceled" });
  }

  undo(by: AuditActor, id: string): Promise<PeopleImport> {
    return this.#decide(by, id, { from: ["done", "canceled"], to: "undoing", action: "people.import-undo" });
  }

  /** Waits for the part that is under way. Asked for again what is so already, it changes nothing. */
  async #decide(by: AuditActor, id: string, { from, to, action, also }: { from: readonly ImportState[]; to: ImportState; action: AuditAction; also?: (transaction: Transaction) => Promise<unknown> }): Promise<PeopleImport> {
    const { database, clock, onWork } = this.#parts;
    if (!isUuid(id)) throw noSuchImport();
    await database.transaction(async (transaction) => {
      const [job] = await transaction<{ state: ImportState }[]>`select state from people_import where id = ${id} for update`;
      if (!job) throw noSuchImport();
      if (job.state === to) return;
      if (!from.includes(job.state)) throw new CodedError("invalid_input", "The import has gone on meanwhile; look again.", { details: { state: job.state } });
      const now = new Date(clock.now());
      await transaction`
        update people_import set state = ${to}, by_id = ${by.userId}, by_command_line = ${by.userId === null}, started_at = coalesce(started_at, ${now}), ended_at = ${to === "canceled" ? now : null} where id = ${id}`;
      await also?.(transaction);
      const summary = await readImport(transaction, id);
      assert(summary, "it was locked");
      await writeAudit(transaction, { clock }, { by, action, object: { kind: "import", id }, details: { file: summary.fileName, lines: summary.lines, accounts: summary.accounts, enrolled: summary.enrolled, problems: summary.problems, handled: summary.handled } });
    });
    onWork();
    return this.read(id);
  }
}
