import { setTimeout as pause } from "node:timers/promises";
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

/**
 * Crossing to the thread, a commit and a write to a socket each cost more than a keystroke's update: what comes within this time, of all
 * rooms, crosses together, is logged together and told together. The others see a keystroke some 75 ms after it was struck.
 */
const GATHER_MS = 70;
const BATCH_MAX = 256;
const BATCH_BYTES_MAX = 256 * 1024;
const WAITING_MAX = 50_000;

/**
 * `fresh`: of each update up to the first refused one, whether it brought anything. `together`: they were tried as one, so that nobody knows
 * which of them is refused.
 */
interface RoomVerdict {
  readonly fresh: readonly boolean[];
  readonly refused: boolean;
  readonly together: boolean;
}

export interface Question {
  readonly room: string;
  readonly update: Uint8Array;
  /** What the room holds. Asked for only when the copy has to be made. */
  readonly base: () => Uint8Array[];
  /** Told once, in the step in which the verdict comes. An error is `unavailable`: the server is overrun or stops. Must not throw. */
  readonly answer: (verdict: Verdict | Error) => void;
}

/** `again`: it may have ended the thread. `apart`: others of its room and it, tried as one, were refused. */
interface Waiting extends Question {
  again: boolean;
  apart: boolean;
}

/**
 * Duty: tries each update of a client on a copy of its room in another thread, before anything is stored or told to others. What would
 * throw, hang or exhaust does so there.
 * Invariant: the copy holds what was accepted so far and nothing else; verdicts come in the order of the questions. What a copy says that was
 * forgotten meanwhile counts for nothing: it may hold what was never stored.
 * What breaks: a refused update spoils the copy; a restart of the thread loses all copies.
 * How it recovers: the copy is made anew from `base`, the room's own state plus what is accepted and not yet stored. What is refused together
 * is tried again one after the other, a batch that ends the thread is asked again one by one: only the guilty update is refused.
 */
export class UpdateDecoder {
  /** Rooms of which the thread has a copy, each with the mark of that copy. */
  readonly #copies = new Map<string, symbol>();
  readonly #worker = new IsolatedWorker(YJS_WORKER, { memoryMbMax: MEMORY_MB_MAX, stackMb: STACK_MB }, () => this.#copies.clear());
  /** The copy that is being made, and whether its room was forgotten meanwhile. */
  #holding: { readonly room: string; forgotten: boolean } | null = null;
  #waiting: Waiting[] = [];
  #working: Promise<void> | null = null;
  /** So many of the next questions are asked alone. */
  #singly = 0;

  check(question: Question): void {
    if (this.#waiting.length >= WAITING_MAX) return question.answer(new CodedError("unavailable", "too many updates at once"));
    const { room, update, base, answer } = question;
    // Field by field: what is made by spreading and outlives a clearing of the young heap V8 soon makes in the old one, and with it stays all that it
    // names until the old one is cleared, too. A tenth of the time went into that.
    this.#waiting.push({ room, update, base, answer, again: false, apart: false });
    this.#working ??= this.#work();
  }

  forget(room: string): void {
    this.#copies.delete(room);
    if (this.#holding?.room === room) this.#holding.forgotten = true;
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
    while (this.#waiting.length > 0) await this.#ask(this.#take());
    // In the same step in which it was seen that nothing waits: a question between the two would wait for ever.
    this.#working = null;
  }

  /** The next questions, of whatever rooms. */
  #take(): Waiting[] {
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

  /** Never rejects. */
  async #ask(batch: readonly Waiting[]): Promise<void> {
    const deadline = batch.some(({ again }) => again) ? DECODE_AGAIN_MS_MAX : DECODE_MS_MAX;
    // Neither answered nor waiting again: what goes wrong concerns these alone, and each is told once.
    const open = byRoom(batch);
    try {
      await this.#hold(open);
      const asked = [...open].map(([room, questions]) => ({ room, questions, mark: this.#copies.get(room) }));
      const job = asked.map(({ room, questions }) => ({ room, lengths: questions.map(({ update }) => update.length), apart: questions.some(({ apart }) => apart) }));
      const bytes = Uint8Array.from(Buffer.concat(asked.flatMap(({ questions }) => questions.map(({ update }) => update))));
      const verdicts = (await this.#worker.run({ kind: "apply", rooms: job, bytes }, deadline)) as readonly RoomVerdict[];
      for (const [index, one] of asked.entries()) {
        open.delete(one.room);
        this.#answer(one, verdicts[index] ?? { fresh: [], refused: true, together: false });
      }
    } catch (error) {
      const questions = [...open.values()].flat();
      if (!(error instanceof JobFailure)) return tellAll(questions, error);
      for (const room of open.keys()) this.#copies.delete(room);
      this.#askSingly(questions);
    }
  }

  /** What follows a refused update of its room is asked again, on a new copy; so is what follows an answer after which the room was forgotten. */
  #answer({ room, questions, mark }: { room: string; questions: readonly Waiting[]; mark: symbol | undefined }, { fresh, refused, together }: RoomVerdict): void {
    if (refused && together) {
      this.#copies.delete(room);
      for (const question of questions) question.apart = true;
    }
    for (const [index, question] of questions.entries()) {
      if (this.#copies.get(room) !== mark) return void this.#waiting.unshift(...questions.slice(index));
      const isFresh = fresh[index];
      if (isFresh === undefined) this.#copies.delete(room);
      question.answer(isFresh === undefined ? "refused" : isFresh ? "applied" : "known");
    }
  }

  /** One of these ended the thread. Whoever was alone and asked for the second time did. */
  #askSingly(batch: readonly Waiting[]): void {
    const [only] = batch;
    if (batch.length === 1 && only?.again) return only.answer("refused");
    for (const question of batch) question.again = true;
    this.#waiting.unshift(...batch);
    this.#singly = batch.length;
  }

  /**
   * Makes the copies that are missing. Takes out of `open` what cannot be asked now: rooms whose own state cannot be read are answered so by
   * themselves; of rooms too large to be held together the first wait for the next turn.
   */
  async #hold(open: Map<string, readonly Waiting[]>): Promise<void> {
    for (const [room, questions] of open) {
      if (this.#copies.has(room)) continue;
      const base = baseOf(questions);
      if (!base) {
        open.delete(room);
        continue;
      }
      const holding = (this.#holding = { room, forgotten: false });
      const { evicted } = (await this.#worker.run({ kind: "hold", room, base }, HOLD_MS_MAX)) as { evicted: string[] };
      if (!holding.forgotten) this.#copies.set(room, Symbol(room));
      for (const other of evicted) this.#copies.delete(other);
    }
    const later = [...open].filter(([room]) => !this.#copies.has(room));
    for (const [room] of later) open.delete(room);
    this.#waiting.unshift(...later.flatMap(([, questions]) => questions));
  }
}

/** What a room holds, or null, and then its questions are answered. */
function baseOf(questions: readonly Waiting[]): Uint8Array[] | null {
  try {
    // Copies: a small buffer is a view of a pool, all of which would cross.
    return questions[0]?.base().map((part) => new Uint8Array(part)) ?? [];
  } catch (error) {
    tellAll(questions, error);
    return null;
  }
}

function tellAll(questions: readonly Waiting[], error: unknown): void {
  for (const question of questions) question.answer(error instanceof Error ? error : new Error(String(error)));
}

function byRoom(questions: readonly Waiting[]): Map<string, readonly Waiting[]> {
  const rooms = new Map<string, Waiting[]>();
  for (const question of questions) {
    const others = rooms.get(question.room);
    if (others) others.push(question);
    else rooms.set(question.room, [question]);
  }
  return rooms;
}
