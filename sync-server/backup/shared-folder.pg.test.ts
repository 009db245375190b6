import { mkdtemp, readdir, rm, truncate, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { FolderBlobStore, hashOf } from "../files/blob-store.ts";
import { createPerson } from "../users/people.ts";
import { partLines } from "./part-file.ts";
import { type MadeBackup, writeBackup } from "./write-backup.ts";

/** The files of a school; somebody else may do something while one of them is read. */
class WatchedBlobs extends FolderBlobStore {
  meanwhile: () => Promise<unknown> = () => Promise.resolve();

  override async get(hash: Uint8Array): Promise<Uint8Array | null> {
    const { meanwhile } = this;
    this.meanwhile = () => Promise.resolve();
    await meanwhile();
    return super.get(hash);
  }
}

const TWO_DAYS_MS = 48 * 60 * 60 * 1_000;

async function openSchool() {
  const { database, drop } = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "mochila-blobs-"));
  const blobs = new WatchedBlobs({ folder, random: systemRandom });
  const parts = { database, blobs, clock: systemClock, random: systemRandom, publicUrl: null, progress: () => undefined };
  return {
    database,
    blobs,
    backUp: (): Promise<MadeBackup> => writeBackup(parts, { folder: backups, keep: 1 }),
    add: async (content: string): Promise<string> => {
      const hash = Buffer.from(await blobs.put(Buffer.from(content)));
      await database.sql`insert into file_ref (id, course_id, scope, hash, name, type, bytes, sent_bytes) values (${newId()}, ${newId()}, 'c', ${hash}, 'rain.png', 'image/png', ${content.length}, ${content.length})`;
      return hash.toString("hex");
    },
    forgetFiles: () => database.sql`delete from file_ref`,
    close: async () => {
      await drop();
      await rm(folder, { recursive: true });
    },
  };
}

let backups: string;
let north: Awaited<ReturnType<typeof openSchool>>;
let south: Awaited<ReturnType<typeof openSchool>>;

beforeAll(async () => {
  [north, south] = await Promise.all([openSchool(), openSchool()]);
});
afterAll(() => Promise.all([north.close(), south.close()]));
beforeEach(async () => {
  backups = await mkdtemp(join(tmpdir(), "mochila-backups-"));
});
afterEach(async () => {
  await Promise.all([north.forgetFiles(), south.forgetFiles()]);
  await rm(backups, { recursive: true });
});

const pathOf = (hash: string) => join(backups, "files", "sha256", hash.slice(0, 2), hash.slice(2, 4), hash);
const pooled = async (): Promise<string[]> => (await readdir(join(backups, "files", "sha256"), { recursive: true })).filter((name) => name.length > 60).map((name) => name.slice(-64)).toSorted();
const age = async (hash: string) => utimes(pathOf(hash), new Date(Date.now() - TWO_DAYS_MS), new Date(Date.now() - TWO_DAYS_MS));

async function namedBy({ path, manifest }: MadeBackup): Promise<string[]> {
  const names: string[] = [];
  for await (const name of partLines(path, manifest.blobs.part)) names.push(name);
  return names;
}

test("BK4 of two schools in one folder neither takes the files that the other is about to name, those of long ago and those that it just brought", async () => {
  // In the order in which they are read.
  const contents = ["one", "two", "three"].toSorted((one, other) => Buffer.compare(hashOf(Buffer.from(one)), hashOf(Buffer.from(other))));
  const [shared = "", fresh = "", last = ""] = await Promise.all(contents.map((content) => north.add(content)));
  await south.add(contents[0] ?? "");
  await south.backUp();
  await south.forgetFiles();
  await age(shared);

  // The south's next backup removes its old one while the north has named the first, brought the second, and reads the third.
  north.blobs.meanwhile = async () => {
    north.blobs.meanwhile = async () => expect((await south.backUp()).removed).toHaveLength(1);
  };
  const made = await north.backUp();
  expect(await namedBy(made)).toEqual([shared, fresh, last]);
  expect(await pooled()).toEqual([shared, fresh, last]);
});

test("BK4 files that no backup names any more go when they are a day old, unless a list that nobody can read may name them", async () => {
  const hash = await north.add("one");
  await north.backUp();
  await north.forgetFiles();
  await south.add("two");
  const other = await south.backUp();
  await north.backUp();
  expect(await pooled()).toContain(hash);
  await age(hash);
  const list = join(other.path, other.manifest.blobs.part.file);
  await truncate(list, 10);
  await north.backUp();
  expect(await pooled()).toContain(hash);
  await rm(other.path, { recursive: true });
  await north.backUp();
  expect(await pooled()).not.toContain(hash);
});

test("BK4 a backup is not finished when files that it names were taken away meanwhile", async () => {
  const [first = "", second = ""] = [await north.add("one"), await north.add("two")].toSorted();
  north.blobs.meanwhile = async () => {
    north.blobs.meanwhile = () => rm(pathOf(first));
  };
  await expect(north.backUp()).rejects.toThrow("Files beside the backups were taken away while this one was made");
  expect((await readdir(backups)).filter((name) => name.startsWith("mochila-"))).toEqual([]);
  expect(await namedBy(await north.backUp())).toEqual([first, second]);
  expect(await pooled()).toEqual([first, second]);
});

test("BK8 a file that rotted beside the backups is put again by the next one, and counts as missing where the school's own is gone too", async () => {
  const [bent, cut] = [await north.add("rotten"), await north.add("cut off")];
  await north.backUp();
  await writeFile(pathOf(bent), "rOtten");
  await truncate(pathOf(cut), 3);
  const { manifest } = await north.backUp();
  expect(manifest.blobs).toMatchObject({ missing: 0, bytes: "rotten".length + "cut off".length });
  const pool = new FolderBlobStore({ folder: join(backups, "files"), random: systemRandom });
  for (const hash of [bent, cut]) expect(await pool.get(Buffer.from(hash, "hex"))).not.toBeNull();

  await writeFile(pathOf(bent), "rOtten");
  await north.blobs.removeOlderThan(Buffer.from(bent, "hex"), -1, Number.MAX_SAFE_INTEGER);
  const again = await north.backUp();
  expect(again.manifest.blobs.missing).toBe(1);
  expect(await namedBy(again)).toEqual([cut]);
});

test("BK2 the pictures of people are carried too", async () => {
  const face = Buffer.from(await north.blobs.put(Buffer.from("a face")));
  const id = newId();
  await north.database.transaction((transaction) => createPerson(transaction, { id, email: "mei@demo.school", name: "Mei", systemRole: "student", language: "en", passwordHash: "" }));
  await north.database.sql`update person set picture_id = ${newId()}, picture_hash = ${face}, picture_type = 'image/png' where id = ${id}`;
  const made = await north.backUp();
  expect(await namedBy(made)).toEqual([face.toString("hex")]);
  expect(made.manifest.blobs.bytes).toBe("a face".length);
});
