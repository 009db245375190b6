import { type Phrase, phrasesOf, plainTextOf } from "./inline.ts";
import { type MarkdownTree, parseMarkdown } from "./markdown-tree.ts";
import { sourceLines } from "./source-text.ts";

const SOURCE_CHARACTERS_MAX = 500;

function firstParagraph({ nodes, definitions }: MarkdownTree): Phrase[] {
  const paragraph = nodes.find(({ node }) => node?.type === "paragraph")?.node;
  if (paragraph?.type !== "paragraph") return [];
  return phrasesOf(paragraph.children, { definitions, warn: () => undefined, image: () => null });
}

const CREATIVE_COMMONS = /creativecommons\.org\/(?:licenses\/(by(?:-nc)?(?:-sa|-nd)?)|publicdomain\/(zero))\/(\d\.\d)/iu;
/** "Copyright © Some School and, where practical, …": who is to be named. */
const COPYRIGHT = /Copyright\s+(?:\(c\)|©)\s*(.{2,150}?)(?=\s+and,|[,;<()[\]]|\.(?:\s|$)|$)/iu;

/** `CC BY 4.0, https://creativecommons.org/licenses/by/4.0/ · © Some School`: what whoever passes it on must say. Null: not one of these. */
function creativeCommons(text: string): string | null {
  const [, terms, zero, version] = CREATIVE_COMMONS.exec(text) ?? [];
  if (version === undefined) return null;
  const licence = zero === undefined ? `CC ${terms?.toUpperCase()} ${version}, https://creativecommons.org/licenses/${terms?.toLowerCase()}/${version}/` : `CC0 ${version}, https://creativecommons.org/publicdomain/zero/${version}/`;
  const holder = COPYRIGHT.exec(text)?.[1]?.trim();
  return holder === undefined ? licence : `${licence} · © ${holder}`;
}

/** A Creative Commons licence by its name, link and holder; of another the first paragraph of the file in plain words. Null if there is none. */
export function licenceText({ file, bytes }: { readonly file: string; readonly bytes: Uint8Array }): string | null {
  const lines = sourceLines(file, bytes);
  const known = creativeCommons(lines.join(" ").replaceAll(/\s+/gu, " "));
  if (known !== null) return known;
  const end = lines[0]?.trim() === "---" ? lines.findIndex((line, index) => index > 0 && line.trim() === "---") : -1;
  const text = plainTextOf(firstParagraph(parseMarkdown({ file, lines, start: end + 1, warn: () => undefined })));
  if (text === "") return null;
  return text.length <= SOURCE_CHARACTERS_MAX ? text : `${text.slice(0, SOURCE_CHARACTERS_MAX - 1).replace(/\s+\S*$/u, "")}…`;
}
