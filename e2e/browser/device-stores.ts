import type { Page } from "playwright-core";
import type { PulledDocument } from "./person.ts";

/** Everything in one object store of a database of the open page, read below all of our own code. */
const readStore = (page: Page, database: string, store: string): Promise<Record<string, unknown>[]> =>
  page.evaluate(
    ([name, from]) =>
      new Promise<Record<string, unknown>[]>((resolve, reject) => {
        const opening = indexedDB.open(name);
        opening.onerror = () => reject(new Error(`${name} does not open`));
        opening.onsuccess = () => {
          const all = opening.result.transaction(from, "readonly").objectStore(from).getAll();
          all.onerror = () => reject(new Error(`${name}/${from} is not read`));
          all.onsuccess = () => {
            opening.result.close();
            resolve(all.result as Record<string, unknown>[]);
          };
        };
      }),
    [database, store] as const,
  );

async function storeName(page: Page, userId: string, collection: string): Promise<string | undefined> {
  const names = await page.evaluate(() => indexedDB.databases().then((all) => all.map((one) => one.name ?? "")));
  return names.find((one) => one.startsWith(`rxdb-dexie-mochila-${userId}--`) && one.endsWith(`--${collection}`));
}

/** The documents of a collection that this device holds for a person, by id, as the server gave or will get them. */
export async function documentsOnDevice(page: Page, userId: string, collection: string): Promise<Map<string, PulledDocument>> {
  const name = await storeName(page, userId, collection);
  if (!name) return new Map();
  const held = new Map<string, PulledDocument>();
  for (const row of await readStore(page, name, "docs")) {
    if (row["_deleted"] === true || row["_deleted"] === "1") continue;
    // RxDB's own fields begin with an underscore, its index fields with a bar.
    const document = Object.fromEntries(Object.entries(row).flatMap(([field, value]) => (/^[_|]/.test(field) ? [] : [[field, unpacked(value)]])));
    held.set(String(document["id"]), document as unknown as PulledDocument);
  }
  return held;
}

/** A page's text lies there as JSON. */
const unpacked = (value: unknown): unknown => {
  const { json } = (value ?? {}) as { json?: unknown };
  return typeof json === "string" ? JSON.parse(json) : value;
};

/** What the engine noted for itself on this device; null: nothing. */
export async function settingOnDevice(page: Page, userId: string, name: string): Promise<unknown> {
  const rows = await readStore(page, `mochila-${userId}-local`, "settings");
  return rows.find((row) => row["name"] === name)?.["value"] ?? null;
}

/** Ids of all activity events that this device recorded for a person: sent or not. */
export async function eventsOnDevice(page: Page, userId: string): Promise<string[]> {
  const rows = await readStore(page, `mochila-${userId}-local`, "events");
  return rows.map((row) => (row["event"] as { id: string }).id);
}

/** What the app has noted as not answered by the server. */
export async function marksOnDevice(page: Page, userId: string): Promise<{ key: string; collection: string; id: string; rev: string }[]> {
  return (await readStore(page, `mochila-${userId}-local`, "dirty")) as { key: string; collection: string; id: string; rev: string }[];
}

/** As if the person had written these too, beside the one draft that waits on this device: copies of its row and of its mark, each later than the one before. */
export async function multiplyDraft(page: Page, userId: string, drafts: readonly { id: string; rev: string }[]): Promise<void> {
  const name = await storeName(page, userId, "drafts");
  if (!name) throw new Error("no draft was written on this device");
  await page.evaluate(
    async ([documents, local, copies]) => {
      const request = <T>(one: IDBRequest<T>) => new Promise<T>((resolve, reject) => ((one.onsuccess = () => resolve(one.result)), (one.onerror = () => reject(one.error))));
      const multiply = async (database: string, store: string, copiesOf: (rows: Record<string, unknown>[]) => object[]) => {
        const opened = await request(indexedDB.open(database));
        const transaction = opened.transaction(store, "readwrite");
        const objects = transaction.objectStore(store);
        for (const copy of copiesOf(await request(objects.getAll()))) objects.put(copy);
        await new Promise((resolve, reject) => ((transaction.oncomplete = resolve), (transaction.onerror = reject)));
        opened.close();
      };
      let written = "";
      await multiply(local, "dirty", (rows) => {
        const mark = rows.find(({ collection }) => collection === "drafts");
        if (!mark) throw new Error("no draft waits");
        written = String(mark["id"]);
        return copies.map(({ id, rev }) => ({ ...mark, key: String(mark["key"]).replace(written, id), id, rev }));
      });
      await multiply(documents, "docs", (rows) => {
        const row = rows.find(({ id }) => id === written);
        if (!row) throw new Error("no row has the mark's id");
        const meta = row["_meta"] as { lwt: number };
        return copies.map((copy, index) => ({ ...row, ...copy, _meta: { ...meta, lwt: meta.lwt + index + 1 } }));
      });
    },
    [name, `mochila-${userId}-local`, drafts] as const,
  );
}
