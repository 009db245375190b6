import * as z from "zod/mini";
import { text, Uuid } from "../kernel/schema.ts";

/**
 * The text of a page: a tree of blocks with the node and mark names of the editor's schema (`node-specs.ts`), so that
 * editor, server projection, importer and reader speak of the same thing. It is data, never HTML: the reader builds
 * elements from known names only, so nothing that an author writes can run.
 */
const LINK_PATTERN = /^(https?:\/\/|mailto:|\/[^/\\]|\/$|#)/i;

/** Addresses a link may have: web, mail, inside the app, inside the page. Everything else loses the link and keeps the words. */
export const isSafeLink = (address: string): boolean => address.length <= 2_000 && LINK_PATTERN.test(address);

export const Mark = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("strong") }),
  z.strictObject({ type: z.literal("em") }),
  z.strictObject({ type: z.literal("code") }),
  z.strictObject({ type: z.literal("strike") }),
  z.strictObject({ type: z.literal("superscript") }),
  z.strictObject({ type: z.literal("subscript") }),
  z.strictObject({ type: z.literal("link"), attrs: z.strictObject({ href: z.string().check(z.refine(isSafeLink)) }) }),
]);
export type Mark = z.infer<typeof Mark>;

export const calloutKinds = ["note", "tip", "warning", "prerequisite", "testimonial", "discussion"] as const;
export type CalloutKind = (typeof calloutKinds)[number];

export interface TextNode {
  type: "text";
  text: string;
  marks?: Mark[] | undefined;
}
export type InlineNode = TextNode | { type: "hard_break" };
export interface ImageNode {
  type: "image";
  /** `file` is the id of a file reference of the course, never an address. */
  attrs: { file: string; alt: string; caption: string; width?: number | undefined; height?: number | undefined };
}
export interface CellNode {
  type: "table_cell" | "table_header";
  attrs?: { colspan?: number | undefined; rowspan?: number | undefined; align?: "start" | "center" | "end" | undefined } | undefined;
  content?: BlockNode[] | undefined;
}
export type BlockNode =
  | { type: "paragraph"; content?: InlineNode[] | undefined }
  | { type: "heading"; attrs: { level: 2 | 3 | 4 }; content?: InlineNode[] | undefined }
  | { type: "bullet_list"; content?: ListItemNode[] | undefined }
  | { type: "ordered_list"; attrs?: { order?: number | undefined } | undefined; content?: ListItemNode[] | undefined }
  | { type: "code_block"; attrs: { language: string; caption?: string | undefined }; content?: TextNode[] | undefined }
  | { type: "blockquote"; content?: BlockNode[] | undefined }
  | { type: "horizontal_rule" }
  | ImageNode
  | { type: "table"; content?: { type: "table_row"; content?: CellNode[] | undefined }[] | undefined }
  | { type: "callout"; attrs: { kind: CalloutKind; title: string }; content?: BlockNode[] | undefined }
  | { type: "exercise"; attrs: { title: string }; content?: (BlockNode | SolutionNode)[] | undefined };
export interface ListItemNode {
  type: "list_item";
  content?: BlockNode[] | undefined;
}
/** Stands only inside an exercise; the reader hides it until it is asked for. */
export interface SolutionNode {
  type: "solution";
  attrs: { title: string };
  content?: BlockNode[] | undefined;
}

// Unions look at `type` first. A plain union would try every kind of block at every level: time exponential in the depth.
const TextNodeSchema = z.strictObject({
  type: z.literal("text"),
  text: z.string().check(z.minLength(1), z.maxLength(500_000)),
  marks: z.optional(z.array(Mark).check(z.maxLength(8))),
});
const InlineNodeSchema = z.discriminatedUnion("type", [TextNodeSchema, z.strictObject({ type: z.literal("hard_break") })]);
const inline = z.optional(z.array(InlineNodeSchema).check(z.maxLength(20_000)));
const blocks: z.ZodMiniType<BlockNode[] | undefined> = z.optional(z.lazy(() => z.array(BlockNodeSchema).check(z.maxLength(5_000))));
const Title = text(300);

const ListItemSchema = z.strictObject({ type: z.literal("list_item"), content: z.optional(blocks) });
const listItems = z.optional(z.array(ListItemSchema).check(z.maxLength(5_000)));
const Span = z.optional(z.int().check(z.gte(1), z.lte(100)));
const CellSchema = z.strictObject({
  type: z.enum(["table_cell", "table_header"]),
  attrs: z.optional(z.strictObject({ colspan: Span, rowspan: Span, align: z.optional(z.enum(["start", "center", "end"])) })),
  content: z.optional(blocks),
});
const RowSchema = z.strictObject({ type: z.literal("table_row"), content: z.optional(z.array(CellSchema).check(z.maxLength(100))) });
const SolutionSchema = z.strictObject({
  type: z.literal("solution"),
  attrs: z.strictObject({ title: Title }),
  content: z.optional(blocks),
});
const Pixels = z.optional(z.int().check(z.gte(1), z.lte(20_000)));

const blockKinds = [
  z.strictObject({ type: z.literal("paragraph"), content: inline }),
  z.strictObject({ type: z.literal("heading"), attrs: z.strictObject({ level: z.literal([2, 3, 4]) }), content: inline }),
  z.strictObject({ type: z.literal("bullet_list"), content: listItems }),
  z.strictObject({
    type: z.literal("ordered_list"),
    attrs: z.optional(z.strictObject({ order: z.optional(z.int().check(z.gte(0), z.lte(100_000))) })),
    content: listItems,
  }),
  z.strictObject({
    type: z.literal("code_block"),
    attrs: z.strictObject({ language: z.string().check(z.regex(/^[a-z0-9+#-]{0,30}$/)), caption: z.optional(Title) }),
    content: z.optional(z.array(TextNodeSchema).check(z.maxLength(1_000))),
  }),
  z.strictObject({ type: z.literal("blockquote"), content: z.optional(blocks) }),
  z.strictObject({ type: z.literal("horizontal_rule") }),
  z.strictObject({
    type: z.literal("image"),
    attrs: z.strictObject({ file: Uuid, alt: text(2_000), caption: text(2_000), width: Pixels, height: Pixels }),
  }),
  z.strictObject({ type: z.literal("table"), content: z.optional(z.array(RowSchema).check(z.maxLength(2_000))) }),
  z.strictObject({
    type: z.literal("callout"),
    attrs: z.strictObject({ kind: z.enum(calloutKinds), title: Title }),
    content: z.optional(blocks),
  }),
  z.strictObject({
    type: z.literal("exercise"),
    attrs: z.strictObject({ title: Title }),
    content: z.optional(z.lazy((): z.ZodMiniType<(BlockNode | SolutionNode)[]> => z.array(ExercisePartSchema).check(z.maxLength(500)))),
  }),
] as const;

const BlockNodeSchema: z.ZodMiniType<BlockNode> = z.discriminatedUnion("type", blockKinds);
const ExercisePartSchema: z.ZodMiniType<BlockNode | SolutionNode> = z.discriminatedUnion("type", [...blockKinds, SolutionSchema]);

export const PageContent = z.strictObject({ type: z.literal("doc"), content: z.array(BlockNodeSchema).check(z.maxLength(5_000)) });
export type PageContent = z.infer<typeof PageContent>;

interface AnyNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Record<string, unknown>;
  readonly content?: readonly AnyNode[];
}

/** Visits every node of a page, parents first. */
export function* walkContent(content: PageContent): Generator<AnyNode> {
  const waiting: AnyNode[] = [content as unknown as AnyNode];
  for (let node = waiting.pop(); node; node = waiting.pop()) {
    yield node;
    for (const child of [...(node.content ?? [])].reverse()) waiting.push(child);
  }
}

/** Ids of the files that a page shows, each once. */
export function filesOf(content: PageContent): string[] {
  const files = new Set<string>();
  for (const node of walkContent(content)) if (node.type === "image" && typeof node.attrs?.["file"] === "string") files.add(node.attrs["file"]);
  return [...files];
}

/** Words of a page, for an honest reading time. */
export function wordsOf(content: PageContent): number {
  let words = 0;
  for (const node of walkContent(content)) if (node.text) words += node.text.split(/\s+/u).filter(Boolean).length;
  return words;
}
