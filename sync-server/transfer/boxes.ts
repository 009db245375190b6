import type { BlockNode, CalloutKind, SolutionNode } from "@mochila/shared/pages/content.ts";
import { type Phrase, plainTextOf } from "./inline.ts";

/** A division or a classed block quote by what it is for the reader. */
export type Box = { readonly kind: "exercise" } | { readonly kind: "solution" } | { readonly kind: "callout"; readonly callout: CalloutKind };
/** Lists that belong to the module, not to a page. */
export type ModuleList = "questions" | "objectives" | "keyPoints";

const CALLOUTS: ReadonlyMap<string, CalloutKind> = new Map<string, CalloutKind>([
  ["callout", "note"],
  ["note", "note"],
  ["info", "note"],
  ["instructor", "note"],
  ["spoiler", "note"],
  ["callout-note", "note"],
  ["tip", "tip"],
  ["hint", "tip"],
  ["checklist", "tip"],
  ["callout-tip", "tip"],
  ["caution", "warning"],
  ["warning", "warning"],
  ["danger", "warning"],
  ["callout-warning", "warning"],
  ["prereq", "prerequisite"],
  ["prerequisite", "prerequisite"],
  ["prerequisites", "prerequisite"],
  ["testimonial", "testimonial"],
  ["discussion", "discussion"],
]);
const MODULE_LISTS: ReadonlyMap<string, ModuleList> = new Map<string, ModuleList>([
  ["questions", "questions"],
  ["objectives", "objectives"],
  ["keypoints", "keyPoints"],
]);

export function boxOf(classes: readonly string[]): Box | null {
  for (const name of classes) {
    if (name === "challenge" || name === "exercise") return { kind: "exercise" };
    if (name === "solution" || name === "answer") return { kind: "solution" };
    const callout = CALLOUTS.get(name);
    if (callout) return { kind: "callout", callout };
  }
  return null;
}

export const moduleListOf = (classes: readonly string[]): ModuleList | null =>
  classes.map((name) => MODULE_LISTS.get(name)).find((list) => list !== undefined) ?? null;

const TITLE_CHARACTERS_MAX = 300;

/** The words of a heading as a title, or null if they do not fit in one or would lose a picture or a line break. */
export function titleFrom(phrases: readonly Phrase[]): string | null {
  if (phrases.some((phrase) => phrase.type === "image")) return null;
  const title = plainTextOf(phrases);
  return title !== "" && title.length <= TITLE_CHARACTERS_MAX ? title : null;
}

/** Containers hold at least one block: the editor puts no cursor into an empty one. */
export const filled = <Block extends BlockNode | SolutionNode>(blocks: readonly Block[]): (Block | BlockNode)[] => (blocks.length > 0 ? [...blocks] : [{ type: "paragraph" }]);

/**
 * Puts solutions where the grammar of pages has them: directly in an exercise. A solution that follows an exercise joins it; one that
 * stands alone gets an exercise around it.
 */
export function settleSolutions(blocks: readonly (BlockNode | SolutionNode)[]): BlockNode[] {
  const settled: BlockNode[] = [];
  for (const block of blocks) {
    const last = settled.at(-1);
    if (block.type !== "solution") settled.push(block);
    else if (last?.type === "exercise") last.content = [...(last.content ?? []), block];
    else settled.push({ type: "exercise", attrs: { title: "" }, content: [block] });
  }
  return settled;
}
