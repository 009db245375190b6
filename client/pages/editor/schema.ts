import { type Attrs, type DOMOutputSpec, type MarkSpec, type Node, type NodeSpec, Schema } from "prosemirror-model";
import { calloutKinds, isSafeLink } from "@mochila/shared/pages/content.ts";
import { attributesOf, isNodeName, markNames, type NodeName, nodeSpecs } from "@mochila/shared/pages/node-specs.ts";

// How each node looks in the editor and how it is recognised in what is pasted. The grammar itself is in `node-specs.ts`. Anything that
// is pasted and not recognised loses its form and keeps its words.
type Look = Pick<NodeSpec, "toDOM" | "parseDOM"> & Partial<NodeSpec>;

const numberOf = (element: HTMLElement, name: string): number | null => Number.parseInt(element.getAttribute(name) ?? "", 10) || null;

const cellAttributes = (element: HTMLElement): Attrs => {
  const align = element.dataset["align"];
  return { colspan: numberOf(element, "colspan") ?? 1, rowspan: numberOf(element, "rowspan") ?? 1, colwidth: null, align: ["start", "center", "end"].includes(align ?? "") ? align : null };
};
const cellToDom = (tag: string) => (node: Node): DOMOutputSpec => {
  const { colspan, rowspan, align } = node.attrs;
  return [tag, { ...(colspan > 1 && { colspan }), ...(rowspan > 1 && { rowspan }), ...(align && { "data-align": align }) }, 0];
};
const titled = (tag: string, className: string) => (node: Node): DOMOutputSpec => [tag, { class: className, "data-title": node.attrs["title"] }, 0];
const titleOf = (element: HTMLElement): Attrs => ({ title: element.dataset["title"] ?? "" });

const looks: Record<Exclude<NodeName, "text" | "doc">, Look> = {
  paragraph: { toDOM: () => ["p", 0], parseDOM: [{ tag: "p" }] },
  heading: {
    defining: true,
    toDOM: (node) => [`h${node.attrs["level"]}`, 0],
    parseDOM: [["h1", 2], ["h2", 2], ["h3", 3], ["h4", 4], ["h5", 4], ["h6", 4]].map(([tag, level]) => ({ tag: String(tag), attrs: { level } })),
  },
  bullet_list: { toDOM: () => ["ul", 0], parseDOM: [{ tag: "ul" }] },
  ordered_list: {
    toDOM: (node) => ["ol", node.attrs["order"] === 1 ? {} : { start: node.attrs["order"] }, 0],
    parseDOM: [{ tag: "ol", getAttrs: (element) => ({ order: numberOf(element, "start") ?? 1 }) }],
  },
  list_item: { defining: true, toDOM: () => ["li", 0], parseDOM: [{ tag: "li" }] },
  code_block: {
    code: true,
    defining: true,
    marks: "",
    toDOM: (node) => ["pre", { "data-language": node.attrs["language"], "data-caption": node.attrs["caption"] }, ["code", { spellcheck: "false" }, 0]],
    parseDOM: [{ tag: "pre", preserveWhitespace: "full", getAttrs: (element) => ({ language: languageOf(element), caption: element.dataset["caption"] ?? "" }) }],
  },
  blockquote: { defining: true, toDOM: () => ["blockquote", { class: "quote-block" }, 0], parseDOM: [{ tag: "blockquote" }] },
  horizontal_rule: { toDOM: () => ["hr"], parseDOM: [{ tag: "hr" }] },
  image: {
    draggable: true,
    toDOM: (node) => ["figure", { "data-file": node.attrs["file"], "data-alt": node.attrs["alt"], "data-caption": node.attrs["caption"] }],
    // Only our own: a picture from elsewhere would be fetched from there by every student.
    parseDOM: [{ tag: "figure[data-file]", getAttrs: (element) => ({ file: element.dataset["file"], alt: element.dataset["alt"] ?? "", caption: element.dataset["caption"] ?? "" }) }],
  },
  table: { isolating: true, tableRole: "table", toDOM: () => ["table", { class: "table" }, ["tbody", 0]], parseDOM: [{ tag: "table" }] },
  table_row: { tableRole: "row", toDOM: () => ["tr", 0], parseDOM: [{ tag: "tr" }] },
  table_cell: { isolating: true, tableRole: "cell", toDOM: cellToDom("td"), parseDOM: [{ tag: "td", getAttrs: cellAttributes }] },
  table_header: { isolating: true, tableRole: "header_cell", toDOM: cellToDom("th"), parseDOM: [{ tag: "th", getAttrs: cellAttributes }] },
  callout: {
    defining: true,
    toDOM: (node) => ["div", { class: "callout", "data-kind": node.attrs["kind"], "data-title": node.attrs["title"], ...(node.attrs["kind"] === "warning" && { "data-role": "warn" }) }, 0],
    parseDOM: [{ tag: "div.callout", getAttrs: (element) => ({ ...titleOf(element), kind: calloutKinds.find((kind) => kind === element.dataset["kind"]) ?? "note" }) }],
  },
  exercise: { defining: true, toDOM: titled("section", "exercise"), parseDOM: [{ tag: "section.exercise", getAttrs: titleOf }] },
  solution: { defining: true, toDOM: titled("div", "solution"), parseDOM: [{ tag: "div.solution", getAttrs: titleOf }] },
  hard_break: { selectable: false, toDOM: () => ["br"], parseDOM: [{ tag: "br" }] },
};

function languageOf(element: HTMLElement): string {
  const named = element.dataset["language"] ?? /language-([a-z0-9+#-]+)/.exec(element.className + (element.firstElementChild?.className ?? ""))?.[1] ?? "";
  return /^[a-z0-9+#-]{0,30}$/.test(named) ? named : "";
}

const nodeOf = (name: NodeName): NodeSpec => {
  const { content, group, inline } = nodeSpecs[name] as NodeSpec;
  const attrs = Object.fromEntries(Object.entries(attributesOf(name)).map(([key, standard]) => [key, { default: standard }]));
  const look = name === "text" || name === "doc" ? {} : looks[name];
  return { ...look, ...(content !== undefined && { content }), ...(group && { group }), ...(inline && { inline }), ...(Object.keys(attrs).length > 0 && { attrs }) };
};

const simple = (tag: string, ...also: NonNullable<MarkSpec["parseDOM"]>): MarkSpec => ({ toDOM: () => [tag, 0], parseDOM: [{ tag }, ...also] });

const marks: Record<(typeof markNames)[number], MarkSpec> = {
  link: {
    inclusive: false,
    attrs: { href: {} },
    toDOM: (mark) => ["a", { href: mark.attrs["href"], rel: "noopener noreferrer" }, 0],
    parseDOM: [{ tag: "a[href]", getAttrs: (element) => (isSafeLink(element.getAttribute("href") ?? "") ? { href: element.getAttribute("href") } : false) }],
  },
  strong: simple("strong", { tag: "b", getAttrs: (element) => (element.style.fontWeight === "normal" ? false : null) }, { style: "font-weight=bold" }),
  em: simple("em", { tag: "i" }, { style: "font-style=italic" }),
  strike: simple("s", { tag: "del" }, { style: "text-decoration=line-through" }),
  superscript: simple("sup"),
  subscript: simple("sub"),
  code: simple("code"),
};

/** The editor's schema: the grammar of a page with its looks. */
export const schema = new Schema({
  nodes: Object.fromEntries(Object.keys(nodeSpecs).filter(isNodeName).map((name) => [name, nodeOf(name)])) as Record<NodeName, NodeSpec>,
  marks,
  topNode: "doc",
});
