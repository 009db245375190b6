import * as Y from "yjs";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newRev } from "@mochila/shared/kernel/ids.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { PUBLISH_STATE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import type { Item, PageItem } from "@mochila/shared/pages/schema.ts";
import { updateDocument } from "../../db/write.ts";
import { readPicture } from "../../files/new-picture.ts";
import { usePerson } from "../../person.ts";
import type { PublishWishes } from "./wishes.ts";

const FLUSH_MS = 4_000;

const base64 = (bytes: Uint8Array): string => btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));

/** What this device holds of a text, so that the server knows when it holds it too. */
export function stateOf(doc: Y.Doc): string {
  const snapshot = Y.snapshot(doc);
  const whole = base64(Y.encodeSnapshot(snapshot));
  // A page with a very long history of deletions: its insertions alone are named.
  return whole.length <= PUBLISH_STATE_CHARACTERS_MAX ? whole : base64(Y.encodeSnapshot(Y.createSnapshot(Y.createDeleteSet(), snapshot.sv)));
}

interface Text {
  readonly lang: Language;
  readonly doc: Y.Doc;
  flushed(ms: number): Promise<void>;
}

/** What an author does to a page beside its text. */
export function useEditorActions(itemId: string) {
  const { collections, sync, files } = usePerson();
  const change = (next: (page: PageItem) => PageItem) =>
    updateDocument<Item>(collections.items, itemId, (current) => (current.kind === "page" ? next(current) : current));
  /** The server has the page's row as it is here. */
  const isTaken = async (): Promise<boolean> => (await sync.syncNow()) && !(await sync.outbox()).some(({ kind, id }) => kind === "document" && id === itemId);
  return {
    setTitle: (lang: Language, title: string) => change((page) => ({ ...page, title: { ...page.title, [lang]: title } })),
    /**
     * Wishes the page published as it is on this device in this moment. The wish is kept before anything is waited for, so that the tab may end;
     * the server publishes when it has wish and text. Answers whether both have reached it already.
     */
    publish: async (texts: readonly Text[], wishes: PublishWishes): Promise<boolean> => {
      const state = Object.fromEntries(texts.map((text) => [text.lang, stateOf(text.doc)]));
      await wishes.ask({ itemId, publish: { rev: newRev(), at: systemClock.now(), state } });
      const sent = Promise.all(texts.map((text) => text.flushed(FLUSH_MS).then(() => true, () => false)));
      const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), FLUSH_MS));
      const taken = Promise.race([isTaken(), late]);
      return sync.status().state !== "offline" && (await taken) && (await sent).every(Boolean);
    },
    /** Shows students what stands around the page, so that a published page reaches them. */
    showModule: (moduleId: string) => updateDocument<Module>(collections.modules, moduleId, (current) => ({ ...current, state: "published" })),
    showCourse: (courseId: string) => updateDocument<Course>(collections.courses, courseId, (current) => ({ ...current, state: "published" })),
    addPicture: async (courseId: string, file: File) => files.add(courseId, await readPicture(file)),
  };
}
