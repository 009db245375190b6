import type { ImportState } from "@mochila/shared/admin/people-import.ts";
import type { Scope } from "@mochila/shared/access/scope.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { writeAudit } from "../audit/audit.ts";
import { fillSeats } from "../courses/waiting.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Hints } from "../sync/hints.ts";
import { readImport } from "./import-summary.ts";
import { actorOf, type BatchParts, type Job, runBatch } from "./run-batch.ts";
import { undoBatch } from "./undo-batch.ts";

export interface ImportWorkerParts extends BatchParts {
  readonly database: Database;
  readonly hints: Pick<Hints, "publish">;
  /** Letters may have been queued. */
  readonly onLetter: () => void;
}

interface OpenJob extends Job {
  readonly state: ImportState;
}

/**
 * Duty: does and takes back imports, one part after the other.
 * Invariant: a part and the note of how far it went are one transaction that holds the import's row, so that of several instances one works at a part, and whoever goes on
 * after a crash begins where the last commit ended.
 */
export class ImportWorker {
  readonly #parts: ImportWorkerParts;

  constructor(parts: ImportWorkerParts) {
    this.#parts = parts;
  }

  /** One part of the import that has waited longest, or of this one. False: there is none that nobody works at. */
  async step(id: string | null = null): Promise<boolean> {
    const { database, hints, onLetter } = this.#parts;
    const scopes = await database.transaction(async (transaction) => {
      const [job] = await transaction<OpenJob[]>`
        select id, file_name, state, by_id, by_command_line, invites from people_import where state in ('running', 'undoing') and (id = ${id} or ${id}::uuid is null) order by started_at limit 1 for update skip locked`;
      return job ? this.#part(transaction, job) : null;
    });
    if (scopes === null) return false;
    hints.publish(scopes);
    onLetter();
    return true;
  }

  async #part(transaction: Transaction, job: OpenJob): Promise<readonly Scope[]> {
    // Rights that ended since: what one may not begin goes no further.
    if (!(await this.#mayStill(transaction, job))) return this.#end(transaction, job, "canceled");
    const scopes = await (job.state === "running" ? runBatch(transaction, this.#parts, job) : undoBatch(transaction, this.#parts, job));
    return scopes ?? this.#end(transaction, job, job.state === "running" ? "done" : "undone");
  }

  async #mayStill(transaction: Transaction, { by_id, by_command_line: byCommandLine }: OpenJob): Promise<boolean> {
    if (by_id === null) return byCommandLine;
    const rows = await transaction`select 1 from person where id = ${by_id} and system_role = 'administrator' and state = 'active' for share`;
    return rows.length > 0;
  }

  async #end(transaction: Transaction, job: OpenJob, state: ImportState): Promise<readonly Scope[]> {
    const { clock } = this.#parts;
    const { id } = job;
    await transaction`update people_import set state = ${state}, ended_at = ${new Date(clock.now())} where id = ${id}`;
    const summary = await readImport(transaction, id);
    assert(summary, "it was locked");
    const { lines, problems, same, kept } = summary;
    const { accounts, systemRoles, enrolled, courseRoles, courseEnds } = state === "undone" ? summary.takenBack : summary;
    const action = state === "undone" ? "people.import-undone" : state === "done" ? "people.import-done" : "people.import-canceled";
    await writeAudit(transaction, { clock }, { by: actorOf(job), action, object: { kind: "import", id }, details: { file: job.file_name, lines, problems, accounts, systemRoles, enrolled, courseRoles, courseEnds, same, kept } });
    return state === "undone" ? this.#fillSeats(transaction, id) : [];
  }

  /** Whoever waits for one of the seats that came free. */
  async #fillSeats(transaction: Transaction, id: string): Promise<readonly Scope[]> {
    const courses = await transaction<{ course_id: string }[]>`
      select distinct row.course_id from people_import_row as row join course_waiting as waiting using (course_id) where row.import_id = ${id} and row.undone = 'undone' order by row.course_id`;
    const scopes: Scope[] = [];
    for (const { course_id } of courses) scopes.push(...(await fillSeats(transaction, this.#parts, course_id)));
    return scopes;
  }
}
