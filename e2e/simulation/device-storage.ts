import { type RxStorage, type RxStorageInstance } from "rxdb/plugins/core";
import type { Seeded } from "./seeded.ts";

type Instance<Document> = RxStorageInstance<Document, unknown, unknown>;

/** A storage whose writes, and seldom its reads, fail before they happen, as on a full disk. */
export function failingStorage<Internals, Options>(
  storage: RxStorage<Internals, Options>,
  { random, failing, onFailure }: { random: Seeded; failing: () => boolean; onFailure: () => void },
): RxStorage<Internals, Options> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance(params) {
      const instance = await storage.createStorageInstance(params);
      const unreliable =
        <Args extends unknown[], Result>(work: (...args: Args) => Promise<Result>, chance: number) =>
        (...args: Args): Promise<Result> => {
          if (!failing() || !random.chance(chance)) return work.apply(instance, args);
          onFailure();
          return Promise.reject(new Error("the disk is full"));
        };
      instance.bulkWrite = unreliable(instance.bulkWrite, 0.03);
      instance.findDocumentsById = unreliable(instance.findDocumentsById, 0.01);
      instance.query = unreliable(instance.query, 0.01);
      return instance;
    },
  };
}

/**
 * One life of a program on a device. After it has died nothing it had begun is ever written: a promise that never resolves is what
 * a killed process leaves.
 */
export class Life {
  /** Writes until it dies; null: it does not. */
  writesLeft: number | null = null;
  dead = false;
  constructor(private readonly onDeath: () => void) {}

  die(): void {
    if (this.dead) return;
    this.dead = true;
    this.onDeath();
  }

  /** The instance as this life sees it. */
  view<Document>(instance: Instance<Document>): Instance<Document> {
    const bulkWrite: Instance<Document>["bulkWrite"] = (rows, context) => {
      if (this.writesLeft !== null && this.writesLeft-- <= 0) this.die();
      return this.dead ? new Promise(() => undefined) : instance.bulkWrite(rows, context);
    };
    return new Proxy(instance, {
      get: (target, key) => {
        if (key === "bulkWrite") return bulkWrite;
        const value: unknown = Reflect.get(target, key, target);
        return typeof value === "function" ? (value.bind(target) as unknown) : value;
      },
    });
  }
}
