import type { PageContent } from "@mochila/shared/pages/content.ts";

interface AnyNode {
  readonly type: string;
  readonly text?: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  readonly content?: readonly AnyNode[];
}

const inline = ({ type, text, content = [] }: AnyNode): string => (type === "hard_break" ? " " : (text ?? content.map(inline).join("")));
const attribute = ({ attrs }: AnyNode, name: string): string => (typeof attrs?.[name] === "string" ? attrs[name] : "");

function linesOf(node: AnyNode): string[] {
  const inner = () => (node.content ?? []).flatMap(linesOf);
  switch (node.type) {
    case "paragraph":
    case "heading":
      return [inline(node)];
    case "code_block":
      return inline(node).split("\n");
    case "image":
      return [`▣ ${attribute(node, "caption") || attribute(node, "alt")}`.trim()];
    case "list_item":
      return inner().map((line, index) => (index === 0 ? `• ${line}` : line));
    case "table_row":
      return [(node.content ?? []).map((cell) => (cell.content ?? []).flatMap(linesOf).join(" ")).join(" | ")];
    case "horizontal_rule":
      return ["―"];
    default:
      return [attribute(node, "title"), ...inner()].filter(Boolean);
  }
}

/** The words of a page for people, a block a line, so that two versions can be compared. */
export const contentText = (content: PageContent): string => linesOf(content as unknown as AnyNode).join("\n");
