import { IsolatedWorker, JobFailure } from "./isolated-worker.ts";

export const YJS_WORKER = new URL("./yjs-worker.mjs", import.meta.url);
/** The largest allowed update takes some 60 ms here; a machine that is busy gets eight times that. */
const DECODE_MS_MAX = 500;
/** A state of 5 MiB, which we hold already and trust. */
const HOLD_MS_MAX = 10_000;
const MEMORY_MB_MAX = 256;
const STACK_MB = 0.75;

/** `applied`: sound, and new to the room. `known`: sound, and the room has all of it. `refused`: hostile or broken. */
export type Verdict = "applied" | "known" | "refused";

/**
 * Duty: tries each update of a client on a copy of its room in another thread, before anything is stored or told to others. What would
 * throw, hang or exhaust does so there.
 * Invariant: the copy holds what was accepted so far and nothing else; verdicts come in the order of the questions.
 * What breaks: a refused update spoils the copy; a restart of the thread loses all copies.
 * How it recovers: the copy is made anew from `base`, the room's own state plus what is accepted and not yet stored.
 */
export class UpdateDecoder {
  readonly #held = new Set<string>();
  readonly #worker = new IsolatedWorker(YJS_WORKER, { memoryMbMax: MEMORY_MB_MAX, stackMb: STACK_MB }, () => this.#held.clear());
  #turn: Promise<unknown> = Promise.resolve();

  /** `base` is asked for only when the copy has to be made. Rejects with `unavailable` when the server is overrun or stops. */
  check(room: string, update: Uint8Array, base: () => Uint8Array[]): Promise<Verdict> {
    const verdict = this.#turn.then(() => this.#try(room, update, base));
    this.#turn = verdict.catch(() => undefined);
    return verdict;
  }

  forget(room: string): void {
    this.#held.delete(room);
  }

  /** Resolves when every question so far is answered. */
  async idle(): Promise<void> {
    await this.#turn;
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  async #try(room: string, update: Uint8Array, base: () => Uint8Array[]): Promise<Verdict> {
    try {
      if (!this.#held.has(room)) {
        const { evicted } = (await this.#worker.run({ kind: "hold", room, base: base() }, HOLD_MS_MAX)) as { evicted: string[] };
        this.#held.add(room);
        for (const other of evicted) this.#held.delete(other);
      }
      const { changed } = (await this.#worker.run({ kind: "apply", room, update }, DECODE_MS_MAX)) as { changed: boolean };
      return changed ? "applied" : "known";
    } catch (error) {
      if (!(error instanceof JobFailure)) throw error;
      this.#held.delete(room);
      return "refused";
    }
  }
}
