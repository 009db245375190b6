/** The part of a collection's storage that is listened to. */
interface Looked {
  findDocumentsById(ids: string[], deleted: boolean): Promise<unknown>;
}

export interface PageTurns {
  /** Resolves when fewer than `WAITING_MAX` pages wait to be written. */
  turn(): Promise<void>;
  /** These documents are given to RxDB. */
  given(documents: readonly { readonly id: string }[]): void;
  /** Nothing is written any more: nobody waits. */
  release(): void;
}

/** Two pages as one cost a sixth less than one by one; more would hold up a phone for longer than a person notices. */
const WAITING_MAX = 2;

/**
 * Duty: RxDB never writes more than `WAITING_MAX` pages at once.
 * Why: it asks on while it writes, and then writes all that has come as one. A phone that writes more slowly than its line brings would write
 * a whole course at once, and answer nobody for seconds.
 * How: RxDB begins to write by looking up the documents of all pages that wait.
 */
export function makePageTurns(storage: Looked): PageTurns {
  const find = storage.findDocumentsById.bind(storage);
  /** A document of each page that waits. */
  let waiting: string[] = [];
  let begun: () => void = () => undefined;
  const release = () => {
    waiting = [];
    begun();
  };
  storage.findDocumentsById = (ids, deleted) => {
    if (waiting.some((id) => ids.includes(id))) release();
    return find(ids, deleted);
  };
  return {
    turn: () =>
      new Promise((resolve) => {
        if (waiting.length < WAITING_MAX) resolve();
        else begun = resolve;
      }),
    given: ([first]) => {
      if (first) waiting.push(first.id);
    },
    release,
  };
}
