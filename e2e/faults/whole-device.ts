import { setTimeout as pause } from "node:timers/promises";
import { makeRecorder } from "@mochila/client/activity/recorder.ts";
import { type EventSender, makeSender } from "@mochila/client/activity/sender.ts";
import { countUnsent } from "@mochila/client/db/local.ts";
import { createDocument, updateDocument } from "@mochila/client/db/write.ts";
import { type Leading, startLeading } from "@mochila/client/sync/leading.ts";
import { Round } from "@mochila/client/sync/round.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import { collectionNamed } from "@mochila/shared/registry.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { RxCollection } from "rxdb/plugins/core";
import { PersonOverHttp } from "../browser/person.ts";
import { openTestPerson, type TestPerson } from "../device/test-person.ts";

const BETWEEN_MS = 15;
const NAMES = ["courses", "members", "modules", "items", "progress", "drafts"] as const;

/** What a person did and wants to find again. Each text is unique. Crosses between processes as JSON. */
export interface OwnWork {
  /** Of notes, by id: every line that was written. */
  readonly notes: Record<string, string[]>;
  /** Of modules, by id: the last title. */
  readonly titles: Record<string, string>;
  readonly done: string[];
  readonly trashed: string[];
}

/**
 * A device as it is, without its screens: the databases, replication, channels, queue and sender of the app, over the network. It signs in again by itself
 * when its session is gone, as its person would. `fetch` has to lead to the school.
 */
export class WholeDevice {
  readonly work: OwnWork = { notes: {}, titles: {}, done: [], trashed: [] };
  #leading: Leading | null = null;
  #deeds = 0;
  readonly #sender: EventSender;
  readonly #record: (event: { verb: "page.opened"; courseId: string }) => Promise<void>;

  private constructor(readonly email: string, private readonly url: string, readonly test: TestPerson, private over: PersonOverHttp, private readonly courseId: string) {
    const { local } = test;
    this.#sender = makeSender({ local, clock, random, accessToken: (options) => this.#token(options), leads: () => true });
    this.#record = makeRecorder({ local, clock, random, onRecorded: () => this.#sender.kick() });
  }

  static async open(email: string, url: string, courseId: string): Promise<WholeDevice> {
    const over = await PersonOverHttp.signIn(url, email);
    const device = new WholeDevice(email, url, await openTestPerson(over.userId), over, courseId);
    await device.#begin();
    return device;
  }

  async #token({ renew }: { renew: boolean }): Promise<string | null> {
    if (renew) this.over = await PersonOverHttp.signIn(this.url, this.email);
    return this.over.token;
  }

  async #begin(): Promise<void> {
    const { database, local, outcomes } = this.test;
    this.#leading = await startLeading(
      {
        collections: NAMES.map((name) => database.collections[name] as unknown as RxCollection<SyncedDocument>),
        local, outcomes, clock, random,
        firstPages: Promise.resolve(null),
        definitionOf: (name) => collectionNamed(name) ?? raise(name),
        onRestored: () => Promise.resolve(),
        round: new Round(NAMES),
        accessToken: (options) => this.#token(options),
        onContact: () => undefined, onRoundEnd: () => undefined, onFailure: (error) => console.error(error),
      },
      { valid: () => true },
    );
  }

  /** The person looks at the app again. */
  wake(): void {
    this.#leading?.wake();
    this.#leading?.syncNow();
    this.#sender.flush();
  }

  async unsent(): Promise<number> {
    const { local } = this.test;
    return (await countUnsent(local)) + (await local.events.where("[ackedAt+stream+seq]").between([0], [0, []]).count());
  }

  /** How much of one's own work the server did not take. */
  attention(): PromiseLike<number> {
    return this.test.local.rescued.count();
  }

  async #writeNote(line: string): Promise<void> {
    const { collections } = this.test.database;
    const { userId } = this.over;
    const known = Object.keys(this.work.notes);
    const id = known.length > 3 && Math.random() < 0.6 ? known[Math.floor(Math.random() * known.length)] : undefined;
    if (id !== undefined) {
      await updateDocument(collections.drafts, id, (note) => ({ ...note, body: `${note.body}\n${line}` }));
      this.work.notes[id]?.push(line);
      return;
    }
    const itemId = newId();
    const made = { id: draftId({ userId, itemId, kind: "note" }), userId, courseId: this.courseId, itemId, kind: "note" as const, createdAt: clock.now(), body: line };
    await createDocument(collections.drafts, made);
    this.work.notes[made.id] = [line];
  }

  async #markDone(itemId: string): Promise<void> {
    const { userId } = this.over;
    const id = pairId(userId, itemId);
    if (this.work.done.includes(id)) return;
    await createDocument(this.test.database.collections.progress, { id, userId, courseId: this.courseId, itemId, done: { value: true, at: clock.now() } });
    this.work.done.push(id);
  }

  /** Makes, renames, or throws one of one's own modules away. */
  async #build(title: string): Promise<void> {
    const { modules } = this.test.database.collections;
    const known = Object.keys(this.work.titles).filter((id) => !this.work.trashed.includes(id));
    const id = known[Math.floor(Math.random() * known.length)];
    if (id === undefined || known.length < 3 || Math.random() < 0.4) {
      const made = { id: newId(), courseId: this.courseId, title: { en: title }, order: "V", state: "draft" as const };
      await createDocument(modules, made);
      this.work.titles[made.id] = title;
    } else if (Math.random() < 0.7) {
      await updateDocument(modules, id, (module) => ({ ...module, title: { en: title } }));
      this.work.titles[id] = title;
    } else await this.#trash(id);
  }

  async #trash(id: string): Promise<void> {
    const there = await updateDocument(this.test.database.collections.modules, id, (module) => ({ ...module, state: "trashed" as const }));
    if (there) this.work.trashed.push(id);
  }

  /** So many deeds of somebody who studies, or who teaches. */
  async act(times: number, items: readonly string[]): Promise<void> {
    for (let time = 0; time < times; time += 1) {
      const text = `${this.email} ${(this.#deeds += 1)}`;
      if (items.length === 0) await this.#build(text);
      else await this.#writeNote(text);
      if (items.length > 0 && time % 4 === 0) await this.#markDone(items[time % items.length] ?? "");
      await this.#record({ verb: "page.opened", courseId: this.courseId });
      await pause(BETWEEN_MS);
    }
  }

  /** Ids of all events that this device ever recorded and still knows. */
  async recorded(): Promise<string[]> {
    return (await this.test.local.events.toArray()).map(({ event }) => event.id);
  }
}

function raise(name: string): never {
  throw new Error(`no collection ${name}`);
}
