import type { Scope } from "@mochila/shared/access/scope.ts";
import { pageRoom, parseRoom } from "@mochila/shared/collab/room.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { type Language, languages } from "@mochila/shared/kernel/schema.ts";
import type { PageContent } from "@mochila/shared/pages/content.ts";
import { editionId, type Item, type PageItem } from "@mochila/shared/pages/schema.ts";
import { readRoom, toDocument } from "../collab/store.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { Log } from "../log.ts";
import type { DocumentChange, ServerRule } from "../sync/documents.ts";
import type { Hints } from "../sync/hints.ts";
import { documentToContent } from "./content-document.ts";
import { publishContent, type PublishParts, withdrawContent } from "./publish.ts";
import { holdsWish } from "./wish-state.ts";

/** Wishes that another process stored, or that an outage left, are found this often. */
const SWEEP_MS = 30_000;
/** Read as one; each costs the reading of a whole text. */
const CLAIMED_MAX = 100;
/** After each try without the text the wait doubles, from the first to the second. Text that becomes durable here is not waited for. */
const RETRY_SECONDS = { first: 30, most: 1_800 } as const;

type WishState = { readonly [lang in Language]?: string | undefined };
interface Wish {
  readonly rev: string;
  readonly state: WishState;
}

export interface WishParts extends PublishParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly hints: Hints;
}

const asPage = (document: unknown): PageItem | null => ((document as Item | null)?.kind === "page" ? (document as PageItem) : null);

/**
 * Duty: fulfils the authors' wishes to publish. A wish names the text that its author saw; it is fulfilled when the server holds all of
 * that, which may be before or after the wish arrives, by another road.
 * Invariant: a wish that was pushed is a row until its page is published or withdrawn; nothing older than the wish is published for it.
 * What breaks: the text comes later, in another process, or never; the process dies between the push and the publication.
 * How it recovers: rows are looked at when text becomes durable, at the start, and then ever more seldom, up to each half hour.
 */
export class PublishWishes implements ServerRule {
  readonly collections = ["items"];
  readonly #waiting = new Set<string>();
  readonly #running = new Map<string, Promise<void>>();
  #timer: NodeJS.Timeout | null = null;
  #sweeping: Promise<void> | null = null;
  #stopped = false;

  constructor(private readonly parts: WishParts) {}

  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.sweep(), SWEEP_MS).unref();
    // Text may have come while nobody listened.
    await this.parts.database.sql`UPDATE publish_wish SET next_try_at = now() WHERE next_try_at > now()`;
    await this.sweep();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#sweeping;
    await Promise.all(this.#running.values());
  }

  /** Stores wishes and takes back what is no longer published, in the transaction of the push. */
  async afterWrite(transaction: Transaction, changes: readonly DocumentChange[]): Promise<readonly Scope[]> {
    const scopes: Scope[] = [];
    for (const change of changes) {
      const before = asPage(change.before);
      const after = asPage(change.after);
      if (!after) continue;
      const wish = wishOf(before, after);
      if (wish) await storeWish(transaction, after.id, wish);
      else if (before?.state === "published" && after.state !== "published") {
        await transaction`DELETE FROM publish_wish WHERE item_id = ${after.id}`;
        scopes.push(...(await withdrawContent(transaction, this.parts, after.id)));
      }
    }
    return scopes;
  }

  committed(changes: readonly DocumentChange[]): void {
    for (const { before, after } of changes) {
      const page = asPage(after);
      if (!page || !wishOf(asPage(before), page)) continue;
      this.#waiting.add(page.id);
      void this.fulfil(page.id);
    }
  }

  /** Text of these rooms became durable. */
  flushed(rooms: ReadonlySet<string>): void {
    if (this.#waiting.size === 0) return;
    for (const name of rooms) {
      const room = parseRoom(name);
      if (room && this.#waiting.has(room.itemId)) void this.fulfil(room.itemId);
    }
  }

  /** Looks at every wish that is due. One sweep at a time: who asks during one waits for it. Never rejects. */
  sweep(): Promise<void> {
    this.#sweeping ??= this.#sweep()
      .catch((error: unknown) => this.parts.log.warn("pages.sweep_failed", { error }))
      .finally(() => (this.#sweeping = null));
    return this.#sweeping;
  }

  async #sweep(): Promise<void> {
    const { database } = this.parts;
    // All of them, also those of other processes: their text may become durable here.
    for (const { id } of await database.sql<{ id: string }[]>`SELECT item_id::text AS id FROM publish_wish`) this.#waiting.add(id);
    for (let claimed = await claimWishes(database); claimed.length > 0 && !this.#stopped; claimed = await claimWishes(database)) {
      for (const id of claimed) await this.fulfil(id);
    }
  }

  /** Publishes the page if its text is here. One at a time a page; never rejects. */
  fulfil(itemId: string): Promise<void> {
    const run = (this.#running.get(itemId) ?? Promise.resolve())
      .then(() => this.#fulfil(itemId))
      .catch((error: unknown) => this.parts.log.warn("pages.publish_failed", { itemId, error }));
    this.#running.set(itemId, run);
    void run.then(() => {
      if (this.#running.get(itemId) === run) this.#running.delete(itemId);
    });
    return run;
  }

  async #fulfil(itemId: string): Promise<void> {
    const { database, hints, clock } = this.parts;
    const wish = await readWish(database, itemId);
    if (!wish) return void this.#waiting.delete(itemId);
    const contents = await this.#contents(itemId, wish);
    if (!contents) return;
    const scopes = await database.transaction(async (transaction) => {
      // The page before its wish, as a push locks them. Read without the lock, a title that changes meanwhile would be written back.
      await transaction`SELECT 1 FROM doc_items WHERE id = ${itemId} FOR UPDATE`;
      const [locked] = await transaction<{ rev: string }[]>`SELECT wish_rev AS rev FROM publish_wish WHERE item_id = ${itemId} FOR UPDATE`;
      if (locked?.rev !== wish.rev) return null;
      const item = asPage((await this.parts.readDocuments(transaction, "items", [itemId])).get(itemId));
      await transaction`DELETE FROM publish_wish WHERE item_id = ${itemId}`;
      if (!item || item.state === "trashed") return [];
      return publishContent(transaction, this.parts, { item, contents, at: clock.now() });
    });
    if (!scopes) return this.#fulfil(itemId);
    this.#waiting.delete(itemId);
    hints.publish(scopes);
  }

  /** The texts to publish, or null while one of them is not complete. */
  async #contents(itemId: string, wish: Wish): Promise<Partial<Record<Language, PageContent>> | null> {
    const { database, log } = this.parts;
    const published = (await this.parts.readDocuments(database.sql, "items", [editionId(itemId)])).size > 0;
    const contents: Partial<Record<Language, PageContent>> = {};
    for (const lang of languages) {
      const state = wish.state[lang];
      // What is not named stays as students have it; before the first edition there is nothing to stay.
      if (state === undefined && published) continue;
      const stored = await readRoom(database.sql, pageRoom(itemId, lang));
      if (state === undefined && stored.state === null && stored.updates.length === 0) continue;
      const doc = toDocument(stored);
      try {
        if (state !== undefined && !isHeld(doc, state, () => log.warn("pages.wish_unreadable", { itemId, lang }))) return null;
        contents[lang] = documentToContent(doc);
      } catch (error) {
        if (!(error instanceof CodedError)) throw error;
        // Too large for students' devices: it waits for a shorter text.
        log.warn("pages.too_large", { itemId, lang });
        return null;
      } finally {
        doc.destroy();
      }
    }
    return contents;
  }
}

/** A wish that cannot be read asks for nothing in particular. */
function isHeld(doc: Parameters<typeof holdsWish>[0], state: string, unreadable: () => void): boolean {
  try {
    return holdsWish(doc, state);
  } catch {
    unreadable();
    return true;
  }
}

/** The wish that a change of a page brings: a new one, or a page that comes back from the bin without one. */
function wishOf(before: PageItem | null, after: PageItem): Wish | null {
  if (after.state === "trashed") return null;
  if (after.publish && after.publish.rev !== before?.publish?.rev) return { rev: after.publish.rev, state: after.publish.state };
  return after.state === "published" && before?.state !== "published" ? { rev: after.rev, state: {} } : null;
}

async function storeWish(transaction: Transaction, itemId: string, wish: Wish): Promise<void> {
  await transaction`
    INSERT INTO publish_wish (item_id, wish_rev, state) VALUES (${itemId}, ${wish.rev}, ${transaction.json(wish.state)})
    ON CONFLICT (item_id) DO UPDATE SET wish_rev = excluded.wish_rev, state = excluded.state, at = now(), tries = 0, next_try_at = now()`;
}

/** Takes the wishes that are due, longest due first. Each is counted and put off before it is tried, so that one that throws waits too. */
async function claimWishes({ sql }: Database): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    UPDATE publish_wish SET tries = tries + 1, next_try_at = now() + least(${RETRY_SECONDS.first} * 2 ^ least(tries, 10), ${RETRY_SECONDS.most}) * interval '1 second'
    WHERE item_id IN (SELECT item_id FROM publish_wish WHERE next_try_at <= now() ORDER BY next_try_at LIMIT ${CLAIMED_MAX} FOR UPDATE SKIP LOCKED)
    RETURNING item_id::text AS id`;
  return rows.map(({ id }) => id);
}

async function readWish(database: Database, itemId: string): Promise<Wish | null> {
  const [row] = await database.sql<Wish[]>`SELECT wish_rev AS rev, state FROM publish_wish WHERE item_id = ${itemId}`;
  return row ?? null;
}
