import type { RxStorage } from "rxdb/plugins/core";
import { describe, expect, test } from "vitest";
import { isQuotaExceeded } from "./quota.ts";
import { retryingStorage } from "./retrying-storage.ts";

const named = (name: string, more: object = {}) => Object.assign(new Error(name), { name }, more);

/** A storage whose writes fail as told before they succeed. Only what the wrapper touches is there. */
function failing(errors: unknown[], instance: object = {}) {
  const written: unknown[] = [];
  const unlessFailing = <Answer>(answer: Answer): Promise<Answer> => {
    const error = errors.shift();
    return error ? Promise.reject(error) : Promise.resolve(answer);
  };
  const storage = {
    name: "failing",
    rxdbVersion: "17",
    createStorageInstance: () =>
      Promise.resolve({
        internals: Promise.resolve(null),
        query: () => unlessFailing(["a"]),
        count: () => unlessFailing(["a"]),
        findDocumentsById: () => unlessFailing(["a"]),
        ...instance,
        bulkWrite: async (rows: unknown[]) => {
          const answer = await unlessFailing({ error: [] });
          written.push(...rows);
          return answer;
        },
      }),
  } as unknown as RxStorage<unknown, unknown>;
  return { storage, written };
}

async function write(errors: unknown[], instance: object = {}) {
  const { storage, written } = failing(errors, instance);
  const waits: number[] = [];
  const failures: boolean[] = [];
  const wrapped = retryingStorage(storage, {
    wait: (ms) => Promise.resolve(void waits.push(ms)),
    onFailure: ({ quota }) => Promise.resolve(void failures.push(quota)),
  });
  const opened = await wrapped.createStorageInstance({} as never);
  await opened.bulkWrite(["row"] as never, "test");
  return { written, waits, failures };
}

describe("a storage that throws", () => {
  test("is tried again with growing pauses until the write happens", async () => {
    const { written, waits } = await write(Array.from({ length: 9 }, () => named("AbortError")));
    expect(written).toEqual(["row"]);
    expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  });

  test("is read again too, in every way: a read that fails while a page is taken would lose the page", async () => {
    const errors: unknown[] = [];
    const { storage } = failing(errors);
    const wrapped = retryingStorage(storage, { wait: () => Promise.resolve(), onFailure: () => Promise.resolve() });
    const opened = await wrapped.createStorageInstance({} as never);
    for (const read of [() => opened.findDocumentsById(["a"], true), () => opened.query({} as never), () => opened.count({} as never)]) {
      errors.push(named("DatabaseClosedError"), named("AbortError"));
      expect(await read()).toEqual(["a"]);
      expect(errors).toEqual([]);
    }
  });

  test("asks for room before the next try when the disk is full", async () => {
    const { failures } = await write([named("AbortError", { inner: named("QuotaExceededError") }), named("AbortError")]);
    expect(failures).toEqual([true, false]);
  });

  test("opens a database again that a full disk has closed", async () => {
    let opened = 0;
    await write([named("DatabaseClosedError")], { internals: Promise.resolve({ dexieDb: { isOpen: () => false, open: () => Promise.resolve(void (opened += 1)) } }) });
    expect(opened).toBe(1);
  });

  test.each([named("DataCloneError"), named("SchemaError"), named("NotFoundError"), Object.assign(new Error("SNH"), { rxdb: true })])("does not hide a mistake of the program: %s", async (error) => {
    await expect(write([error])).rejects.toBe(error);
  });

  test("gives up once it is closed", async () => {
    await expect(write([named("DatabaseClosedError")], { closed: Promise.resolve() })).rejects.toThrow("DatabaseClosedError");
  });
});

test("a full disk is seen bare and wrapped", () => {
  expect(isQuotaExceeded(named("QuotaExceededError"))).toBe(true);
  expect(isQuotaExceeded(named("AbortError", { inner: named("QuotaExceededError") }))).toBe(true);
  expect(isQuotaExceeded(named("AbortError"))).toBe(false);
  expect(isQuotaExceeded(null)).toBe(false);
});
