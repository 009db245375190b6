import type { Item, PageItem } from "@mochila/shared/pages/schema.ts";
import { LocalDatabase } from "../../db/local.ts";
import { updateDocument } from "../../db/write.ts";
import type { PersonSpace } from "../../person.ts";

type Wish = NonNullable<PageItem["publish"]>;
interface KeptWish {
  readonly itemId: string;
  readonly publish: Wish;
}

type Asker = Pick<PersonSpace, "collections" | "user" | "looking">;

const PREFIX = "publishing:";
const nameOf = ({ publish }: KeptWish): string => PREFIX + publish.rev;

/**
 * Duty: a wish to publish is on the device when its button has been pressed, before anything is waited for.
 * What breaks: the tab ends in that moment, before the page itself could be written, which takes several steps.
 * How it recovers: the wish goes into the page when an editor is opened, or when the app is, by who teaches. The same wish twice is one.
 */
export class PublishWishes {
  readonly #local: LocalDatabase;
  #running: Promise<unknown>;

  constructor(private readonly person: Asker) {
    this.#local = new LocalDatabase(person.user().id);
    // Who looks at the school as somebody else makes no database of theirs on this device.
    this.#running = person.looking ? Promise.resolve() : this.#carryLeft().catch(console.error);
  }

  /** Resolves when it stands in its page. */
  ask(wish: KeptWish): Promise<void> {
    // A full disk is waited out where the page is written.
    const keeping = this.person.looking ? Promise.resolve() : this.#keep(wish).catch(console.error);
    const asking = keeping.then(() => this.#carry(wish));
    this.#running = Promise.allSettled([this.#running, asking]);
    return asking;
  }

  /** What was begun comes to its end. */
  async close(): Promise<void> {
    await this.#running;
    this.#local.close();
  }

  /** Committed by hand and not through Dexie: what has been asked of the browser in the same turn is done also for a tab that is gone. */
  #keep(wish: KeptWish): Promise<void> {
    const row = { name: nameOf(wish), value: wish };
    if (!this.#local.isOpen()) return this.#local.set(row.name, row.value);
    const writing = this.#local.backendDB().transaction("settings", "readwrite", { durability: "strict" });
    writing.objectStore("settings").put(row);
    writing.commit();
    return new Promise((resolve, reject) => {
      writing.addEventListener("complete", () => resolve());
      writing.addEventListener("abort", () => reject(writing.error ?? new Error("the device did not keep it")));
    });
  }

  async #carry(wish: KeptWish): Promise<void> {
    const { itemId, publish } = wish;
    await updateDocument<Item>(this.person.collections.items, itemId, (current) => (current.kind === "page" ? { ...current, publish } : current));
    await this.#local.settings.delete(nameOf(wish));
  }

  async #carryLeft(): Promise<void> {
    const left = await this.#local.settings.where("name").startsWith(PREFIX).toArray();
    const wishes = left.map(({ value }) => value as KeptWish).sort((a, b) => a.publish.at - b.publish.at);
    for (const wish of wishes) await this.#carry(wish);
  }
}

/** What a tab that ended in that moment left. */
export const carryWishes = (person: Asker): Promise<void> => new PublishWishes(person).close();
