import type { DBCoreGetManyRequest, DBCoreKeyRange, DBCoreTable, Dexie } from "dexie";
import { unkeptIndexesOf } from "./indexes.ts";

type Stores = Readonly<Record<string, string | null>>;

/** A range with both its ends. Dexie names its kinds by an enumeration that exists for the compiler only. */
const rangeOf = (lower: unknown, upper: unknown) => ({ type: 2, lower, upper }) as unknown as DBCoreKeyRange;
/** Fewer keys are looked up one by one. */
const LOOK_UP_TOGETHER = 20;
/** Reading the keys of so many documents costs no more than looking up one that was asked for. */
const KEYS_FOR_ONE = 20;

/**
 * How RxDB's Dexie storage lays out and reads a database. A first sync writes every document into an empty store: what it costs is
 * indexes that nobody reads, and a question for each document, four times, whether it is there.
 */
export const dexieSettings = {
  onCreate(database: Dexie, name: string): void {
    declareLess(database, name);
    database.use({ stack: "dbcore", name: "absent-keys", create: (core) => ({ ...core, table: (table) => askOnceForAbsent(core.table(table)) }) });
  },
};

/** RxDB's store beside a collection is only ever read by id. */
const isReadByIdOnly = (database: string): boolean => database.includes("--rx-replication-meta-");

/** Of the collection that a store belongs to. */
const unkept = (database: string): readonly string[] => unkeptIndexesOf(database.slice(database.lastIndexOf("--") + 2));

/**
 * `_meta.lwt` alone serves RxDB's cleanup, which we do not use; nothing reads the store of changes. A device whose stores were made with
 * them keeps them: Dexie takes a store that has more.
 */
function declareLess(database: Dexie, name: string): void {
  const declare = database.version.bind(database);
  database.version = (number) => {
    const version = declare(number);
    const stores = version.stores.bind(version);
    version.stores = ({ docs, attachments = null }: Stores) => {
      const [key = "", ...indexes] = docs?.split(", ") ?? [];
      const none = ["_meta.lwt", ...unkept(name)];
      return stores({ attachments, docs: [key, ...(isReadByIdOnly(name) ? [] : indexes.filter((index) => !none.includes(index)))].join(", ") });
    };
    return version;
  };
}

/**
 * Before a page is looked up key by key: which of its keys are there at all, in one question about what lies between the first and the last of
 * them. Ids begin with the time of their making, so what comes together lies together.
 */
function askOnceForAbsent(table: DBCoreTable): DBCoreTable {
  const { primaryKey } = table.schema;
  let isLarge = false;
  const getMany = async (request: DBCoreGetManyRequest): Promise<unknown[]> => {
    const { trans, keys } = request;
    if (isLarge || keys.length < LOOK_UP_TOGETHER) return table.getMany(request);
    const limit = keys.length * KEYS_FOR_ONE;
    const ordered = (keys as string[]).toSorted();
    const { result } = await table.query({ trans, values: false, limit, query: { index: primaryKey, range: rangeOf(ordered[0], ordered.at(-1)) } });
    isLarge = result.length === limit;
    if (isLarge) return table.getMany(request);
    const there = new Set(result);
    const present = keys.filter((key) => there.has(key));
    const found = present.length > 0 ? await table.getMany({ ...request, keys: present }) : [];
    const byKey = new Map(present.map((key, index) => [key as unknown, found[index] as unknown]));
    return keys.map((key) => byKey.get(key));
  };
  return { ...table, getMany };
}
