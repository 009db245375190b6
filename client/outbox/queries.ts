import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup } from "solid-js";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { Item } from "@mochila/shared/pages/schema.ts";
import { useRowsById } from "../db/live-query.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { type OutboxEntry, type RescuedWork, type SyncStatus, usePerson } from "../person.ts";

export const useSyncStatus = (): Accessor<SyncStatus> => usePerson().sync.status;

export const useRescued = (): Accessor<readonly RescuedWork[]> => usePerson().sync.rescued;

/** What waits changes without the status changing, such as the bytes of an upload. */
const LOOK_EVERY_MS = 3_000;

/** Everything the server does not have yet; undefined until the device has answered, null if it cannot. */
export function useOutbox(): Accessor<readonly OutboxEntry[] | null | undefined> {
  const { sync } = usePerson();
  const [entries, setEntries] = createSignal<readonly OutboxEntry[] | null>();
  let ended = false;
  const look = async () => {
    const found = await sync.outbox().catch((error: unknown) => {
      console.error(error);
      return null;
    });
    // What was read before is truer than nothing; the next look may succeed.
    if (!ended && (found || !entries())) setEntries(found);
  };
  createEffect(on(sync.status, () => void look()));
  const timer = setInterval(() => void look(), LOOK_EVERY_MS);
  onCleanup(() => {
    ended = true;
    clearInterval(timer);
  });
  return entries;
}

interface Named {
  readonly itemId: string | null;
  readonly courseId: string | null;
  /** As it was called when the work was written. */
  readonly title?: Localized<string> | null;
}

/** What a waiting or rescued piece of work belongs to, in the language of the moment: by its name now, else by that of then. */
export function useNames(about: Accessor<readonly Named[]>) {
  const { collections } = usePerson();
  const idsOf = (field: "itemId" | "courseId") =>
    createMemo(() => [...new Set(about().flatMap((one) => one[field] ?? []))], [], { equals: (a, b) => a.join() === b.join() });
  const [itemIds, courseIds] = [idsOf("itemId"), idsOf("courseId")];
  const items = useRowsById<Item>(() => collections.items.findByIds(itemIds()));
  const courses = useRowsById<Course>(() => collections.courses.findByIds(courseIds()));
  return (one: Named): string => {
    const item = items()?.find((row) => row.id === one.itemId);
    const course = courses()?.find((row) => row.id === one.courseId);
    return pick((item?.kind === "page" ? item.title : one.title) ?? course?.title, language())?.value ?? "";
  };
}
