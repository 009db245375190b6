import type { RxCollection } from "rxdb/plugins/core";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { insist, type InsistOptions } from "./insist.ts";
import type { LocalDatabase } from "./local.ts";
import { putMark } from "./marks.ts";
import type { TitleOf } from "./titles.ts";

interface Writer {
  readonly local: LocalDatabase;
  readonly clock: Clock;
  readonly random: Random;
  readonly storage: InsistOptions;
  readonly titleOf: TitleOf;
}

interface Written {
  readonly id: string;
  readonly rev: string;
}

const writers = new WeakMap<object, Writer>();
const running = new WeakMap<object, Set<Promise<unknown>>>();

/** A write has two steps: a database that is closed between them would have a mark without its write. */
function run<Result>(collection: { readonly database: object }, work: Promise<Result>): Promise<Result> {
  const all = running.get(collection.database) ?? new Set();
  running.set(collection.database, all.add(work));
  const end = () => void all.delete(work);
  work.then(end, end);
  return work;
}

/** Resolves when everything is written that was begun, or that a screen begins as it closes: within a turn of the event loop. */
export async function writesEnded(database: object): Promise<void> {
  do {
    await Promise.allSettled([...(running.get(database) ?? [])]);
    await new Promise((resolve) => setTimeout(resolve));
  } while (running.get(database)?.size);
}

/** Called once, where a person's database is opened. */
export const registerWriter = (database: object, writer: Writer): void => {
  writers.set(database, writer);
};

/** TypeScript's Omit would join the members of a union; each kind of item keeps its own fields. */
type WithoutRev<Document> = Document extends unknown ? Omit<Document, "rev"> : never;

/** Makes a document on this device. Throws what RxDB throws if the id exists. */
export const createDocument = <Document extends Written>(collection: RxCollection<Document>, document: WithoutRev<Document>): Promise<void> => run(collection, create(collection, document));

async function create<Document extends Written>(collection: RxCollection<Document>, document: WithoutRev<Document>): Promise<void> {
  const writer = writerOf(collection);
  const next = { ...document, rev: newRev(writer) } as unknown as Document;
  await markDirty(writer, collection.name, next);
  await collection.insert(next);
}

/**
 * Changes a document on this device. `change` gets a copy with what its schema knows and nothing of RxDB's, may be called more than once, and
 * returns what shall stand; if it throws, nothing is written. Answers false if there is no such document here (any more).
 */
export const updateDocument = <Document extends Written>(collection: RxCollection<Document>, id: string, change: (current: Document) => Document): Promise<boolean> => run(collection, update(collection, id, change));

async function update<Document extends Written>(collection: RxCollection<Document>, id: string, change: (current: Document) => Document): Promise<boolean> {
  const writer = writerOf(collection);
  const document = await collection.findOne(id).exec();
  if (!document) return false;
  await document.incrementalModify(async (current) => {
    const next = { ...change(structuredClone(plain(current))), rev: newRev(writer) };
    await markDirty(writer, collection.name, next);
    return next;
  });
  return true;
}

/** RxDB's own fields begin with an underscore, some with nothing in them; RxDB puts them back. */
const plain = <Document extends object>(row: Document): Document => Object.fromEntries(Object.entries(row).filter(([field]) => !field.startsWith("_"))) as Document;

/** Changes the document if it is here, else makes it: for rows with a known id, such as a person's progress on an item. */
export const putDocument = <Document extends Written>(collection: RxCollection<Document>, id: string, change: (current: Document | null) => WithoutRev<Document>): Promise<void> =>
  run(collection, put(collection, id, change));

async function put<Document extends Written>(collection: RxCollection<Document>, id: string, change: (current: Document | null) => WithoutRev<Document>): Promise<void> {
  const changed = () => update(collection, id, (current) => change(current) as unknown as Document);
  if (await changed()) return;
  try {
    await create(collection, change(null));
  } catch (error) {
    // Another tab made it between the look and the write.
    if ((error as { code?: unknown }).code !== "CONFLICT" || !(await changed())) throw error;
  }
}

function writerOf(collection: { readonly database: object }): Writer {
  const writer = writers.get(collection.database);
  assert(writer, "the database of a person is opened by client/db/open.ts");
  return writer;
}

/**
 * Before the write, so that the order of failure is harmless: (1) marked and crashed: at the next start the mark names a rev that
 * the document does not have, and goes back to the one that stands. The other way round a change could wait unseen.
 */
async function markDirty({ local, clock, storage, titleOf }: Writer, collection: string, document: Written): Promise<void> {
  const { courseId, itemId } = document as { courseId?: string; itemId?: string };
  const mark = {
    key: `${collection}/${document.id}`,
    collection,
    id: document.id,
    rev: document.rev,
    courseId: courseId ?? null,
    itemId: itemId ?? null,
    bytes: JSON.stringify(document).length,
    at: clock.now(),
    title: await titleOf(document),
  };
  // A full disk is waited out, as for the write itself.
  await insist(() => putMark(local, mark), { ...storage, isFinal: () => local.hasBeenClosed() });
}
