import { CodedError } from "@mochila/shared/errors.ts";
import { IsolatedWorker, JobFailure } from "./isolated-worker.ts";

export const YJS_WORKER = new URL("./yjs-worker.mjs", import.meta.url);
/** The largest allowed update takes some 60 ms here. */
const DECODE_MS_MAX = 500;
/** Asked once more, alone, before an update is called hostile: the machine may have been busy with something else. */
const DECODE_AGAIN_MS_MAX = 2_000;
/** A state of 5 MiB, which we hold already and trust. */
const HOLD_MS_MAX = 10_000;
const MEMORY_MB_MAX = 256;
const STACK_MB = 0.75;

/** `applied`: sound, and new to the room. `known`: sound, and the room has all of it. `refused`: hostile or broken. */
export type Verdict = "applied" | "known" | "refused";

/** Crossing to the thread costs more than a keystroke's update: those that wait cross together. */
const BATCH_MAX = 64;
const BATCH_BYTES_MAX = 256 * 1024;
const WAITING_MAX = 50_000;

interface Question {
  readonly room: string;
  readonly update: Uint8Array;
  readonly base: () => Uint8Array[];
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (error: Error) => void;
  again: boolean;
}

/**
 * Duty: tries each update of a client on a copy of its room in another thread, before anything is stored or told to others. What would
 * throw, hang or exhaust does so there.
 * Invariant: the copy holds what was accepted so far and nothing else; verdicts come in the order of the questions.
 * What breaks: a refused update spoils the copy; a restart of the thread loses all copies.
 * How it recovers: the copy is made anew from `base`, the room's own state plus what is accepted and not yet stored. A batch that ends the
 * thread is asked again one by one, so that only the guilty update is refused.
 */
export class UpdateDecoder {
  readonly #held = new Set<string>();
  readonly #worker = new IsolatedWorker(YJS_WORKER, { memoryMbMax: MEMORY_MB_MAX, stackMb: STACK_MB }, () => this.#held.clear());
  readonly #waiting: Question[] = [];
  #working: Promise<void> | null = null;
  /** So many of the next questions are asked alone. */
  #singly = 0;

  /** `base` is asked for only when the copy has to be made. Rejects with `unavailable` when the server is overrun or stops. */
  check(room: string, update: Uint8Array, base: () => Uint8Array[]): Promise<Verdict> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(new CodedError("unavailable", "too many updates at once"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ room, update, base, resolve, reject, again: false });
      this.#working ??= this.#work().finally(() => {
        this.#working = null;
      });
    });
  }

  forget(room: string): void {
    this.#held.delete(room);
  }

  /** Resolves when every question so far is answered. */
  async idle(): Promise<void> {
    await this.#working;
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  async #work(): Promise<void> {
    // Those that arrive in the same turn of the loop cross together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#take();
      try {
        await this.#ask(batch);
      } catch (error) {
        for (const question of batch) question.reject(error instanceof Error ? error : new Error(String(error)));
      }
    }
  }

  /** The next questions of one room. */
  #take(): Question[] {
    const batch: Question[] = [];
    let bytes = 0;
    const most = this.#singly > 0 ? 1 : BATCH_MAX;
    for (let next = this.#waiting[0]; next && batch.length < most && next.room === (batch[0] ?? next).room; next = this.#waiting[0]) {
      bytes += next.update.length;
      if (batch.length > 0 && bytes > BATCH_BYTES_MAX) break;
      batch.push(next);
      this.#waiting.shift();
    }
    this.#singly = Math.max(0, this.#singly - 1);
    return batch;
  }

  async #ask(batch: readonly Question[]): Promise<void> {
    const [first] = batch;
    if (!first) return;
    try {
      await this.#hold(first);
      const job = { kind: "apply", room: first.room, updates: batch.map(({ update }) => update) };
      const { fresh, refused } = (await this.#worker.run(job, first.again ? DECODE_AGAIN_MS_MAX : DECODE_MS_MAX)) as { fresh: boolean[]; refused: boolean };
      for (const [index, isFresh] of fresh.entries()) batch[index]?.resolve(isFresh ? "applied" : "known");
      if (!refused) return;
      this.#held.delete(first.room);
      batch[fresh.length]?.resolve("refused");
      this.#waiting.unshift(...batch.slice(fresh.length + 1));
    } catch (error) {
      if (!(error instanceof JobFailure)) throw error;
      this.#held.delete(first.room);
      if (first.again) first.resolve("refused");
      else {
        for (const question of batch) question.again = true;
        this.#waiting.unshift(...batch);
        this.#singly = batch.length;
      }
    }
  }

  async #hold({ room, base }: Question): Promise<void> {
    if (this.#held.has(room)) return;
    // Whoever was just told "applied" notes its update first, so that `base` has it.
    await new Promise((resolve) => setImmediate(resolve));
    const { evicted } = (await this.#worker.run({ kind: "hold", room, base: base() }, HOLD_MS_MAX)) as { evicted: string[] };
    this.#held.add(room);
    for (const other of evicted) this.#held.delete(other);
  }
}
