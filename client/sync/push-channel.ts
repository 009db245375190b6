import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { PushResponse } from "@mochila/shared/sync/push-response.ts";
import { type VersionOf, versionSaid } from "./document-versions.ts";
import { GATHER_MS } from "./pull-channel.ts";
import { halves, type PushPart, pushRequests } from "./push-parts.ts";
import { Refused, request, type RequestOptions } from "./request.ts";

type Document = Record<string, unknown> & { readonly id: string; readonly _deleted: boolean };

/** The server's word on one pushed row. `master` is absent if it was taken as it is. */
export interface RowAnswer {
  readonly collection: string;
  readonly row: PushRow;
  readonly master?: Document;
  readonly refused?: string;
}

export interface PushChannelOptions extends RequestOptions {
  gather(ms: number): Promise<void>;
  /** Registry order: what is listed earlier is applied earlier. */
  readonly order: readonly string[];
  readonly versionOf?: VersionOf;
  /** The checkpoints that this device has reached. */
  seen?(): Promise<readonly string[]>;
  /** Its last write that was taken and not seen since. */
  taken?(): Promise<Revision | null>;
  /** Awaited before RxDB hears of it: marks are cleared and refusals noted first. */
  onAnswers(answers: readonly RowAnswer[]): Promise<void>;
}

interface Waiting {
  readonly collection: string;
  readonly rows: readonly PushRow[];
  resolve(conflicts: Document[]): void;
  reject(error: unknown): void;
}

/**
 * Duty: everything that waits goes in one request, in registry order, and one request at a time: so a page is never pushed before
 * the module that its collection, pushed by another replication, has just made (DECISIONS 5).
 * What breaks: a request that is refused as a whole (a bound, a shape) would block every other change behind it for ever. It is
 * halved until the row to blame stands alone; that row is answered with its old master and kept as rescued work.
 */
export class PushChannel {
  readonly #options: PushChannelOptions;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(options: PushChannelOptions) {
    this.#options = options;
  }

  /** True while rows wait or are on their way. */
  get busy(): boolean {
    return this.#running;
  }

  /** Resolves to the masters of the rows that were not stored as sent. */
  push(collection: string, rows: readonly PushRow[]): Promise<Document[]> {
    const told = rows.filter((row) => !isKnown(row)).map(withoutFalseDeletion);
    if (told.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ collection, rows: told, resolve, reject });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.length > 0) {
      await this.#options.gather(GATHER_MS);
      const { order } = this.#options;
      const batch = this.#waiting.splice(0).sort((a, b) => order.indexOf(a.collection) - order.indexOf(b.collection));
      await this.#exchange(batch);
    }
    this.#running = false;
  }

  async #exchange(batch: readonly Waiting[]): Promise<void> {
    try {
      const answers: RowAnswer[] = [];
      for (const parts of pushRequests(batch)) answers.push(...(await this.#send(parts)));
      for (const { collection, resolve } of batch) {
        resolve(answers.flatMap((answer) => (answer.collection === collection && answer.master ? [answer.master] : [])));
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }

  async #send(parts: readonly PushPart[]): Promise<RowAnswer[]> {
    try {
      const pushes = parts.map(({ collection, rows }) => ({ collection, ...versionSaid(collection, this.#options.versionOf), rows }));
      const bodyNow = async () => {
        const seen = (await this.#options.seen?.()) ?? [];
        const taken = (await this.#options.taken?.()) ?? null;
        return { pushes, ...(seen.length > 0 ? { seen } : {}), ...(taken ? { taken } : {}) };
      };
      const reply = PushResponse.parse(await request(this.#options, "/api/sync/push", bodyNow));
      const answers = readAnswers(parts, reply);
      await this.#options.onAnswers(answers);
      return answers;
    } catch (error) {
      if (!(error instanceof Refused) || error.status === 409) throw error;
      const two = halves(parts);
      if (two) return [...(await this.#send(two[0])), ...(await this.#send(two[1]))];
      const answers = parts.flatMap(({ collection, rows }) => rows.map((row) => refusedRow(collection, row, error.code)));
      await this.#options.onAnswers(answers);
      return answers;
    }
  }
}

const idOf = (row: PushRow): string => String(row.newDocumentState["id"]);

/** RxDB offers the master itself once more after a conflict; the server knows it, and a removal would be refused for ever. */
function isKnown({ newDocumentState: next, assumedMasterState: master }: PushRow): boolean {
  if (!master) return false;
  return Boolean(next["_deleted"]) === Boolean(master["_deleted"]) && next["rev"] === master["rev"];
}

/** `_deleted: false` is RxDB's and says nothing. */
function withoutFalseDeletion({ newDocumentState, assumedMasterState, again }: PushRow): PushRow {
  const strip = ({ _deleted: deleted, ...fields }: Record<string, unknown>) => (deleted === true ? { ...fields, _deleted: true } : fields);
  return { newDocumentState: strip(newDocumentState), ...(assumedMasterState ? { assumedMasterState: strip(assumedMasterState) } : {}), ...(again ? { again } : {}) };
}

function refusedRow(collection: string, row: PushRow, code: string): RowAnswer {
  const master = row.assumedMasterState ?? { _deleted: true };
  return { collection, row, refused: code, master: { ...master, id: idOf(row), _deleted: master["_deleted"] === true } };
}

function readAnswers(parts: readonly PushPart[], { results }: PushResponse): RowAnswer[] {
  return parts.flatMap(({ collection, rows }) => {
    const mine = results.filter((result) => result.collection === collection);
    const masters = new Map(mine.flatMap((result) => result.conflicts.map((master) => [master.id, master] as const)));
    const refusals = new Map(mine.flatMap((result) => result.rejected.map(({ id, code }) => [id, code] as const)));
    return rows.map((row): RowAnswer => {
      const master = masters.get(idOf(row));
      const refused = refusals.get(idOf(row));
      if (refused !== undefined && !master) return refusedRow(collection, row, refused);
      return {
        collection,
        row,
        ...(master ? { master: { ...master, _deleted: master._deleted === true } } : {}),
        ...(refused === undefined ? {} : { refused }),
      };
    });
  });
}
