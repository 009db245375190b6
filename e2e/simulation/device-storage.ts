import type { RxStorage, RxStorageInstance } from "rxdb/plugins/core";
import { getRxStorageMemory } from "rxdb/plugins/storage-memory";
import type { Seeded } from "./seeded.ts";

type Instance<Document> = RxStorageInstance<Document, unknown, unknown>;
type BulkWrite = RxStorageInstance<unknown, unknown, unknown>["bulkWrite"];

/** What is wrong with a device's disk and clock. */
export interface DiskState {
  /** Now and then something fails. */
  failing: boolean;
  /** There is no room for anything. */
  full: boolean;
  /** How far its clock is from the true time, in milliseconds. */
  clockOffsetMs: number;
  /** The next row that a pull brings is lost on its way, and nobody is told. */
  losesNextRow: boolean;
  lostRows: number;
}

interface Disk {
  readonly random: Seeded;
  readonly state: DiskState;
  onFailure(): void;
  onQuota(): void;
  onLoss(): void;
}

class QuotaExceededError extends Error {
  override name = "QuotaExceededError";
}

/**
 * RxDB's memory, where a write is in what `internals` shows when it is done.
 * What breaks without it: RxDB puts it there after a real timer, so who looks there directly sees it or not, as the machine is fast or slow.
 */
export function promptMemory(): ReturnType<typeof getRxStorageMemory> {
  const storage = getRxStorageMemory();
  return {
    ...storage,
    async createStorageInstance(params) {
      const instance = await storage.createStorageInstance(params);
      const write = instance.bulkWrite.bind(instance);
      const settle = instance as unknown as { ensurePersistence(): void };
      instance.bulkWrite = (...args) => {
        const written = write(...args);
        settle.ensurePersistence();
        return written;
      };
      return instance;
    },
  };
}

/** A storage whose writes, and seldom its reads, fail before they happen. */
export function failingStorage<Internals, Options>(storage: RxStorage<Internals, Options>, { random, state, onFailure, onQuota }: Disk): RxStorage<Internals, Options> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance(params) {
      const instance = await storage.createStorageInstance(params);
      const unreliable =
        <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>, chance: number) =>
        (...args: Args): Promise<Result> => {
          if (!state.failing || !random.chance(chance)) return work.apply(instance, args);
          onFailure();
          return Promise.reject(new Error("the disk failed"));
        };
      const written = unreliable(instance.bulkWrite, 0.03);
      instance.bulkWrite = (...args) => {
        if (!state.full) return written(...args);
        onQuota();
        return Promise.reject(new QuotaExceededError());
      };
      instance.findDocumentsById = unreliable(instance.findDocumentsById, 0.01);
      instance.query = unreliable(instance.query, 0.01);
      return instance;
    },
  };
}

/** Writes the device's own time into each row, and loses one where it is told to. Once for each write, however often it is tried. */
export function strayingStorage<Document>(instance: Instance<Document>, { state, onLoss }: Disk): void {
  const write = instance.bulkWrite.bind(instance) as BulkWrite;
  const stray: BulkWrite = (rows, context) => {
    for (const { document } of rows) if (state.clockOffsetMs !== 0) document._meta = { ...document._meta, lwt: document._meta.lwt + state.clockOffsetMs };
    const lost = state.losesNextRow && context.includes("downstream");
    if (!lost) return write(rows, context);
    state.losesNextRow = false;
    state.lostRows += 1;
    onLoss();
    return rows.length > 1 ? write(rows.slice(1), context) : Promise.resolve({ error: [] });
  };
  instance.bulkWrite = stray as Instance<Document>["bulkWrite"];
}

/**
 * One life of a program on a device. After it has died nothing it had begun is ever written: a promise that never resolves is what
 * a killed process leaves. While it is frozen everything it asks of the device waits.
 */
export class Life {
  /** Writes until it dies; null: it does not. */
  writesLeft: number | null = null;
  dead = false;
  #thawed: Promise<void> | null = null;
  #thaw = () => undefined as void;
  constructor(private readonly onDeath: () => void) {}

  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.onDeath();
  }

  freeze(): void {
    this.#thawed = new Promise((resolve) => (this.#thaw = resolve));
  }

  thaw(): void {
    this.#thaw();
    this.#thawed = null;
  }

  /** What this life is told of something: nothing after its death, and later when it is frozen. */
  async hears<Answer>(answer: Promise<Answer>): Promise<Answer> {
    try {
      const value = await answer;
      await this.#thawed;
      return this.dead ? await new Promise<never>(() => undefined) : value;
    } catch (error) {
      await this.#thawed;
      if (this.dead) await new Promise<never>(() => undefined);
      throw error;
    }
  }

  /** The instance as this life sees it. What is set on the view stays with it. */
  view<Document>(instance: Instance<Document>): Instance<Document> {
    const own = new Map<string | symbol, unknown>();
    const asked =
      <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>) =>
      (...args: Args): Promise<Result> =>
        this.#thawed ? this.#thawed.then(() => work.apply(instance, args)) : work.apply(instance, args);
    const write = asked(instance.bulkWrite);
    own.set("findDocumentsById", asked(instance.findDocumentsById)).set("query", asked(instance.query));
    const bulkWrite: Instance<Document>["bulkWrite"] = (rows, context) => {
      if (this.writesLeft !== null && this.writesLeft-- <= 0) this.die();
      return this.dead ? new Promise(() => undefined) : write(rows, context);
    };
    own.set("bulkWrite", bulkWrite);
    return new Proxy(instance, {
      set: (_target, key, value: unknown) => Boolean(own.set(key, value)),
      get: (target, key) => {
        if (own.has(key)) return own.get(key);
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }
}
