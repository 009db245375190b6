/**
 * Which collections still owe an answer in the round that runs: one round for all of them at a start or reconnect. "Everything was
 * asked for" is true when none is left.
 */
export class Round {
  readonly #all: readonly string[];
  readonly #missing = new Set<string>();
  readonly #waiting = new Set<() => void>();

  constructor(all: readonly string[]) {
    this.#all = all;
  }

  get complete(): boolean {
    return this.#missing.size === 0;
  }

  /** These were asked (all when empty). */
  expect(collections: readonly string[]): void {
    const asked = collections.length === 0 ? this.#all : collections;
    for (const name of asked) this.#missing.add(name);
  }

  /** This collection has everything. Answers true if it was the last one missing. */
  ended(collection: string): boolean {
    const wasMissing = this.#missing.delete(collection);
    if (!wasMissing || !this.complete) return false;
    this.release();
    return true;
  }

  /** Resolves when the round is complete, or given up by `release`. */
  end(): Promise<void> {
    if (this.complete) return Promise.resolve();
    return new Promise((resolve) => {
      this.#waiting.add(resolve);
    });
  }

  /** The network failed: nobody waits any longer; the round itself goes on later. */
  release(): void {
    for (const resolve of [...this.#waiting]) resolve();
    this.#waiting.clear();
  }
}
