import * as z from "zod/mini";
import { isStaff, mayTeach } from "../access/actor.ts";
import { courseScope, staffScope } from "../access/scope.ts";
import { courseDocumentBase, Instant, Language, localized, LocalizedTitle, OrderKey, text, Uuid } from "../kernel/schema.ts";
import { isDerivedId, namedId } from "../kernel/ids.ts";
import { DOCUMENT_BYTES_MAX, PUBLISH_STATE_CHARACTERS_MAX } from "../limits.ts";
import type { CollectionDefinition } from "../sync/collection.ts";
import { PageContent } from "./content.ts";

/**
 * A wish to publish, made on a device, also offline. `state` is, per language, the Base64 Yjs snapshot (format 1: state vector and
 * delete set) of what the author saw; the server projects as soon as its room holds all of it. A language that was not edited is absent.
 */
const PublishWish = z.strictObject({
  rev: Uuid,
  at: Instant,
  state: localized(text(PUBLISH_STATE_CHARACTERS_MAX)),
  note: z.optional(text(500)),
});
export type PublishWish = z.infer<typeof PublishWish>;

/** A page as a module lists it. Its text is in rows of kind `body`, so that listing a course loads none. */
export const PageItem = z.strictObject({
  ...courseDocumentBase,
  kind: z.literal("page"),
  moduleId: Uuid,
  title: LocalizedTitle,
  order: OrderKey,
  state: z.enum(["draft", "published", "trashed"]),
  publish: z.optional(PublishWish),
});
export type PageItem = z.infer<typeof PageItem>;

/** Set while the module is not shown: what is published in it is for staff only. */
const withheld = z.optional(z.literal(true));

/** What is known of a published page without its text: languages, words, files. One a page, written by the server. */
export const EditionItem = z.strictObject({
  ...courseDocumentBase,
  kind: z.literal("edition"),
  itemId: Uuid,
  languages: localized(z.strictObject({ words: z.int(), bytes: z.int(), publishedAt: Instant })),
  files: z.array(z.strictObject({ id: Uuid, bytes: z.int(), type: text(100) })).check(z.maxLength(500)),
  withheld,
});
export type EditionItem = z.infer<typeof EditionItem>;

/** The published text of a page in one language, written by the server from the room. */
export const BodyItem = z.strictObject({
  ...courseDocumentBase,
  kind: z.literal("body"),
  itemId: Uuid,
  lang: Language,
  content: PageContent,
  withheld,
});
export type BodyItem = z.infer<typeof BodyItem>;

/** The ids of what the server writes beside a page: known to every device, so that a page and its text are found without a search. */
export const editionId = (pageId: string): string => namedId(pageId, "edition");
export const bodyId = (pageId: string, lang: Language): string => namedId(pageId, `body-${lang}`);

export const Item = z.discriminatedUnion("kind", [PageItem, EditionItem, BodyItem]);
export type Item = z.infer<typeof Item>;

const last = { writer: "client", merge: "last" } as const;
const server = { writer: "server" } as const;

export const items: CollectionDefinition<Item> = {
  name: "items",
  number: 4,
  version: 1,
  schema: Item,
  fields: {
    courseId: { writer: "creation" },
    kind: { writer: "creation" },
    moduleId: last,
    title: last,
    order: last,
    state: last,
    publish: last,
    itemId: server,
    lang: server,
    content: server,
    languages: server,
    files: server,
    withheld: server,
  },
  // Bodies and editions exist only while their page is published: the server removes them with it.
  scopesOf: (item) => [(item.kind === "page" ? item.state === "published" : !item.withheld) ? courseScope(item.courseId) : staffScope(item.courseId)],
  // Derived ids are those of texts and editions: a page under one would stand where another page's text belongs.
  mayCreate: (actor, next) => next.kind === "page" && !isDerivedId(next.id) && mayTeach(actor, next.courseId),
  mayUpdate: (actor, current) => current.kind === "page" && mayTeach(actor, current.courseId),
  mayDelete: () => false,
  mayReadHistory: (actor, { courseId }) => courseId !== null && isStaff(actor, courseId),
  bytesMax: DOCUMENT_BYTES_MAX,
  opaque: ["content"],
};
