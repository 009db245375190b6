import { type RxDocumentData, type RxStorage, type RxStorageInstanceCreationParams, wrapRxStorageInstance } from "rxdb/plugins/core";

type Row = Readonly<Record<string, unknown>>;
/** How an opaque field lies in the storage. */
interface Packed {
  readonly json: string;
}

/** What RxDB's replication believes the server to hold: the whole document once more, in a store beside it. */
const ASSUMED_MASTER = "docData";

/**
 * Keeps the fields that nobody searches into as one text each. A page of a course is a tree of thousands of small objects: on its way
 * into IndexedDB and to the other tabs each is copied several times, which on a cheap phone takes longer than the network.
 * `opaqueFieldsOf`: by collection. Rows that were written without it are read as they are.
 */
export function packingStorage<Internals, Options>(storage: RxStorage<Internals, Options>, opaqueFieldsOf: (collection: string) => readonly string[]): RxStorage<Internals, Options> {
  return {
    name: storage.name,
    rxdbVersion: storage.rxdbVersion,
    async createStorageInstance<Document>(params: RxStorageInstanceCreationParams<Document, Options>) {
      const instance = await storage.createStorageInstance<Document>(params);
      const fields = ASSUMED_MASTER in params.schema.properties ? [ASSUMED_MASTER] : opaqueFieldsOf(params.collectionName);
      if (fields.length === 0) return instance;
      return wrapRxStorageInstance<Document>(params.schema, instance, changing(fields, packed), changing(fields, unpacked)) as typeof instance;
    },
  };
}

const changing =
  (fields: readonly string[], change: (value: unknown) => unknown) =>
  <Document>(row: RxDocumentData<Document>): RxDocumentData<Document> => {
    const was = row as Row;
    const next = Object.fromEntries(fields.flatMap((field) => (field in was ? [[field, change(was[field])]] : [])));
    return { ...row, ...next };
  };

const packed = (value: unknown): unknown => (typeof value === "object" && value !== null ? ({ json: JSON.stringify(value) } satisfies Packed) : value);

const unpacked = (value: unknown): unknown => (isPacked(value) ? (JSON.parse(value.json) as unknown) : value);

const isPacked = (value: unknown): value is Packed =>
  typeof value === "object" && value !== null && Object.keys(value).length === 1 && typeof (value as Partial<Packed>).json === "string";
