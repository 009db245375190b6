import { setTimeout as pause } from "node:timers/promises";
import type { WebsocketProvider } from "y-websocket";
import * as Y from "yjs";

/** A fast typist's, every one of them at once. */
const KEYSTROKES_PER_SECOND = 5;
const POLL_MS = 10;

/** A person at a keyboard in a room with others. */
export interface Typist {
  readonly doc: Y.Doc;
  readonly provider: WebsocketProvider;
}

/**
 * People who write one text together. A keystroke has been delivered when it is in the document of each of the others: a client's clock
 * counts its characters, so that the state before and after a change says which ones came.
 */
export class WritingRoom {
  readonly #typedAt = new Map<number, Map<number, number>>();
  #delivered = 0;
  #typed = 0;
  /** From a key to its character in another person's document, in milliseconds: one a keystroke and reader. */
  readonly delays: number[] = [];

  constructor(readonly typists: readonly Typist[]) {
    for (const { doc } of typists) {
      this.#typedAt.set(doc.clientID, new Map());
      doc.on("afterTransaction", ({ beforeState, afterState }: Y.Transaction) => {
        for (const [client, clock] of afterState) if (client !== doc.clientID) this.#came(client, beforeState.get(client) ?? 0, clock);
      });
    }
  }

  get #everywhere(): boolean {
    return this.#delivered === this.#typed * (this.typists.length - 1);
  }

  /** Everyone types for so long, each in their own time. Resolves when everyone has everything. */
  async write(seconds: number): Promise<void> {
    await Promise.all(this.typists.map(({ doc }) => this.#type(doc, seconds * KEYSTROKES_PER_SECOND)));
    while (!this.#everywhere) await pause(POLL_MS);
  }

  async #type(doc: Y.Doc, keystrokes: number): Promise<void> {
    const text = doc.getText("probe");
    const before = Y.getState(doc.store, doc.clientID);
    await pause(Math.random() * (1_000 / KEYSTROKES_PER_SECOND));
    for (let key = 0; key < keystrokes; key += 1) {
      this.#typedAt.get(doc.clientID)?.set(key + before, performance.now());
      this.#typed += 1;
      text.insert(text.length, "a");
      await pause(1_000 / KEYSTROKES_PER_SECOND);
    }
  }

  #came(client: number, from: number, to: number): void {
    const typedAt = this.#typedAt.get(client);
    const now = performance.now();
    for (let clock = from; clock < to; clock += 1) {
      const at = typedAt?.get(clock);
      if (at === undefined) continue;
      this.#delivered += 1;
      this.delays.push(now - at);
    }
  }
}
