import { setTimeout as pause } from "node:timers/promises";
import { CodedError } from "@mochila/shared/errors.ts";
import { IsolatedWorker, JobFailure } from "./isolated-worker.ts";
import { type Clocks, followPlainEdit } from "./plain-edit.ts";

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

/**
 * Crossing to the thread, a commit and a write to a socket each cost more than a keystroke's update: what comes within this time, of all
 * rooms, crosses together, is logged together and told together. The others see a keystroke some 75 ms after it was struck.
 */
const GATHER_MS = 70;
const BATCH_MAX = 256;
const BATCH_BYTES_MAX = 256 * 1024;
const WAITING_MAX = 50_000;

/** So many plain edits of a room, or so many bytes of them, are told to the thread though it has nothing to try there: they take it some 10 ms. */
const UNTOLD_MAX = 1_000;
const UNTOLD_BYTES_MAX = 64 * 1024;

/** `fresh`: of each update up to the first refused one, whether it brought anything. `clocks`: those that the updates moved. */
interface RoomVerdict {
  readonly fresh: readonly boolean[];
  readonly refused: boolean;
  readonly clocks: ReadonlyMap<number, number>;
}

/** What is known here of the thread's copy of a room. */
interface Copy {
  /** Of what was accepted, told or not. */
  readonly clocks: Clocks;
  /** Plain edits, accepted without a trial, that the thread does not have yet. */
  untold: Uint8Array[];
  untoldBytes: number;
}

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
 * throw, hang or exhaust does so there. What only types is known to be sound by its bytes, and the thread hears of it later.
 * Invariant: the copy, with what it was not told yet, holds what was accepted so far and nothing else; verdicts of a room come in the order
 * of the questions.
 * What breaks: a refused update spoils the copy; a restart of the thread loses all copies.
 * How it recovers: the copy is made anew from `base`, the room's own state plus what is accepted and not yet stored. A batch that ends the
 * thread is asked again one by one, so that only the guilty update is refused.
 */
export class UpdateDecoder {
  readonly #copies = new Map<string, Copy>();
  readonly #worker = new IsolatedWorker(YJS_WORKER, { memoryMbMax: MEMORY_MB_MAX, stackMb: STACK_MB }, () => this.#copies.clear());
  #waiting: Question[] = [];
  /** Rooms of which the thread has not been told much. */
  readonly #toTell = new Set<string>();
  #working: Promise<void> | null = null;
  /** So many of the next questions are asked alone. */
  #singly = 0;

  /** `base` is asked for only when the copy has to be made. Rejects with `unavailable` when the server is overrun or stops. */
  check(room: string, update: Uint8Array, base: () => Uint8Array[]): Promise<Verdict> {
    if (this.#waiting.length >= WAITING_MAX) return Promise.reject(new CodedError("unavailable", "too many updates at once"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ room, update, base, resolve, reject, again: false });
      this.#working ??= this.#work();
    });
  }

  forget(room: string): void {
    this.#copies.delete(room);
  }

  /** Resolves when every question so far is answered. */
  async idle(): Promise<void> {
    await this.#working;
  }

  stop(): Promise<void> {
    return this.#worker.stop();
  }

  /** Never rejects. */
  async #work(): Promise<void> {
    await pause(GATHER_MS);
    this.#passPlainEdits();
    while (this.#waiting.length > 0 || this.#toTell.size > 0) {
      const batch = this.#take();
      try {
        await this.#ask(batch);
      } catch (error) {
        for (const question of batch) question.reject(error instanceof Error ? error : new Error(String(error)));
      }
      this.#passPlainEdits();
    }
    // In the same step in which it was seen that nothing waits: a question between the two would wait for ever.
    this.#working = null;
  }

  /** Accepts what only types. Not what came after something that must be tried, so that verdicts keep their order. */
  #passPlainEdits(): void {
    const tried = new Set<string>();
    const waiting: Question[] = [];
    for (const question of this.#waiting) {
      const { room, update } = question;
      const copy = this.#copies.get(room);
      if (!copy || tried.has(room) || !followPlainEdit(update, copy.clocks)) {
        tried.add(room);
        waiting.push(question);
        continue;
      }
      copy.untold.push(update);
      copy.untoldBytes += update.length;
      if (copy.untold.length >= UNTOLD_MAX || copy.untoldBytes >= UNTOLD_BYTES_MAX) this.#toTell.add(room);
      question.resolve("applied");
    }
    this.#waiting = waiting;
  }

  /** The next questions, of whatever rooms. */
  #take(): Question[] {
    const most = this.#singly > 0 ? 1 : BATCH_MAX;
    let [count, bytes] = [0, 0];
    for (const { update } of this.#waiting) {
      bytes += update.length;
      if (count === most || (count > 0 && bytes > BATCH_BYTES_MAX)) break;
      count += 1;
    }
    this.#singly = Math.max(0, this.#singly - 1);
    return this.#waiting.splice(0, count);
  }

  async #ask(batch: readonly Question[]): Promise<void> {
    const deadline = batch.some(({ again }) => again) ? DECODE_AGAIN_MS_MAX : DECODE_MS_MAX;
    const toTell = [...this.#toTell];
    this.#toTell.clear();
    try {
      const rooms = byRoom(batch);
      await this.#hold(rooms);
      for (const room of toTell) if (!rooms.has(room)) rooms.set(room, []);
      const [asked, later] = [[...rooms].filter(([room]) => this.#copies.has(room)), [...rooms].filter(([room]) => !this.#copies.has(room))];
      this.#waiting.unshift(...later.flatMap(([, questions]) => questions));
      const parts = asked.map(([room, questions]) => ({ room, told: this.#takeUntold(room), asked: questions.map(({ update }) => update) }));
      const job = parts.map((part) => ({ room: part.room, told: part.told.map(lengthOf), asked: part.asked.map(lengthOf) }));
      const bytes = Uint8Array.from(Buffer.concat(parts.flatMap((part) => [...part.told, ...part.asked])));
      const verdicts = (await this.#worker.run({ kind: "apply", rooms: job, bytes }, deadline)) as readonly RoomVerdict[];
      for (const [index, [room, questions]] of asked.entries()) this.#answer(room, questions, verdicts[index] ?? { fresh: [], refused: true, clocks: new Map() });
    } catch (error) {
      // What they were told with this job is lost, whatever the reason.
      for (const room of [...batch.map((question) => question.room), ...toTell]) this.#copies.delete(room);
      if (!(error instanceof JobFailure)) throw error;
      this.#askSingly(batch);
    }
  }

  #takeUntold(room: string): readonly Uint8Array[] {
    const copy = this.#copies.get(room);
    if (!copy) return [];
    const { untold } = copy;
    copy.untold = [];
    copy.untoldBytes = 0;
    return untold;
  }

  /** What follows a refused update of its room is asked again, on a new copy. */
  #answer(room: string, questions: readonly Question[], { fresh, refused, clocks }: RoomVerdict): void {
    const copy = this.#copies.get(room);
    for (const [client, clock] of clocks) copy?.clocks.set(client, clock);
    for (const [index, isFresh] of fresh.entries()) questions[index]?.resolve(isFresh ? "applied" : "known");
    if (!refused) return;
    this.#copies.delete(room);
    questions[fresh.length]?.resolve("refused");
    this.#waiting.unshift(...questions.slice(fresh.length + 1));
  }

  /** One of these ended the thread. Whoever was alone and asked for the second time did. */
  #askSingly(batch: readonly Question[]): void {
    const [only] = batch;
    if (batch.length === 1 && only?.again) return only.resolve("refused");
    for (const question of batch) question.again = true;
    this.#waiting.unshift(...batch);
    this.#singly = batch.length;
  }

  /** Makes the copies that are missing. Of rooms too large to be held together the first go again, and wait for the next turn. */
  async #hold(rooms: ReadonlyMap<string, readonly Question[]>): Promise<void> {
    const missing = [...rooms].filter(([room]) => !this.#copies.has(room));
    // Whoever was just told "applied" notes its update first, so that `base` has it.
    if (missing.length > 0) await new Promise((resolve) => setImmediate(resolve));
    for (const [room, [question]] of missing) {
      // Copies: a small buffer is a view of a pool, all of which would cross.
      const base = question?.base().map((part) => new Uint8Array(part)) ?? [];
      const { evicted, clocks } = (await this.#worker.run({ kind: "hold", room, base }, HOLD_MS_MAX)) as { evicted: string[]; clocks: Clocks };
      this.#copies.set(room, { clocks, untold: [], untoldBytes: 0 });
      for (const other of evicted) this.#copies.delete(other);
    }
  }
}

const lengthOf = ({ length }: Uint8Array): number => length;

function byRoom(questions: readonly Question[]): Map<string, readonly Question[]> {
  const rooms = new Map<string, Question[]>();
  for (const question of questions) {
    const others = rooms.get(question.room);
    if (others) others.push(question);
    else rooms.set(question.room, [question]);
  }
  return rooms;
}
