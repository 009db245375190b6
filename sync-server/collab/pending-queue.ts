/**
 * What is under way, in the order in which it began; it ends about in that order. An array and a place where it begins: a Set makes a new table every
 * few steps, and V8 keeps all of a Set's tables, through each other, until it next clears up everything, every 15 s where a hundred people write.
 */
export class PendingQueue<Entry> {
  #entries: Entry[] = [];
  #first = 0;

  constructor(private readonly hasEnded: (entry: Entry) => boolean) {}

  get isEmpty(): boolean {
    return this.#first === this.#entries.length;
  }

  /** What has not ended. */
  get pending(): Entry[] {
    return this.#entries.slice(this.#first).filter((entry) => !this.hasEnded(entry));
  }

  add(entry: Entry): void {
    this.#entries.push(entry);
  }

  /** Takes out the one that began first, if it has ended; undefined otherwise. */
  next(): Entry | undefined {
    const first = this.#entries[this.#first];
    if (first === undefined || !this.hasEnded(first)) return undefined;
    this.#first += 1;
    if (this.isEmpty) {
      this.#entries = [];
      this.#first = 0;
    }
    return first;
  }
}
