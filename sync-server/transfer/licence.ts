import { type Phrase, phrasesOf, plainTextOf } from "./inline.ts";
import { type MarkdownTree, parseMarkdown } from "./markdown-tree.ts";
import { sourceLines } from "./source-text.ts";

const SOURCE_CHARACTERS_MAX = 500;

function firstParagraph({ nodes, definitions }: MarkdownTree): Phrase[] {
  const paragraph = nodes.find(({ node }) => node?.type === "paragraph")?.node;
  if (paragraph?.type !== "paragraph") return [];
  return phrasesOf(paragraph.children, { definitions, warn: () => undefined, image: () => null });
}

/** The first paragraph of a licence file in plain words: under which terms the material may be used. Null if there is none. */
export function licenceText({ file, bytes }: { readonly file: string; readonly bytes: Uint8Array }): string | null {
  const lines = sourceLines(file, bytes);
  const end = lines[0]?.trim() === "---" ? lines.findIndex((line, index) => index > 0 && line.trim() === "---") : -1;
  const text = plainTextOf(firstParagraph(parseMarkdown({ file, lines, start: end + 1, warn: () => undefined })));
  if (text === "") return null;
  return text.length <= SOURCE_CHARACTERS_MAX ? text : `${text.slice(0, SOURCE_CHARACTERS_MAX - 1).replace(/\s+\S*$/u, "")}…`;
}
