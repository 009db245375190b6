import { setTimeout as pause } from "node:timers/promises";
import { EventAnswer } from "@mochila/shared/activity/event-answer.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import { Device } from "@mochila/sync-server/collab/test-rooms.ts";
import type { PersonOverHttp } from "../browser/person.ts";
import { PersonOnInstances } from "../instances/person-on-instances.ts";
import { type DraftDocument, makeDrafts } from "../load/drafts.ts";

const BETWEEN_MS = 40;
const EVENTS_PER_BATCH = 5;

/** What the server has told a client that it has. */
export interface Acknowledged {
  readonly writes: { readonly id: string; readonly rev: string }[];
  readonly events: string[];
  readonly words: string[];
}

/**
 * One device that works without a pause, through the client's own channels, and notes every acknowledgement: it writes and changes notes,
 * reads what changed, and sends events.
 */
export class WorkingClient {
  readonly acknowledged: Acknowledged = { writes: [], events: [], words: [] };
  /** Everything that was given a number, sent or not. */
  readonly recorded: string[] = [];
  /** Revision of each note that this device holds. */
  readonly held = new Map<string, string>();
  /** Answers that are neither success nor "come again"; a sound client in a sound school sees none. */
  readonly surprises: string[] = [];
  readonly channels: PersonOnInstances;
  #checkpoint: Checkpoint = null;

  constructor(readonly person: PersonOverHttp, url: string, private readonly courseId: string) {
    this.channels = new PersonOnInstances(person, [url], () => false, BETWEEN_MS * 3);
  }

  /** Rejects when a channel gives up. */
  async work(goesOn: () => boolean): Promise<void> {
    await Promise.all([this.#write(goesOn), this.#read(goesOn), this.#recordEvents(goesOn)]);
  }

  /** Until nothing new comes. */
  async read(): Promise<void> {
    const news = await this.channels.pullAll("drafts", this.#checkpoint);
    this.#checkpoint = news.checkpoint;
    for (const document of news.documents.values()) {
      if (document._deleted) this.held.delete(document.id);
      else this.held.set(document.id, String(document["rev"]));
    }
  }

  async #write(goesOn: () => boolean): Promise<void> {
    const own: DraftDocument[] = [];
    while (goesOn()) {
      const [made] = makeDrafts(1, { userId: this.person.userId, courseId: this.courseId });
      const before = own[Math.floor(Math.random() * own.length)];
      if (!made) throw new Error("unreachable");
      const changed = before && { ...before, rev: newRev(), body: `${before.body}\nline ${own.length}` };
      const rows = [{ newDocumentState: made }, ...(changed ? [{ newDocumentState: changed, assumedMasterState: before }] : [])];
      // Nobody else writes these: a conflict would be a defect.
      const conflicts = await this.channels.write("drafts", rows);
      if (conflicts.length > 0) this.surprises.push(`conflict ${JSON.stringify(conflicts)}`);
      for (const { newDocumentState: { id, rev } } of rows) this.acknowledged.writes.push({ id, rev });
      own.push(made);
      if (before && changed) own[own.indexOf(before)] = changed;
      await pause(BETWEEN_MS);
    }
  }

  async #read(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      await this.read();
      await pause(BETWEEN_MS * 3);
    }
  }

  async #recordEvents(goesOn: () => boolean): Promise<void> {
    const [stream, boot] = [newId(), newId()];
    for (let last = 0; goesOn(); last += EVENTS_PER_BATCH) {
      const at = Date.now();
      const events = Array.from({ length: EVENTS_PER_BATCH }, (_, index): ActivityEvent => ({ seq: last + index + 1, id: newId(), verb: "page.opened", courseId: this.courseId, at, monotonicMs: last + index, boot }));
      this.recorded.push(...events.map(({ id }) => id));
      await this.#sendEvents({ stream, sentAt: at, events });
      this.acknowledged.events.push(...events.map(({ id }) => id));
      await pause(BETWEEN_MS * 2);
    }
  }

  /** The same batch again until it was taken. */
  async #sendEvents(batch: { stream: string; sentAt: number; events: readonly ActivityEvent[] }): Promise<void> {
    const last = batch.events.at(-1)?.seq;
    for (;;) {
      try {
        const answer = await this.person.call("/api/events", batch);
        if (answer.ok) {
          const { accepted, refused } = EventAnswer.parse(await answer.json());
          if (accepted === last && refused.length === 0) return;
          this.surprises.push(`events ${accepted} of ${last}`);
          return;
        }
        if (answer.status !== 503) this.surprises.push(`events ${answer.status} ${await answer.text()}`);
      } catch {
        // The connection broke.
      }
      await pause(BETWEEN_MS);
    }
  }
}

/**
 * Types words into a room, over a device that forgets everything at each connection: a word that the server called durable and lost would
 * not be brought back. Notes the words that were called durable.
 */
export async function typeWords({ client, room, url, name }: { client: WorkingClient; room: string; url: string; name: string }, goesOn: () => boolean): Promise<void> {
  const { person } = client;
  const ticket = async () => {
    const answer = await person.call("/api/collab/ticket", { room });
    return (await answer.json()) as { ticket: string; write: boolean };
  };
  for (let at = 0; goesOn(); ) {
    const device = new Device({ room, ticket }, { userId: person.userId, sessionId: "" }, { port: Number(new URL(url).port) });
    const typed: string[] = [];
    let told = 0;
    const tell = () => {
      // The first of the durable updates is the answer to the server's question.
      const durable = Math.max(told, device.durable - 1);
      client.acknowledged.words.push(...typed.slice(told, durable));
      told = durable;
    };
    try {
      await device.connect();
      while (goesOn() && device.closes.length === 0) {
        if (device.provider.synced) {
          const word = `${name}${at++}`;
          typed.push(word);
          device.text.insert(device.text.length, `${word} `);
        }
        await pause(BETWEEN_MS);
        tell();
      }
    } catch {
      // No ticket while the server is away.
    }
    tell();
    device.destroy();
    await pause(BETWEEN_MS);
  }
}
