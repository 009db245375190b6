import type { RowAnswer } from "@mochila/client/sync/push-channel.ts";

/** A page that brought a version after another one was known. */
export interface Step {
  readonly id: string;
  readonly known: string;
  readonly brought: string;
}

/**
 * I6: which versions of the server a device has been told of, in what order. A page that was asked for before a newer version was known may
 * still bring the older one (SPEC, Gaps); one that was asked for after it may not.
 */
export class Versions {
  /** By collection and id: what was told, and when, in tellings. */
  #told = new Map<string, { rev: string; at: number }[]>();
  #tellings = 0;
  readonly steps: Step[] = [];

  /** A page is asked for; what is known by now is known to it. */
  ask(): number {
    return this.#tellings;
  }

  pulled(collection: string, documents: readonly { id: string; _deleted: boolean }[], asked: number): void {
    for (const document of documents) {
      const key = `${collection}/${document.id}`;
      const rev = (document as unknown as { rev?: string }).rev;
      if (document._deleted || rev === undefined) {
        this.#told.delete(key);
        continue;
      }
      for (const known of this.#told.get(key) ?? []) if (known.at <= asked && known.rev !== rev) this.steps.push({ id: document.id, known: known.rev, brought: rev });
      this.#tell(key, rev);
    }
  }

  answered(answers: readonly RowAnswer[]): void {
    for (const { collection, row, master, refused } of answers) {
      const document = master ?? (refused === undefined ? row.newDocumentState : {});
      const { id, rev, _deleted: deleted } = document as { id?: string; rev?: string; _deleted?: boolean };
      if (id !== undefined && rev !== undefined && deleted !== true && !(master && refused !== undefined)) this.#tell(`${collection}/${id}`, rev);
    }
  }

  /** The server was put back: what comes now may be older. */
  forget(): void {
    this.#told = new Map();
  }

  #tell(key: string, rev: string): void {
    this.#tellings += 1;
    // The newest few: an older one says nothing more.
    this.#told.set(key, [...(this.#told.get(key) ?? []).slice(-3), { rev, at: this.#tellings }]);
  }
}
