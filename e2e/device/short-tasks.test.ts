import "fake-indexeddb/auto";
import { shortTasks } from "@mochila/client/db/short-tasks.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { type DBCore, type DBCoreTable, Dexie } from "dexie";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

interface Row {
  readonly id: string;
  readonly place: number;
}

let tab: Dexie & { docs: Dexie.Table<Row, string> };
/** In order: how many rows were handed over, and when a row that was handed over by itself was stored. */
let log: (number | "stored")[];

const spied = (table: DBCoreTable): DBCoreTable => ({
  ...table,
  mutate: async (request) => {
    if (request.type !== "put") return table.mutate(request);
    log.push(request.values.length);
    const answer = await table.mutate(request);
    if (request.values.length === 1) log.push("stored");
    return answer;
  },
});

beforeEach(() => {
  log = [];
  tab = new Dexie(newId()) as typeof tab;
  tab.version(1).stores({ docs: "id" });
  tab.use({ stack: "dbcore", name: "spy", level: -20, create: (core: DBCore) => ({ ...core, table: (table) => spied(core.table(table)) }) });
  tab.use(shortTasks);
});
afterEach(() => tab.delete());

const rows = (count: number): Row[] => Array.from({ length: count }, (_, place) => ({ id: `row ${String(place).padStart(4, "0")}`, place }));

describe("a large write (D13)", () => {
  test("is handed over in parts, and is whole and in its order", async () => {
    const list = rows(950);
    const keys = await tab.docs.bulkPut(list, { allKeys: true });
    expect(keys).toEqual(list.map(({ id }) => id));
    expect(await tab.docs.toArray()).toEqual(list);
    expect(log).toEqual([1, 199, "stored", 1, 199, "stored", 1, 199, "stored", 1, 199, "stored", 1, 149, "stored"]);
  });

  test.each([199, 200, 201, 400, 401])("of %d rows ends with the key of its last row", async (count) => {
    expect(await tab.docs.bulkPut(rows(count))).toBe(rows(count).at(-1)?.id);
    expect(await tab.docs.count()).toBe(count);
  });

  test("is stored whole or not at all", async () => {
    const work = tab.transaction("rw", tab.docs, async () => {
      await tab.docs.bulkPut(rows(950));
      throw new Error("given up");
    });
    await expect(work).rejects.toThrow("given up");
    expect(await tab.docs.count()).toBe(0);
  });

  test("with a row that cannot be stored fails with that row's reason, and nothing of it is stored", async () => {
    const list: Row[] = rows(950).map((row) => (row.place === 450 ? ({ place: 450 } as Row) : row));
    await expect(tab.transaction("rw", tab.docs, () => tab.docs.bulkPut(list))).rejects.toMatchObject({ name: "DataError" });
    expect(await tab.docs.count()).toBe(0);
  });

  test("lets others of its transaction go on after it", async () => {
    await tab.transaction("rw", tab.docs, async () => {
      await tab.docs.bulkPut(rows(450));
      await tab.docs.put({ id: "row 0000", place: -1 });
    });
    expect((await tab.docs.get("row 0000"))?.place).toBe(-1);
    expect(await tab.docs.count()).toBe(450);
  });
});
