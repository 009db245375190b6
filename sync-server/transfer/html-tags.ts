import { type DefaultTreeAdapterTypes, parseFragment } from "parse5";
import { isSafeLink, type Mark } from "@mochila/shared/pages/content.ts";

export type Tag =
  | { readonly kind: "open"; readonly name: string; readonly values: ReadonlyMap<string, string>; readonly empty: boolean }
  | { readonly kind: "close"; readonly name: string }
  | { readonly kind: "comment"; readonly text: string }
  | { readonly kind: "unknown" };

export const TAG_MARKS: ReadonlyMap<string, Mark> = new Map<string, Mark>([
  ["b", { type: "strong" }],
  ["strong", { type: "strong" }],
  ["i", { type: "em" }],
  ["em", { type: "em" }],
  ["cite", { type: "em" }],
  ["var", { type: "em" }],
  ["dfn", { type: "em" }],
  ["code", { type: "code" }],
  ["kbd", { type: "code" }],
  ["samp", { type: "code" }],
  ["tt", { type: "code" }],
  ["del", { type: "strike" }],
  ["s", { type: "strike" }],
  ["strike", { type: "strike" }],
  ["sup", { type: "superscript" }],
  ["sub", { type: "subscript" }],
]);

/** Names of HTML. Anything else in angle brackets, such as `<newline>` or `<your name>`, is a word that the author wants read. */
const NAMES = new Set(
  `a abbr acronym address area article aside audio b base bdi bdo big blockquote body br button canvas caption center cite code col colgroup data
  datalist dd del details dfn dialog div dl dt em embed fieldset figcaption figure font footer form frame frameset h1 h2 h3 h4 h5 h6 head header hgroup hr
  html i iframe img input ins kbd label legend li link main map mark marquee math menu meta meter nav noscript object ol optgroup option output p param
  picture pre progress q rp rt ruby s samp script search section select slot small source span strike strong style sub summary sup svg table tbody td
  template textarea tfoot th thead time title tr track tt u ul use var video wbr`.split(/\s+/u),
);
const EMPTY = new Set(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"]);
/** What these hold is a program or a style, never words for a reader. */
export const SILENT = new Set(["script", "style", "template", "noscript", "head", "title"]);

export const isHtmlName = (name: string): boolean => NAMES.has(name.toLowerCase());

type Element = DefaultTreeAdapterTypes.Element;
export const isElement = (node: DefaultTreeAdapterTypes.ChildNode): node is Element => "tagName" in node;
export const valuesOf = (element: Element): ReadonlyMap<string, string> => new Map(element.attrs.map(({ name, value }) => [name, value]));

/** Reads one piece of inline HTML as the Markdown parser cut it: a tag, a comment, or something that is no HTML. */
export function parseTag(html: string): Tag {
  if (/^<[!?]/u.test(html)) return { kind: "comment", text: html.replaceAll(/^<!--+|--+>$/gu, "").trim() };
  const [, slash, written = ""] = /^<(\/?)([a-z][\w-]*)/iu.exec(html) ?? [];
  const name = written.toLowerCase();
  if (!NAMES.has(name)) return { kind: "unknown" };
  if (slash) return { kind: "close", name };
  // A table part or <body> alone would be dropped by the HTML parser, so that the tag's attributes are read from a <span>.
  const [element] = parseFragment(html.replace(/^<[a-z][\w-]*/iu, "<span")).childNodes;
  return { kind: "open", name, values: element && isElement(element) ? valuesOf(element) : new Map(), empty: EMPTY.has(name) || html.endsWith("/>") };
}

/** Words for a tag that shows something from elsewhere: its title and address. Nothing for the others. */
export function tagText(tag: { readonly name: string; readonly values: ReadonlyMap<string, string> }, warn: (message: string) => void): string {
  const address = tag.values.get("src") ?? tag.values.get("data");
  if (!["iframe", "video", "audio", "embed", "object", "source"].includes(tag.name) || !address) return "";
  warn(`<${tag.name}> is not shown; its title and address are kept as words`);
  return [tag.values.get("title"), isSafeLink(address) ? address : undefined].filter(Boolean).join(" ");
}
