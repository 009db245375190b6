import { type Accessor, createMemo, createResource } from "solid-js";
import { type EditionItem, editionId, type Item } from "@mochila/shared/pages/schema.ts";
import { usePages } from "../courses/queries.ts";
import { useRowsById } from "../db/live-query.ts";
import { type KeptCourse, type StorageTrouble, usePerson } from "../person.ts";

export type CourseHere = "none" | "part" | "getting" | "paused" | "failed" | "kept";

/** How much of a course's pictures is on this device, as it stands in one word. */
export function useCourseState(courseId: Accessor<string>): Accessor<CourseHere> {
  const { files } = usePerson();
  return () => files.kept().get(courseId())?.state ?? "none";
}

/** True until the first complete download: an empty list may not be the truth yet. */
export function useFirstSync(): Accessor<boolean> {
  const { sync } = usePerson();
  return () => sync.status().firstSync;
}

/** What is wrong with the storage of this device. */
export const useTrouble = (): StorageTrouble => usePerson().trouble;

export interface CourseRoom {
  readonly courseId: string;
  readonly pages: number;
  readonly pagesHere: number;
  /** Texts and pictures. */
  readonly bytesHere: number;
  readonly mediaHere: number;
  readonly bytesMissing: number;
}

/** What each course takes and lacks on this device. A file that several pages show counts once. */
export function useCourseRooms(): Accessor<ReadonlyMap<string, CourseRoom> | undefined> {
  const { collections, files } = usePerson();
  const pages = usePages();
  const ids = createMemo(() => pages()?.filter((page) => page.state === "published").map((page) => editionId(page.id)) ?? [], [], { equals: (a, b) => a.join() === b.join() });
  const editions = useRowsById<Item>(() => collections.items.findByIds(ids()));
  return createMemo(() => {
    const known = editions()?.filter((item): item is EditionItem => item.kind === "edition");
    if (!known || !pages()) return undefined;
    const here = files.onDevice();
    const rooms = new Map<string, CourseRoom>();
    for (const courseId of new Set(known.map((edition) => edition.courseId))) {
      const own = known.filter((edition) => edition.courseId === courseId);
      const all = new Map(own.flatMap((edition) => edition.files.map((file) => [file.id, file.bytes] as const)));
      const text = own.flatMap((edition) => Object.values(edition.languages)).reduce((sum, one) => sum + (one?.bytes ?? 0), 0);
      let [mediaHere, bytesMissing] = [0, 0];
      for (const [id, bytes] of all) {
        if (here.has(id)) mediaHere += bytes;
        else bytesMissing += bytes;
      }
      const pagesHere = own.filter((edition) => edition.files.every((file) => here.has(file.id))).length;
      rooms.set(courseId, { courseId, pages: own.length, pagesHere, bytesHere: text + mediaHere, mediaHere, bytesMissing });
    }
    return rooms;
  });
}

export interface Storage {
  /** Bytes of texts and of the person's own work. */
  readonly text: number;
  /** Bytes of pictures and files. */
  readonly media: number;
  /** What the browser gives this app in all; null if it does not say. */
  readonly quota: number | null;
}

/** What this person's data takes here, measured again whenever a file comes or goes. */
export function useStorage(): Accessor<Storage | undefined> {
  const person = usePerson();
  const [measured] = createResource(person.files.onDevice, () => person.storage());
  // Reading a resource that has no value yet would take the whole page away until it has one.
  return () => (measured.state === "ready" || measured.state === "refreshing" ? measured.latest : undefined);
}

export function useKept(courseId: Accessor<string>): Accessor<KeptCourse | undefined> {
  const { files } = usePerson();
  return () => files.kept().get(courseId());
}
