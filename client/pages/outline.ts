import type { BlockNode, InlineNode, PageContent } from "@mochila/shared/pages/content.ts";

export interface OutlineEntry {
  readonly id: string;
  readonly text: string;
}

const textOf = (content: readonly InlineNode[] | undefined): string => (content ?? []).map((node) => (node.type === "text" ? node.text : " ")).join("");

/** Letters and digits of any alphabet, joined by hyphens: what stands in an address. */
const slugOf = (text: string): string =>
  text
    .toLowerCase()
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-|-$/g, "")
    .slice(0, 60) || "part";

/** The id of each heading and exercise of a page: its words, with a number where they repeat. In reading order. */
export function anchorsOf(content: PageContent): Map<BlockNode, string> {
  const used = new Map<string, number>();
  const anchors = new Map<BlockNode, string>();
  for (const block of content.content) {
    if (block.type !== "heading" && block.type !== "exercise") continue;
    const slug = slugOf(block.type === "heading" ? textOf(block.content) : block.attrs.title || "exercise");
    const times = (used.get(slug) ?? 0) + 1;
    used.set(slug, times);
    anchors.set(block, times === 1 ? slug : `${slug}-${times}`);
  }
  return anchors;
}

/** What «On this page» lists: second-level headings and exercises. `exercise` names those without a title. */
export function outlineOf(content: PageContent, anchors: ReadonlyMap<BlockNode, string>, exercise: string): OutlineEntry[] {
  return content.content.flatMap((block) => {
    const id = anchors.get(block);
    if (id === undefined) return [];
    if (block.type === "heading") return block.attrs.level === 2 ? [{ id, text: textOf(block.content) }] : [];
    return block.type === "exercise" ? [{ id, text: block.attrs.title || exercise }] : [];
  });
}

/** Each exercise's place among the exercises of the page, 0-based, nested ones too: the `part` of its events. */
export function exercisesOf(content: PageContent): Map<unknown, number> {
  const places = new Map<unknown, number>();
  const visit = (nodes: readonly { type: string; content?: readonly unknown[] | undefined }[] | undefined): void => {
    for (const node of nodes ?? []) {
      if (node.type === "exercise") places.set(node, places.size);
      visit(node.content as Parameters<typeof visit>[0]);
    }
  };
  visit(content.content);
  return places;
}
