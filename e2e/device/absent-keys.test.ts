import "fake-indexeddb/auto";
import { absentKeys } from "@mochila/client/db/absent-keys.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { type DBCore, type DBCoreTable, Dexie } from "dexie";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";

interface Row {
  readonly id: string;
  readonly text?: string;
}

/** A tab's own way to the store, as the app's: `readKeys` counts how often all keys were read. */
function openTab(name: string) {
  const readKeys = vi.fn();
  const spied = (table: DBCoreTable): DBCoreTable => ({
    ...table,
    query: (request) => {
      if (!request.values) readKeys();
      return table.query(request);
    },
  });
  const tab = new Dexie(name) as Dexie & { docs: Dexie.Table<Row, string> };
  tab.version(1).stores({ docs: "id" });
  tab.use({ stack: "dbcore", name: "spy", level: -20, create: (core: DBCore) => ({ ...core, table: (table) => spied(core.table(table)) }) });
  tab.use(absentKeys);
  return { tab, readKeys };
}

const rows = (count: number): Row[] => Array.from({ length: count }, () => ({ id: newId(), text: "first" }));
const idsOf = (list: readonly Row[]) => list.map(({ id }) => id);

let name: string;
let mine: ReturnType<typeof openTab>;
let other: ReturnType<typeof openTab>;

beforeEach(() => {
  name = newId();
  [mine, other] = [openTab(name), openTab(name)];
});
afterEach(async () => {
  mine.tab.close();
  other.tab.close();
  await Dexie.delete(name);
});

const found = async ({ tab }: typeof mine, list: readonly Row[]) => (await tab.docs.bulkGet(idsOf(list))).map((row) => row?.id);

describe("a lookup of many keys (D13)", () => {
  test("of which none is there reads the keys of the store once, however many pages are written after", async () => {
    const pages = Array.from({ length: 5 }, () => rows(40));
    for (const page of pages) {
      expect(await found(mine, page)).toEqual(page.map(() => undefined));
      await mine.tab.docs.bulkPut(page);
    }
    for (const page of pages) expect(await found(mine, page)).toEqual(idsOf(page));
    expect(mine.readKeys).toHaveBeenCalledTimes(1);
  });

  test("finds what another tab wrote, at every moment", async () => {
    const [first, second, third] = [rows(30), rows(30), rows(30)];
    await mine.tab.docs.bulkPut(first);
    expect(await found(mine, [...first, ...second])).toEqual([...idsOf(first), ...second.map(() => undefined)]);
    await other.tab.docs.bulkPut(second);
    expect(await found(mine, [...first, ...second, ...third])).toEqual([...idsOf(first), ...idsOf(second), ...third.map(() => undefined)]);
    await mine.tab.docs.bulkPut(third);
    expect(await found(other, [...first, ...second, ...third])).toEqual(idsOf([...first, ...second, ...third]));
  });

  test("does not believe in rows of a transaction that was given up, also when another tab wrote as many", async () => {
    const [before, givenUp, others] = [rows(25), rows(25), rows(25)];
    await mine.tab.docs.bulkPut(before);
    await found(mine, [...before, ...others]);
    const work = mine.tab.transaction("rw", mine.tab.docs, async () => {
      await mine.tab.docs.bulkPut(givenUp);
      // Asked in the middle of it: these are there for this transaction, and are not learnt.
      expect(await found(mine, givenUp)).toEqual(idsOf(givenUp));
      throw new Error("given up");
    });
    await expect(work).rejects.toThrow("given up");
    await other.tab.docs.bulkPut(others);
    expect(await found(mine, [...givenUp, ...others])).toEqual([...givenUp.map(() => undefined), ...idsOf(others)]);
  });

  test("learns nothing from a transaction that begins to write while it looks, however its table is reached", async () => {
    const [before, givenUp, others] = [rows(25), rows(25), rows(25)];
    await mine.tab.docs.bulkPut(before);
    const work = mine.tab.transaction("rw", mine.tab.docs, async (transaction) => {
      const looked = mine.tab.docs.bulkGet(idsOf([...before, ...others]));
      await Promise.all([looked, transaction.table("docs").bulkPut(givenUp)]);
      await mine.tab.docs.bulkGet(idsOf([...before, ...others]));
      throw new Error("given up");
    });
    await expect(work).rejects.toThrow("given up");
    await other.tab.docs.bulkPut(others);
    expect(await found(mine, [...givenUp, ...others])).toEqual([...givenUp.map(() => undefined), ...idsOf(others)]);
  });

  test("keeps its transaction for what Dexie does with the answer", async () => {
    const list = rows(150);
    await mine.tab.docs.bulkPut(list);
    await mine.tab.docs.toCollection().modify({ text: "changed" });
    expect((await mine.tab.docs.toArray()).every(({ text }) => text === "changed")).toBe(true);
  });

  test("of a few keys does not spoil those of many", async () => {
    await mine.tab.docs.bulkPut(rows(500));
    await found(mine, rows(24));
    const page = rows(40);
    expect(await found(mine, page)).toEqual(page.map(() => undefined));
    expect(mine.readKeys).toHaveBeenCalledTimes(1);
  });

  test("gives the newest of what was written over", async () => {
    const list = rows(30);
    await mine.tab.docs.bulkPut(list);
    await found(mine, list);
    await other.tab.docs.bulkPut(list.map((row) => ({ ...row, text: "second" })));
    expect((await mine.tab.docs.bulkGet(idsOf(list))).map((row) => row?.text)).toEqual(list.map(() => "second"));
  });

  test("in a store that is much larger than the question goes key by key", async () => {
    const many = rows(900);
    await mine.tab.docs.bulkPut(many);
    const asked = [...many.slice(0, 20), ...rows(20)];
    expect(await found(mine, asked)).toEqual([...idsOf(asked.slice(0, 20)), ...Array.from({ length: 20 }, () => undefined)]);
    expect(mine.readKeys).not.toHaveBeenCalled();
  });

  test("may trust that no row is taken out: that is refused", async () => {
    const row: Row = { id: newId() };
    await mine.tab.docs.put(row);
    await expect(mine.tab.docs.delete(row.id)).rejects.toThrow("not taken out");
    await expect(mine.tab.docs.clear()).rejects.toThrow("not taken out");
    expect(await found(mine, [row])).toEqual([row.id]);
  });
});
