import type { Member } from "@mochila/shared/courses/member.ts";
import { type Draft, draftId } from "@mochila/shared/drafts/schema.ts";
import { pairId } from "@mochila/shared/kernel/ids.ts";
import { bodyId, editionId, type PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import type { CollectionName } from "@mochila/shared/registry.ts";
import { CHANGEABLE, COURSE_SHOWN, EXISTING, type Permission, type Place, SHOWN } from "./declaration.ts";

type May = Permission["may"];
export type Fields = Readonly<Record<string, unknown>>;

const LIVING = EXISTING.filter((relation) => relation !== "deleted");
/** A page that is published has a text, also where its course is not shown. */
const WITH_TEXT = [...SHOWN, "hidden", "trashed"] as const;
const staff = { instructor: EXISTING, assistant: EXISTING } satisfies May;
const arranging = { instructor: CHANGEABLE, assistant: CHANGEABLE } satisfies May;
const GROUP = "0190a000-0000-7000-8000-000000000001";
const noteOf = ({ ownerId, pageId }: Place): string => draftId({ userId: ownerId, itemId: pageId, kind: "note" });

/** One kind of document, and who receives and writes it. Which fields of it: `fields.pg.test.ts`. */
export interface Kind {
  readonly collection: CollectionName;
  id(place: Place): string;
  /** As it stands in the school, as far as somebody who writes it has to know. */
  standing(place: Place): Fields;
  /** What a push changes of it. */
  readonly change: Fields;
  /** Somebody's first, under an id that nothing has. */
  fresh(place: Place): Fields & { readonly id: string };
  readonly receives: May;
  readonly creates: May;
  readonly changes: May;
  readonly deletes: May;
  readonly readsHistory: May;
}

const courseFields = ({ courseId }: Place, title: string): Fields => ({ courseId, title: { en: title }, description: {}, languages: ["en"], state: "published" });
const pageFields = ({ courseId, moduleId, relation }: Place): Omit<PageItem, "id" | "rev"> => ({ courseId, kind: "page", moduleId, title: { en: relation }, order: "V", state: "published" });
const member = ({ courseId, ownerId }: Place, role: Member["role"]): Omit<Member, "id" | "rev"> => ({ courseId, userId: ownerId, name: "Somebody", role, state: "active" });
const progressFields = ({ courseId, ownerId }: Place, itemId: string): Omit<Progress, "id" | "rev"> => ({ courseId, userId: ownerId, itemId });
const draftFields = ({ courseId, ownerId }: Place, itemId: string): Omit<Draft, "id" | "rev"> => ({ courseId, userId: ownerId, itemId, kind: "note", body: "private", createdAt: Date.UTC(2026, 9, 1) });

export const kinds: Readonly<Record<string, Kind>> = {
  course: {
    collection: "courses", id: ({ courseId }) => courseId, standing: (place) => courseFields(place, "Course"), change: { title: { en: "Other" } },
    fresh: ({ freshId }) => ({ ...courseFields({ courseId: freshId } as Place, "New"), id: freshId }),
    receives: { ...staff, student: COURSE_SHOWN, observer: COURSE_SHOWN }, creates: {}, changes: { instructor: EXISTING }, deletes: {}, readsHistory: staff,
  },
  member: {
    collection: "members", id: ({ courseId, ownerId }) => pairId(courseId, ownerId), standing: (place) => member(place, "student"), change: { role: "instructor" },
    fresh: (place) => ({ ...member(place, "instructor"), id: place.freshId }),
    receives: { ...staff, student: COURSE_SHOWN, observer: COURSE_SHOWN }, creates: {}, changes: {}, deletes: {}, readsHistory: {},
  },
  group: {
    collection: "members", id: ({ groupId }) => groupId, standing: ({ courseId }) => ({ courseId, kind: "group", title: "Group" }), change: { title: "Other" },
    fresh: ({ courseId, freshId }) => ({ id: freshId, courseId, kind: "group", title: "New" }),
    receives: { ...staff, student: COURSE_SHOWN, observer: COURSE_SHOWN }, creates: arranging, changes: arranging, deletes: {}, readsHistory: {},
  },
  "group of a member": {
    collection: "members", id: ({ courseId, person }) => pairId(courseId, person.id), change: { groupId: GROUP },
    standing: ({ courseId, person }) => ({ courseId, userId: person.id, name: "Somebody", role: "student", state: "active" }),
    fresh: ({ courseId, person, freshId }) => ({ id: freshId, courseId, userId: person.id, name: "Somebody", role: "student", state: "active", groupId: GROUP }),
    receives: { ...staff, student: COURSE_SHOWN, observer: COURSE_SHOWN }, creates: {}, changes: arranging, deletes: {}, readsHistory: {},
  },
  module: {
    collection: "modules", id: ({ moduleId }) => moduleId, standing: ({ courseId, relation }) => ({ courseId, title: { en: relation }, order: "V", state: "published" }), change: { title: { en: "Other" } },
    fresh: ({ courseId, freshId }) => ({ id: freshId, courseId, title: { en: "New" }, order: "V", state: "draft" }),
    receives: { ...staff, student: SHOWN, observer: SHOWN }, creates: { instructor: CHANGEABLE }, changes: { instructor: CHANGEABLE }, deletes: {}, readsHistory: staff,
  },
  page: {
    collection: "items", id: ({ pageId }) => pageId, standing: pageFields, change: { title: { en: "Other" } },
    fresh: (place) => ({ ...pageFields(place), id: place.freshId, state: "draft" }),
    receives: { ...staff, student: SHOWN, observer: SHOWN }, creates: { instructor: CHANGEABLE }, changes: { instructor: CHANGEABLE }, deletes: {}, readsHistory: staff,
  },
  "text of a page": {
    collection: "items", id: ({ pageId }) => bodyId(pageId, "en"), change: { content: { type: "doc", content: [] } },
    standing: ({ courseId, pageId }) => ({ courseId, kind: "body", itemId: pageId, lang: "en", content: { type: "doc", content: [] } }),
    fresh: ({ courseId, pageId, freshId }) => ({ id: freshId, courseId, kind: "body", itemId: pageId, lang: "en", content: { type: "doc", content: [] } }),
    receives: { instructor: WITH_TEXT, assistant: WITH_TEXT, student: SHOWN, observer: SHOWN }, creates: {}, changes: {}, deletes: {}, readsHistory: { instructor: WITH_TEXT, assistant: WITH_TEXT },
  },
  "edition of a page": {
    collection: "items", id: ({ pageId }) => editionId(pageId), change: { languages: {} },
    standing: ({ courseId, pageId }) => ({ courseId, kind: "edition", itemId: pageId, languages: {}, files: [] }),
    fresh: ({ courseId, pageId, freshId }) => ({ id: freshId, courseId, kind: "edition", itemId: pageId, languages: {}, files: [] }),
    receives: { instructor: WITH_TEXT, assistant: WITH_TEXT, student: SHOWN, observer: SHOWN }, creates: {}, changes: {}, deletes: {}, readsHistory: { instructor: WITH_TEXT, assistant: WITH_TEXT },
  },
  // One's own stays one's own after the course is lost, and is written no more.
  progress: {
    collection: "progress", id: ({ ownerId, pageId }) => pairId(ownerId, pageId), standing: (place) => progressFields(place, place.pageId), change: { bookmark: { value: true, at: 1 } },
    fresh: (place) => ({ ...progressFields(place, place.freshId), id: pairId(place.ownerId, place.freshId) }),
    receives: { owner: EXISTING }, creates: { owningMember: EXISTING }, changes: { owningMember: EXISTING }, deletes: {}, readsHistory: {},
  },
  draft: {
    collection: "drafts", id: noteOf, standing: (place) => draftFields(place, place.pageId), change: { body: "other" },
    fresh: (place) => ({ ...draftFields(place, place.freshId), id: draftId({ userId: place.ownerId, itemId: place.freshId, kind: "note" }) }),
    receives: { owner: LIVING }, creates: { owningMember: EXISTING }, changes: { owningMember: LIVING }, deletes: { owner: LIVING }, readsHistory: { owner: EXISTING },
  },
};
