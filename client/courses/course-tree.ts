import { byOrder } from "@mochila/shared/kernel/ordering.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { EditionItem, PageItem } from "@mochila/shared/pages/schema.ts";
import type { Progress } from "@mochila/shared/progress/schema.ts";
import { pick, type Said } from "../i18n/localized.ts";

/** Slow enough for a second language and for code. */
const WORDS_PER_MINUTE = 180;

export const readingMinutes = (words: number): number => Math.max(1, Math.round(words / WORDS_PER_MINUTE));

export interface TreeItem {
  readonly id: string;
  readonly page: PageItem;
  readonly title: Said<string> | null;
  readonly state: "done" | "part" | "none";
  /** Null until an edition is known: a draft, or not here yet. */
  readonly minutes: number | null;
  /** Text in the language shown, and pictures. */
  readonly bytes: number | null;
  /** The text is there only in this language, which is not the one asked for. */
  readonly onlyIn: Language | null;
  readonly missing: readonly { readonly id: string; readonly bytes: number }[];
}

export interface TreeModule {
  readonly id: string;
  readonly module: Module;
  /** 1-based, among the modules shown. */
  readonly number: number;
  readonly title: Said<string> | null;
  readonly items: readonly TreeItem[];
  readonly done: number;
}

export interface CourseTree {
  readonly modules: readonly TreeModule[];
  readonly items: readonly TreeItem[];
  readonly done: number;
  /** Items whose text and pictures are all here. */
  readonly here: number;
  readonly bytesHere: number;
  readonly bytesMissing: number;
  /** The item to go on with: begun and not done, else the first that is not done. */
  readonly now: string | null;
}

interface Parts {
  readonly modules: readonly Module[];
  readonly pages: readonly PageItem[];
  readonly editions: readonly EditionItem[];
  readonly progress: readonly Progress[];
  readonly onDevice: ReadonlySet<string>;
  readonly lang: Language;
  /** Staff who arrange the course see drafts too; readers see what is published. */
  readonly drafts: boolean;
}

const isShown = (row: { state: "draft" | "published" | "trashed" }, drafts: boolean): boolean => row.state === "published" || (drafts && row.state === "draft");

function toItem(page: PageItem, parts: Parts, edition: EditionItem | undefined, progress: Progress | undefined): TreeItem {
  const text = pick(edition?.languages, parts.lang);
  const files = edition?.files ?? [];
  return {
    id: page.id,
    page,
    title: pick(page.title, parts.lang),
    state: progress?.done?.value ? "done" : progress?.seenAt === undefined ? "none" : "part",
    minutes: text ? readingMinutes(text.value.words) : null,
    bytes: text ? text.value.bytes + files.reduce((sum, file) => sum + file.bytes, 0) : null,
    onlyIn: text && text.lang !== parts.lang ? text.lang : null,
    missing: files.filter((file) => !parts.onDevice.has(file.id)),
  };
}

/** Bytes of files, each counted once although several pages show it. */
const bytesOf = (files: Iterable<{ id: string; bytes: number }>): number => [...new Map([...files].map((file) => [file.id, file.bytes])).values()].reduce((sum, bytes) => sum + bytes, 0);

function measure(items: readonly TreeItem[], parts: Parts) {
  const bytesMissing = bytesOf(items.flatMap((item) => item.missing));
  const pages = new Set(items.map((item) => item.id));
  const editions = parts.editions.filter((edition) => pages.has(edition.itemId));
  const text = editions.flatMap((edition) => Object.values(edition.languages)).reduce((sum, one) => sum + (one?.bytes ?? 0), 0);
  return { bytesMissing, bytesHere: text + bytesOf(editions.flatMap((edition) => edition.files)) - bytesMissing };
}

/** What a course page shows, from the documents on the device. Pure. */
export function courseTree(parts: Parts): CourseTree {
  const editionOf = new Map(parts.editions.map((edition) => [edition.itemId, edition]));
  const progressOf = new Map(parts.progress.map((row) => [row.itemId, row]));
  const pages = parts.pages.filter((page) => isShown(page, parts.drafts));
  const modules = parts.modules
    .filter((module) => isShown(module, parts.drafts))
    .sort(byOrder)
    .map((module, index): TreeModule => {
      const items = pages
        .filter((page) => page.moduleId === module.id)
        .sort(byOrder)
        .map((page) => toItem(page, parts, editionOf.get(page.id), progressOf.get(page.id)));
      return { id: module.id, module, number: index + 1, title: pick(module.title, parts.lang), items, done: items.filter((item) => item.state === "done").length };
    });
  const items = modules.flatMap((module) => module.items);
  return {
    modules,
    items,
    done: items.filter((item) => item.state === "done").length,
    here: items.filter((item) => item.bytes !== null && item.missing.length === 0).length,
    ...measure(items, parts),
    now: (items.find((item) => item.state === "part") ?? items.find((item) => item.state === "none"))?.id ?? null,
  };
}
