import { createHash } from "node:crypto";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import { bodyId, editionId } from "@mochila/shared/pages/schema.ts";
import type { Transaction } from "../db/database.ts";
import { insertFile } from "../files/file-reference.ts";
import { writeDocuments } from "../sync/write-documents.ts";
import { EXISTING } from "./declaration.ts";
import { type CourseName, type PersonName, personNames } from "./test-people.ts";

type Existing = (typeof EXISTING)[number];

interface Spot {
  readonly course: CourseName;
  readonly state: "published" | "draft" | "trashed";
  /** Whom a request about somebody is about; null: the caller. */
  readonly person: PersonName | null;
  /** Whose private documents are meant; null: the caller's. */
  readonly owner: PersonName | null;
}

/** What stands behind each relation. */
export const spots: Readonly<Record<Existing, Spot>> = {
  own: { course: "main", state: "published", person: null, owner: null },
  peer: { course: "main", state: "published", person: "peer", owner: "peer" },
  otherGroup: { course: "main", state: "published", person: "otherGroup", owner: "otherGroup" },
  otherCourse: { course: "other", state: "published", person: "stranger", owner: "stranger" },
  unpublished: { course: "main", state: "draft", person: "peer", owner: null },
  hidden: { course: "draft", state: "published", person: "peer", owner: null },
  trashed: { course: "trashed", state: "published", person: "peer", owner: null },
  deleted: { course: "main", state: "trashed", person: "peer", owner: null },
  archived: { course: "archived", state: "published", person: "peer", owner: null },
};

/** The ids of one spot that are the same for everybody. */
export interface MadeSpot {
  readonly courseId: string;
  readonly moduleId: string;
  readonly pageId: string;
  readonly groupId: string;
  readonly fileId: string;
  readonly hash: string;
  readonly uploads: ReadonlyMap<PersonName, string>;
  readonly streams: ReadonlyMap<PersonName, string>;
  readonly courseCode: string;
}

const PNG = (name: string): Buffer => Buffer.concat([Buffer.from("89504e470d0a1a0a0000000d494844520000000300000007", "hex"), Buffer.from(name)]);
const AT = Date.UTC(2026, 9, 1);

interface Maker {
  readonly transaction: Transaction;
  readonly courseIds: ReadonlyMap<CourseName, string>;
  readonly courseCodes: ReadonlyMap<CourseName, string>;
  readonly personIds: ReadonlyMap<PersonName, string>;
  put(bytes: Uint8Array): Promise<Uint8Array>;
}

/** Writes what stands at one spot: a module, a page with its text, a picture, and private documents of everybody. */
export async function makeSpot(maker: Maker, relation: Existing): Promise<MadeSpot> {
  const { transaction, personIds, put } = maker;
  const { course, state } = spots[relation];
  const courseId = maker.courseIds.get(course) ?? "";
  const [moduleId, pageId, fileId, groupId] = [newId(), newId(), newId(), newId()];
  const picture = PNG(relation);
  const [hash, owners] = [await put(picture), personNames.map((name) => personIds.get(name) ?? "")];
  const title = { en: relation };
  const body = { content: { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: `Text of ${relation}` }] }] } };
  await writeDocuments(transaction, [
    { collection: "members", document: { id: groupId, courseId, kind: "group", title: "Group" } },
    { collection: "modules", document: { id: moduleId, courseId, title, order: "V", state } },
    { collection: "items", document: { id: pageId, courseId, kind: "page", moduleId, title, order: "V", state } },
    ...(state === "published"
      ? [
          { collection: "items", document: { id: bodyId(pageId, "en"), courseId, kind: "body", itemId: pageId, lang: "en", ...body } },
          { collection: "items", document: { id: editionId(pageId), courseId, kind: "edition", itemId: pageId, languages: { en: { words: 3, bytes: 10, publishedAt: AT } }, files: [] } },
        ]
      : []),
    ...owners.map((userId) => ({ collection: "progress", document: { id: pairId(userId, pageId), courseId, userId, itemId: pageId, seenAt: AT } })),
    ...owners.map((userId) => ({ collection: "drafts", document: { id: draftId({ userId, itemId: pageId, kind: "note" }), courseId, userId, itemId: pageId, kind: "note", body: "private", createdAt: AT } })),
  ]);
  if (relation === "deleted") {
    await writeDocuments(transaction, owners.map((userId) => ({ collection: "drafts", document: { id: draftId({ userId, itemId: pageId, kind: "note" }) }, deleted: true as const })));
  }
  const file = { id: fileId, courseId, ownerId: null, scope: state === "draft" ? ("cs" as const) : ("c" as const), hash, name: "a.png", type: "image/png", bytes: picture.length, sentBytes: picture.length };
  await insertFile(transaction, file);
  const uploads = await makeUploads(maker, courseId);
  const streams = new Map(personNames.map((name) => [name, newId()]));
  for (const [name, id] of streams) await transaction`insert into event_stream (stream_id, user_id, created_at, last_received_at) values (${id}, ${personIds.get(name) ?? ""}, now(), now())`;
  return { courseId, moduleId, pageId, groupId, fileId, hash: Buffer.from(hash).toString("hex"), uploads, streams, courseCode: maker.courseCodes.get(course) ?? "" };
}

/** One of everybody, also of who may no longer bring anything: they may have been instructors. */
async function makeUploads({ transaction, personIds }: Maker, courseId: string): Promise<Map<PersonName, string>> {
  const uploads = new Map(personNames.map((name) => [name, newId()]));
  for (const [name, id] of uploads) {
    await transaction`insert into upload (id, course_id, owner_id, name, type, sha256, bytes, expires_at)
      values (${id}, ${courseId}, ${personIds.get(name) ?? ""}, 'a.png', 'image/png', ${createHash("sha256").digest()}, 2, ${new Date(AT + 365 * 86_400_000)})`;
  }
  return uploads;
}
