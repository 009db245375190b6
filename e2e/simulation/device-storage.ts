import { type RxStorage, type RxStorageInstance } from "rxdb/plugins/core";
import type { Seeded } from "./seeded.ts";

type Instance<Document> = RxStorageInstance<Document, unknown, unknown>;

/** A storage whose writes fail now and then before they happen, as a full disk does. */
export function failingStorage<Internals, Options>(
  storage: RxStorage<Internals, Options>,
  { random, failing, onFailure }: { random: Seeded; failing: () => boolean; onFailure: () => void },
): RxStorage<Internals, Options> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance(params) {
      const instance = await storage.createStorageInstance(params);
      const write = instance.bulkWrite.bind(instance);
      instance.bulkWrite = (rows, context) => {
        if (!failing() || !random.chance(0.03)) return write(rows, context);
        onFailure();
        return Promise.reject(new Error("the disk is full"));
      };
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
