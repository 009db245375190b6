import { Zip, ZipDeflate, ZipPassThrough } from "fflate";

/** Of the ZIP: what is in memory of it, and one row of the database. */
const PART_BYTES = 512 * 1_024;
/** Of what goes into it: so much is compressed in one turn, a few milliseconds. */
const TEXT_CHARACTERS = 64 * 1_024;

const encoder = new TextEncoder();

/**
 * Duty: a ZIP of any size through a small memory. Entries come one after the other; `store` gets a part when it is full, and everything waits for it.
 */
export class ZipWriter {
  readonly #store: (part: Uint8Array) => Promise<void>;
  readonly #zip: Zip;
  readonly #madeAt: Date;
  #chunks: Uint8Array[] = [];
  #waiting = 0;
  #failure: Error | null = null;
  /** So far, without what waits. */
  bytes = 0;

  constructor(store: (part: Uint8Array) => Promise<void>, madeAt: Date) {
    this.#store = store;
    this.#madeAt = madeAt;
    this.#zip = new Zip((error, chunk) => {
      this.#failure ??= error;
      if (error || chunk.length === 0) return;
      this.#chunks.push(chunk);
      this.#waiting += chunk.length;
    });
  }

  /** Text that comes in pieces. */
  async text(name: string, pieces: AsyncIterable<string>): Promise<void> {
    const entry = new ZipDeflate(name, { level: 6 });
    entry.mtime = this.#madeAt;
    this.#zip.add(entry);
    let held = "";
    for await (const piece of pieces) {
      held += piece;
      if (held.length < TEXT_CHARACTERS) continue;
      entry.push(encoder.encode(held), false);
      held = "";
      await this.#settle();
    }
    entry.push(encoder.encode(held), true);
    await this.#settle();
  }

  /** Bytes as they are: pictures are compressed already. */
  async file(name: string, bytes: Uint8Array): Promise<void> {
    const entry = new ZipPassThrough(name);
    entry.mtime = this.#madeAt;
    this.#zip.add(entry);
    entry.push(bytes, true);
    await this.#settle();
  }

  async end(): Promise<void> {
    this.#zip.end();
    await this.#settle(1);
  }

  /** Hands on what is full; at the end everything. */
  async #settle(least = PART_BYTES): Promise<void> {
    if (this.#failure) throw this.#failure;
    if (this.#waiting < least) return;
    const part = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#waiting = 0;
    await this.#store(part);
    this.bytes += part.length;
  }
}
