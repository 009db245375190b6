import { setTimeout as pause } from "node:timers/promises";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { Compactor } from "@mochila/sync-server/collab/snapshot.ts";
import { readRoom, toDocument } from "@mochila/sync-server/collab/store.ts";
import { Device, LocalHints, type Person, RoomSchool, runRooms } from "@mochila/sync-server/collab/test-rooms.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import * as Y from "yjs";
import { type Seeded, seeded } from "../simulation/seeded.ts";

const long = Boolean(process.env["TEST_LONG"]);
/** A room is a seed; 30 are open at a time. */
const ROOMS = 30;
const LAPS = long ? 20 : 1;
const EDITS = 200;
const STEADY_EDITORS = 5;
const INSTANCES = 3;
vi.setConfig({ testTimeout: 60_000 + LAPS * 60_000 });

let store: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

/** Between processes: every second hint is lost on its way to each of the others. */
class LossyHints extends LocalHints {
  others: LossyHints[] = [];
  constructor(private readonly random: Seeded) {
    super();
  }
  override publish(scopes: readonly string[]): void {
    super.publish(scopes);
    for (const other of this.others) if (this.random.chance(0.5)) other.hear(scopes);
  }
  hear(scopes: readonly string[]): void {
    super.publish(scopes);
  }
}

interface Instances {
  readonly running: Awaited<ReturnType<typeof runRooms>>[];
  kill(at: number): Promise<void>;
}

async function open(random: Seeded): Promise<Instances> {
  const hints = Array.from({ length: INSTANCES }, (_, index) => new LossyHints(random.branch(index)));
  for (const one of hints) one.others = hints.filter((other) => other !== one);
  const running = await Promise.all(hints.map((one) => runRooms(store.database, { hints: one })));
  return {
    running,
    kill: async (at) => {
      await running[at]?.kill();
      running[at] = await runRooms(store.database, { hints: hints[at] as LossyHints });
    },
  };
}

function textOf(paragraph: unknown): Y.Text {
  const text: unknown = paragraph instanceof Y.XmlElement ? paragraph.get(0) : null;
  if (!(text instanceof Y.Text)) throw new TypeError("a paragraph without a text");
  return text;
}

function writeWords(text: Y.Text, random: Seeded): void {
  const place = () => random.below(Math.max(1, text.length - 10));
  if (text.length > 20 && random.chance(0.2)) text.format(place(), 1 + random.below(8), { strong: random.chance(0.5) || null });
  else if (text.length > 20 && random.chance(0.3)) text.delete(place(), 1 + random.below(8));
  else text.insert(random.below(text.length + 1), "abcdefgh".slice(random.below(8)));
}

/** Everything that people see of a room. */
const contentOf = (doc: Y.Doc) => JSON.stringify([doc.getText("probe").toDelta(), doc.getXmlFragment("paragraphs").toJSON()]);

/** One room: five people who keep their documents through every fault, and one whose device is lost again and again. */
class StormyRoom {
  readonly acknowledged: string[] = [];
  readonly steady: Device[];
  mortal: Device;
  #words: { readonly word: string; readonly connection: number; readonly number: number }[] = [];
  #count = 0;

  constructor(readonly school: RoomSchool, readonly room: string, readonly people: readonly Person[], private readonly instances: Instances, private readonly random: Seeded) {
    this.steady = people.slice(0, STEADY_EDITORS).map((person) => this.#device(person));
    this.mortal = this.#device(people[STEADY_EDITORS] as Person);
  }

  #device(person: Person): Device {
    return new Device(this.school, person, this.#server(), this.room);
  }

  #server(): { port: number } {
    return this.instances.running[this.random.below(INSTANCES)] ?? { port: 0 };
  }

  async connect(): Promise<void> {
    await Promise.all([...this.steady, this.mortal].map((device) => this.#connected(device)));
  }

  /** To any instance, after a closing to another one. */
  async #connected(device: Device): Promise<void> {
    if (device.provider.wsconnected || device.provider.wsconnecting) return;
    device.provider.serverUrl = `ws://127.0.0.1:${this.#server().port}/collab`;
    await device.connect();
  }

  async edit(): Promise<void> {
    const at = this.random.below(STEADY_EDITORS + 1);
    const device = this.steady[at] ?? this.mortal;
    await this.#connected(device);
    if (device === this.mortal) this.#say();
    else this.#write(device);
    if (this.random.chance(0.02)) device.disconnect();
  }

  /** As in a page: elements that hold texts with formats, which Yjs tidies up by itself afterwards, and that are taken out with all they hold. */
  #write({ doc, text }: Device): void {
    const paragraphs = doc.getXmlFragment("paragraphs");
    if (this.random.chance(0.5)) writeWords(text, this.random);
    else if (paragraphs.length > 0 && this.random.chance(0.8)) writeWords(textOf(paragraphs.get(this.random.below(paragraphs.length))), this.random);
    else if (paragraphs.length > 5) paragraphs.delete(this.random.below(paragraphs.length), 1);
    else {
      const paragraph = new Y.XmlElement("paragraph");
      paragraph.insert(0, [new Y.XmlText("abcdefgh")]);
      paragraphs.insert(this.random.below(paragraphs.length + 1), [paragraph]);
    }
  }

  /** Only what is said over a connection that stands is counted. Other updates leave beside the words: editors tidy up formats. */
  #say(): void {
    const { mortal } = this;
    if (!mortal.provider.synced) return;
    const word = `word${this.#count++}`;
    const before = mortal.sent;
    mortal.doc.getMap("words").set(word, true);
    if (mortal.sent > before) this.#words.push({ word, connection: mortal.connections, number: mortal.sent });
    if (this.#words.length >= 5) this.lose();
  }

  /** The device is gone with all that it had not sent. */
  lose(): void {
    // What was said over an earlier connection is in the answer to the server's question, the first update of this one.
    const isDurable = ({ connection, number }: { connection: number; number: number }) => this.mortal.durable >= (connection === this.mortal.connections ? number : 1);
    this.acknowledged.push(...this.#words.filter(isDurable).map(({ word }) => word));
    this.#words = [];
    this.mortal.destroy();
    this.mortal = this.#device(this.people[STEADY_EDITORS] as Person);
  }

  async settle(): Promise<void> {
    for (const device of this.steady) await this.#connected(device);
    await vi.waitFor(async () => {
      for (const device of this.steady) await this.#connected(device);
      expect(this.steady.every((device) => device.settled)).toBe(true);
    }, { timeout: 30_000, interval: 50 });
  }

  end(): void {
    for (const device of [...this.steady, this.mortal]) device.destroy();
  }
}

test(`D-24 RO-1 RO-2 RO-8 RO-9 ${LAPS * ROOMS} rooms of 6 editors on 3 instances with kills, compactions and every second hint lost: all equal, no acknowledged update missing after a cold load`, async () => {
  let acknowledged = 0;
  let compactions = 0;
  let kills = 0;
  for (let lap = 0; lap < LAPS; lap += 1) {
    const random = seeded(1_000 + lap);
    const instances = await open(random);
    const school = await RoomSchool.open(store.database);
    const people = await Promise.all(Array.from({ length: STEADY_EDITORS + 1 }, () => school.person("instructor")));
    const compactor = new Compactor(store.database);
    const rooms = await Promise.all(
      Array.from({ length: ROOMS }, async (_, index) => {
        const itemId = newId();
        await school.page(itemId);
        return new StormyRoom(school, pageRoom(itemId, "en"), people, instances, random.branch(100 + index));
      }),
    );
    await Promise.all(rooms.map((room) => room.connect()));
    for (let step = 0; step < EDITS; step += 1) {
      await Promise.all(rooms.map((room) => room.edit()));
      if (step % 4 === 0) await pause(5);
      if (step % 10 === 9 && (await compactor.compact(random.pick(rooms)?.room ?? ""))) compactions += 1;
      if (step % 60 === 50) {
        await instances.kill(random.below(INSTANCES));
        kills += 1;
      }
    }
    for (const room of rooms) room.lose();
    await Promise.all(rooms.map((room) => room.settle()));
    // Hints were lost: the look that each instance takes every minute.
    for (const { collab } of instances.running) await collab.recheck();
    for (const room of rooms) {
      await vi.waitFor(() => expect(new Set(room.steady.map(({ doc }) => contentOf(doc))).size).toBe(1), { timeout: 10_000, interval: 20 });
      const cold = toDocument(await readRoom(store.database.sql, room.room));
      expect(contentOf(cold)).toBe(contentOf(room.steady[0]?.doc ?? new Y.Doc()));
      const words = cold.getMap("words");
      expect(room.acknowledged.filter((word) => !words.has(word))).toEqual([]);
      expect(cold.store.pendingStructs).toBeNull();
      acknowledged += room.acknowledged.length;
      room.end();
    }
    await compactor.stop();
    await Promise.all(instances.running.map((one) => one.stop()));
  }
  console.log(`${LAPS * ROOMS} rooms, ${LAPS * ROOMS * EDITS} edits, ${acknowledged} words of lost devices acknowledged, ${compactions} compactions, ${kills} kills`);
  expect(acknowledged).toBeGreaterThan(LAPS * ROOMS);
  expect(compactions).toBeGreaterThan(LAPS);
});
