import { SaxesParser, type SaxesAttributeNS, type SaxesTagNS } from "saxes";
import { CodedError } from "@mochila/shared/errors.ts";
import { ATTRIBUTES, ELEMENTS, PROPERTIES, UNWRAPPED } from "./svg-allowed.ts";
import { isSafeValue, safeDeclarations, safeStyleSheet } from "./svg-style.ts";

const SVG = "http://www.w3.org/2000/svg";
const XLINK = "http://www.w3.org/1999/xlink";
/** A drawing of a lesson has a few thousand elements; a hostile one would stop a phone. */
const SVG_BYTES_MAX = 5 * 1024 * 1024;
const ELEMENTS_MAX = 50_000;
const DEPTH_MAX = 200;
/** Elements drawn through `use`, after all copies of copies are counted. */
const COPIES_MAX = 20_000;

export interface SafeSvg {
  readonly bytes: Uint8Array;
  readonly width: number | null;
  readonly height: number | null;
  /** Names of what was left out and could have been seen or have acted, each once. */
  readonly removed: readonly string[];
}

const refuse = (message: string): CodedError => new CodedError("invalid_input", `The SVG picture ${message}.`);

const escapeText = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
const escapeValue = (text: string): string => escapeText(text).replaceAll('"', "&quot;").replaceAll(/[\n\r\t]/gu, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * Writes an SVG anew from what a strict XML parser saw of it. Duty: only listed elements and attributes come out. Invariant: nothing of
 * the source is copied unread. What breaks it (malformed XML, entities, too much) throws, so that nothing half-clean is stored.
 */
class SvgWriter {
  readonly removed = new Set<string>();
  width: number | null = null;
  height: number | null = null;
  readonly #out: string[] = [];
  /** One a depth: what to do with the contents, and what closes the element. */
  readonly #stack: { mode: "keep" | "drop" | "style"; close: string; id: string | null }[] = [];
  readonly #uses = new Map<string, string[]>();
  #css = "";
  #elements = 0;

  open(tag: SaxesTagNS): void {
    this.#elements += 1;
    if (this.#elements > ELEMENTS_MAX || this.#stack.length >= DEPTH_MAX) throw refuse("has too many elements or nests them too deeply");
    const root = this.#stack.length === 0;
    if (root && (tag.uri !== SVG || tag.local !== "svg")) throw refuse("does not begin with <svg> of the SVG namespace");
    const dropped = this.#stack.at(-1)?.mode === "drop" || this.#stack.at(-1)?.mode === "style";
    if (dropped || tag.uri !== SVG || (!ELEMENTS.has(tag.local) && !UNWRAPPED.has(tag.local))) {
      if (!dropped && tag.uri === SVG && tag.local !== "metadata") this.removed.add(`<${tag.local.slice(0, 40)}>`);
      this.#stack.push({ mode: "drop", close: "", id: null });
    } else if (UNWRAPPED.has(tag.local)) this.#stack.push({ mode: "keep", close: "", id: null });
    else this.#keep(tag, root);
  }

  #keep(tag: SaxesTagNS, root: boolean): void {
    const attributes = Object.values(tag.attributes);
    const text = attributes.map((attribute) => this.#attribute(tag.local, attribute)).join("");
    if (root) this.#measure(attributes);
    const id = attributes.find(({ name }) => name === "id")?.value ?? null;
    this.#noteUse(tag, attributes);
    this.#out.push(`<${tag.local}${root ? ` xmlns="${SVG}" xmlns:xlink="${XLINK}"` : ""}${text}>`);
    this.#stack.push({ mode: tag.local === "style" ? "style" : "keep", close: `</${tag.local}>`, id });
  }

  #attribute(element: string, { uri, local, prefix, value }: SaxesAttributeNS): string {
    if (prefix === "xmlns" || local === "xmlns") return "";
    if ((uri === "" || uri === XLINK) && local === "href") return this.#reference(element, value);
    if (prefix === "xml" && (local === "space" || local === "lang")) return ` xml:${local}="${escapeValue(value)}"`;
    if (uri !== "") return "";
    if (local === "style") return value.trim() === "" ? "" : ` style="${escapeValue(safeDeclarations(value))}"`;
    if (!ATTRIBUTES.has(local) && !PROPERTIES.has(local)) {
      if (/^on/iu.test(local)) this.removed.add(local.toLowerCase().slice(0, 40));
      return "";
    }
    if (!isSafeValue(value)) {
      this.removed.add(`${local}=…`);
      return "";
    }
    return ` ${local}="${escapeValue(value)}"`;
  }

  /** Inside the drawing, or a picture that is in the file itself. */
  #reference(element: string, value: string): string {
    const address = value.trim();
    const embedded = element === "image" && /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]+$/u.test(address);
    if (embedded || /^#[\w.:-]+$/u.test(address)) return ` xlink:href="${escapeValue(address)}"`;
    if (element !== "a") this.removed.add("a reference to elsewhere");
    return "";
  }

  #measure(attributes: readonly SaxesAttributeNS[]): void {
    const value = (name: string): string => attributes.find((attribute) => attribute.name === name)?.value ?? "";
    const pixels = (text: string): number => Number(/^\s*(\d+(?:\.\d+)?)\s*(?:px)?\s*$/u.exec(text)?.[1] ?? Number.NaN);
    const [, , viewWidth = Number.NaN, viewHeight = Number.NaN] = value("viewBox").trim().split(/[\s,]+/u).map(Number);
    const width = Math.round(Number.isNaN(pixels(value("width"))) ? viewWidth : pixels(value("width")));
    const height = Math.round(Number.isNaN(pixels(value("height"))) ? viewHeight : pixels(value("height")));
    if (width >= 1 && height >= 1 && width <= 20_000 && height <= 20_000) Object.assign(this, { width, height });
  }

  #noteUse(tag: SaxesTagNS, attributes: readonly SaxesAttributeNS[]): void {
    if (tag.local !== "use") return;
    const target = attributes.find(({ local }) => local === "href")?.value.trim().slice(1) ?? "";
    for (const id of ["", ...this.#stack.flatMap((level) => (level.id === null ? [] : [level.id]))]) {
      this.#uses.set(id, [...(this.#uses.get(id) ?? []), target]);
      if ((this.#uses.get(id)?.length ?? 0) > COPIES_MAX) throw refuse("draws copies of copies without end");
    }
  }

  text(text: string): void {
    const top = this.#stack.at(-1);
    if (top?.mode === "keep") this.#out.push(escapeText(text));
    else if (top?.mode === "style") this.#css += text;
  }

  close(): void {
    const top = this.#stack.pop();
    if (top?.mode === "style") {
      this.#out.push(escapeText(safeStyleSheet(this.#css)));
      this.#css = "";
    }
    this.#out.push(top?.close ?? "");
  }

  /** Copies of copies multiply: ten levels of ten would be ten thousand million shapes. */
  #checkCopies(): void {
    const counted = new Map<string, number>();
    const count = (id: string, depth: number): number => {
      const known = counted.get(id);
      if (known !== undefined) return known;
      if (depth > DEPTH_MAX) throw refuse("draws copies of copies without end");
      counted.set(id, COPIES_MAX + 1);
      const copies = (this.#uses.get(id) ?? []).reduce((sum, target) => sum + 1 + count(target, depth + 1), 0);
      counted.set(id, copies);
      return copies;
    };
    if (count("", 0) > COPIES_MAX) throw refuse("draws copies of copies without end");
  }

  result(): string {
    this.#checkCopies();
    return this.#out.join("");
  }
}

/**
 * An SVG with nothing left that runs, loads, or hides HTML; it looks as before. Throws `invalid_input` for what is no well-formed XML,
 * declares entities, or is past a bound.
 */
export function sanitizeSvg(bytes: Uint8Array): SafeSvg {
  if (bytes.length > SVG_BYTES_MAX) throw refuse(`has more than ${SVG_BYTES_MAX} bytes`);
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw refuse("is not UTF-8");
  }
  const writer = new SvgWriter();
  const parser = new SaxesParser({ xmlns: true, position: true });
  parser.on("error", (error) => {
    throw refuse(`is not well-formed XML (${error.message.slice(0, 200)})`);
  });
  parser.on("doctype", (doctype) => {
    if (doctype.includes("[")) throw refuse("declares entities of its own");
  });
  parser.on("opentag", (tag) => writer.open(tag));
  parser.on("text", (part) => writer.text(part));
  parser.on("cdata", (part) => writer.text(part));
  parser.on("closetag", () => writer.close());
  parser.write(text).close();
  const out = writer.result();
  if (out === "") throw refuse("is empty");
  return { bytes: Buffer.from(out, "utf8"), width: writer.width, height: writer.height, removed: [...writer.removed] };
}
