/** Before each update: its length, 32 bits. */
const LENGTH_BYTES = 4;
const FIRST_BYTES = 4 * 1_024;

/**
 * Updates that wait for a long time, one after the other in one piece of memory. As objects each would outlive several clearings of V8's young heap,
 * which copies what lives, and then lie in the old one, which is cleared when it has grown: two of a hundred parts of a keystroke's time.
 */
export class PackedUpdates {
  #bytes: Buffer | null = null;
  #end = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** With what tells them apart. */
  get byteLength(): number {
    return this.#end;
  }

  /** Copies it. */
  add(update: Uint8Array): void {
    const end = this.#end + LENGTH_BYTES + update.length;
    const bytes = this.#roomFor(end);
    bytes.writeUInt32LE(update.length, this.#end);
    bytes.set(update, this.#end + LENGTH_BYTES);
    this.#end = end;
    this.#count += 1;
  }

  /** All of them, in their order; none is here any more. Their memory is theirs: Yjs keeps parts of it. */
  takeAll(): Uint8Array[] {
    const updates: Uint8Array[] = [];
    for (let at = 0; this.#bytes && at < this.#end; ) {
      const from = at + LENGTH_BYTES;
      at = from + this.#bytes.readUInt32LE(at);
      updates.push(this.#bytes.subarray(from, at));
    }
    this.#bytes = null;
    this.#end = 0;
    this.#count = 0;
    return updates;
  }

  #roomFor(end: number): Buffer {
    if (this.#bytes && end <= this.#bytes.length) return this.#bytes;
    const larger = Buffer.allocUnsafeSlow(Math.max(end, 2 * (this.#bytes?.length ?? FIRST_BYTES / 2)));
    if (this.#bytes) this.#bytes.copy(larger, 0, 0, this.#end);
    return (this.#bytes = larger);
  }
}
