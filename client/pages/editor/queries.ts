import { type Accessor, createMemo, createResource } from "solid-js";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { type BodyItem, bodyId, type Item } from "@mochila/shared/pages/schema.ts";
import { useOne, useRows } from "../../db/live-query.ts";
import { usePerson } from "../../person.ts";
import { useEditorWords } from "./words.ts";

/** Names and pictures of the people of a course, for cursors and faces. */
export function useMemberFaces(courseId: string): { nameOf(userId: string): string; pictureOf(userId: string): string | undefined } {
  const { collections } = usePerson();
  const words = useEditorWords();
  const members = useRows<Member>(() => collections.members.find({ selector: { courseId } }));
  const known = createMemo(() => new Map(members()?.map((member) => [member.userId, member])));
  return { nameOf: (userId) => known().get(userId)?.name ?? words("editor.somebody"), pictureOf: (userId) => known().get(userId)?.picture };
}

/** The published text in exactly this language; null: none. */
export function useOwnBody(itemId: string, lang: Language): Accessor<BodyItem | null | undefined> {
  const { collections } = usePerson();
  const row = useOne<Item>(() => collections.items.findOne(bodyId(itemId, lang)));
  return createMemo(() => {
    const body = row();
    return body && (body.kind === "body" ? body : null);
  });
}

/** Whether this device made the page and nobody else can know it yet: its row waits to be sent and was never published. */
export function useSendsFirst(itemId: string): () => boolean {
  const { sync, collections } = usePerson();
  const [waits] = createResource(async () => {
    const page = await collections.items.findOne(itemId).exec();
    const row = page?.toJSON() as Item | undefined;
    const isNew = row?.kind === "page" && row.state === "draft" && row.publish === undefined;
    return isNew && (await sync.outbox()).some((entry) => entry.kind === "document" && entry.id === itemId);
  });
  return () => waits.state === "ready" && waits();
}
