import type { Dexie } from "dexie";
import { absentKeys } from "./absent-keys.ts";
import { shortTasks } from "./short-tasks.ts";
import { unkeptIndexesOf } from "./indexes.ts";

type Stores = Readonly<Record<string, string | null>>;

/**
 * How RxDB's Dexie storage lays out and reads a database. A first sync writes every document into an empty store: what it costs is
 * indexes that nobody reads, and a question for each document, four times, whether it is there.
 */
export const dexieSettings = {
  onCreate(database: Dexie, name: string): void {
    declareLess(database, name);
    database.use(shortTasks);
    database.use(absentKeys);
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
