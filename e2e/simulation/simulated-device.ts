import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { createRevision, now, type RxDocumentData } from "rxdb/plugins/core";
import { DeviceContent, type DeviceOptions } from "./device-content.ts";
import { Tab } from "./tab.ts";

type Stored = RxDocumentData<SyncedDocument>;
type Change = (current: SyncedDocument | null) => Record<string, unknown> | null;

/** What a person wrote on this device, to be found again somewhere at the end. */
export interface LocalWrite {
  readonly collection: string;
  readonly id: string;
  readonly rev: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  /** Null: deleted. */
  readonly after: Readonly<Record<string, unknown>> | null;
}

/**
 * A device of one person: RxDB's replication with the client's own storage wrapper, channels, conflict handler, offers and repairs, over a link
 * that fails. What it holds survives a crash; what was on its way does not.
 */
export class SimulatedDevice {
  readonly writes: LocalWrite[] = [];
  #tab: Tab | null = null;
  /** Others that lead no longer. */
  readonly #frozen: Tab[] = [];
  #wake = () => undefined as void;
  #woken = new Promise<void>((resolve) => (this.#wake = resolve));

  private constructor(
    readonly options: DeviceOptions,
    readonly content: DeviceContent,
  ) {}

  static async open(options: DeviceOptions): Promise<SimulatedDevice> {
    const device = new SimulatedDevice(options, await DeviceContent.make(options));
    device.start();
    return device;
  }

  /** Whether a row was lost on its way into its storage. */
  get lostRows(): number {
    return this.content.disk.lostRows;
  }

  get online(): boolean {
    return this.content.link.online;
  }

  /** Begins a life from what is on the device. */
  start(): void {
    this.#tab = new Tab(this.options, this.content, () => this.#woken);
    void this.content.heal((ms) => this.options.schedule.wait(ms));
  }

  resync(): void {
    this.#tab?.resync();
  }

  goOffline(): void {
    this.content.link.online = false;
  }

  /** Back on the network: what waits for another try tries at once. */
  goOnline(): void {
    this.content.link.online = true;
    this.#wake();
    this.#woken = new Promise((resolve) => (this.#wake = resolve));
    this.resync();
  }

  /** Dies at once, or after so many writes. */
  crash(afterWrites: number | null = null): void {
    if (!this.#tab) return;
    if (afterWrites === null) this.#tab.life.die();
    else this.#tab.life.writesLeft = afterWrites;
  }

  /** Ends a life that is dead, and begins another. */
  reopen(): void {
    this.#end();
    this.start();
  }

  /** Closed, and opened as today's app, which may be closed while it moves what is there (`cutAfter` copies) and opened again. */
  async update(cutAfter: number | null): Promise<void> {
    this.#tab?.life.die();
    // One that had not left would hold the move up (W7).
    for (const tab of this.#frozen.splice(0)) tab.end();
    this.#end();
    if (cutAfter !== null) await this.options.schedule.through(this.content.update(cutAfter));
    await this.options.schedule.through(this.content.update());
    this.start();
  }

  /** The tab that leads freezes in whatever it does, and another one leads. It thaws later, and learns that it leads no longer. */
  changeLeader(thawsAfterMs: number): void {
    const old = this.#tab;
    if (!old || old.life.dead) return;
    old.life.freeze();
    old.leads = false;
    this.#frozen.push(old);
    this.start();
    this.options.schedule.at(thawsAfterMs, () => {
      old.life.thaw();
      this.options.schedule.at(1, () => old.stop());
    });
  }

  /** The daily look for gaps; goes on by itself. */
  checkGaps(): void {
    void this.#tab?.repairGaps();
  }

  close(): Promise<void> {
    this.#end();
    return this.content.remove();
  }

  #end(): void {
    this.#tab?.end();
    this.#tab = null;
  }

  /** The living documents as the person sees them, by id. */
  documents(collection: string): SyncedDocument[] {
    return this.content.stored(collection).map(plain);
  }

  /** What a person does: lays a change over what the device has now. Null deletes. Nothing happens on a device that is dead. */
  write(collection: string, id: string, change: Change): Promise<void> {
    return this.options.schedule.through(this.#write(collection, id, change));
  }

  async #write(collection: string, id: string, change: Change): Promise<void> {
    const life = this.#tab?.life;
    if (!life || life.dead) return;
    const { content, options } = this;
    const [previous] = (await content.fork(collection).findDocumentsById([id], true)) as Stored[];
    const current = previous && !previous._deleted ? plain(previous) : null;
    const next = change(current);
    if (next === null && current === null) return;
    const rev = newRev(options);
    const document = { ...(next ?? current), id, rev } as SyncedDocument;
    const stored = { ...document, _deleted: next === null, _attachments: {}, _meta: { lwt: now() }, _rev: createRevision(options.name, previous) } as Stored;
    content.marksOf(collection).set(id, rev);
    const writing = life.view(content.fork(collection)).bulkWrite([previous ? { previous, document: stored } : { document: stored }], "local-write");
    const died = new Promise<null>((resolve) => void (life.dead && resolve(null)));
    const result = await Promise.race([writing, died]);
    if (result && result.error.length === 0) this.writes.push({ collection, id, rev, before: current, after: next === null ? null : document });
  }
}

function plain(stored: Stored): SyncedDocument {
  return Object.fromEntries(Object.entries(stored).filter(([key]) => !key.startsWith("_"))) as unknown as SyncedDocument;
}
