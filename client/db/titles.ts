import type { RxCollection } from "rxdb/plugins/core";
import type { Localized } from "@mochila/shared/kernel/schema.ts";

/** What a document or a note of unsent work may say of itself. */
interface Work {
  readonly courseId?: unknown;
  readonly itemId?: unknown;
  readonly title?: unknown;
}

/** What a piece of work is called: by its own title, else by that of the page or course it belongs to. Null: nothing of that is here. */
export type TitleOf = (work: object) => Promise<Localized<string> | null>;

type Titled = Pick<RxCollection<{ id: string; title?: Localized<string> }>, "findOne">;

/**
 * Asked when work is written, so that its title stays with it: later the course may have left the device, and the person would be shown
 * words of which nobody can say what they were about. What was found once is not looked for again.
 */
export function makeTitleOf(collections: () => { readonly items: unknown; readonly courses: unknown }): TitleOf {
  const known = new Map<string, Localized<string>>();
  const find = async (name: "items" | "courses", id: unknown): Promise<Localized<string> | null> => {
    if (typeof id !== "string") return null;
    // As plain data: what RxDB hands out for an object inside a document cannot be stored.
    const found = (await (collections()[name] as Titled).findOne(id).exec())?.toJSON().title ?? known.get(id) ?? null;
    if (found) known.set(id, found);
    return found;
  };
  return async (work) => {
    const { title, itemId, courseId }: Work = work;
    return typeof title === "object" && title !== null ? title : ((await find("items", itemId)) ?? (await find("courses", courseId)));
  };
}
