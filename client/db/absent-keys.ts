import { type DBCore, type DBCoreGetManyRequest, type DBCoreKeyRange, type DBCoreMutateRequest, type DBCoreMutateResponse, type DBCoreTable, type DBCoreTransaction, Dexie } from "dexie";
import { BELOW_DEXIES_OWN } from "./short-tasks.ts";

/** Every key. Dexie names its kinds of range by an enumeration that exists for the compiler only. */
const EVERYTHING = { type: 3 } as unknown as DBCoreKeyRange;
/** Fewer keys are looked up one by one. */
const LOOK_UP_TOGETHER = 20;
/** Counting so many documents, or reading their keys once, costs no more than looking up one that was asked for. */
const KEYS_FOR_ONE = 20;

/**
 * Duty: a lookup of many keys asks only for those that are there. A first sync looks up every document four times, and none is there.
 * Invariant: whatever other tabs do, a key is called absent only if the transaction that asks would not find it.
 *
 * How: rows of `docs` are never taken out (RxDB marks what is deleted), so keys that were once stored stay. A set of such keys that is as
 * large as the store is the store's, and to count takes a tenth of the time of reading the keys.
 */
export const absentKeys = { stack: "dbcore", name: "absent-keys", level: BELOW_DEXIES_OWN + 1, create: (core: DBCore): DBCore => ({ ...core, table: (name) => withoutAbsent(core.table(name)) }) } as const;

/** Transactions that have written: they may show rows that will never be stored, and nothing is learnt from them. */
const writing = new WeakSet<DBCoreTransaction>();

function withoutAbsent(table: DBCoreTable): DBCoreTable {
  if (table.name !== "docs") return table;
  const { primaryKey } = table.schema;
  /** Of rows that are stored for good; null while nobody asked. */
  let stored: Set<unknown> | null = null;
  /** So many rows or more: rows are not taken out. */
  let knownCount = 0;

  const keysIn = async (trans: DBCoreTransaction, limit: number): Promise<ReadonlySet<unknown> | null> => {
    if (knownCount > limit) return null;
    const query = { index: primaryKey, range: EVERYTHING };
    const count = await table.count({ trans, query });
    if (!writing.has(trans)) knownCount = count;
    if (count > limit) return null;
    if (stored?.size === count && !writing.has(trans)) return stored;
    const keys = new Set((await table.query({ trans, values: false, query })).result as unknown[]);
    // Asked again: it may have begun to write while it waited for the keys.
    if (!writing.has(trans)) stored = keys;
    return keys;
  };

  const getMany = async (request: DBCoreGetManyRequest): Promise<unknown[]> => {
    const { trans, keys } = request;
    if (keys.length < LOOK_UP_TOGETHER || writing.has(trans)) return table.getMany(request);
    const there = await keysIn(trans, keys.length * KEYS_FOR_ONE);
    if (!there) return table.getMany(request);
    const present = keys.filter((key) => there.has(key));
    const found = present.length > 0 ? await table.getMany({ ...request, keys: present }) : [];
    const byKey = new Map(present.map((key, index) => [key as unknown, found[index] as unknown]));
    return keys.map((key) => byKey.get(key));
  };

  const mutate = async (request: DBCoreMutateRequest): Promise<DBCoreMutateResponse> => {
    if (request.type === "delete" || request.type === "deleteRange") throw new Error("rows of a store of documents are not taken out");
    writing.add(request.trans);
    const response = await table.mutate(request);
    const keys = (response.results ?? []).filter((_, index) => !(index in response.failures)) as readonly unknown[];
    // Dexie's transaction is the browser's own.
    (request.trans as unknown as IDBTransaction).addEventListener("complete", () => {
      for (const key of keys) stored?.add(key);
    });
    return response;
  };

  return { ...table, getMany: (request) => Dexie.Promise.resolve(getMany(request)), mutate: (request) => Dexie.Promise.resolve(mutate(request)) };
}
