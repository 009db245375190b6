import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { acceptImage } from "./accept-image.ts";
import { sanitizeSvg } from "./svg.ts";

const svg = (inner: string, attributes = ""): Uint8Array =>
  new TextEncoder().encode(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 20" ${attributes}>${inner}</svg>`);
const clean = (inner: string, attributes?: string): string => Buffer.from(sanitizeSvg(svg(inner, attributes)).bytes).toString();

const ACTIVE = /script|alert|javascript|foreignObject|<iframe|\son\w+=|<animate|<set|https?:\/\/(?!www\.w3\.org)|@import|expression|<!|<\?|data:text/iu;

test.each([
  "<script>alert(1)</script>",
  "<g><script href='https://evil/x.js'/></g>",
  "<rect onclick='alert(1)' width='5'/>",
  "<rect oNLoAd='alert(1)'/>",
  "<a href='javascript:alert(1)'><text>t</text></a>",
  "<a xlink:href='https://evil/'><text>t</text></a>",
  "<image href='https://evil/p.png'/>",
  "<image xlink:href='data:text/html,&lt;script>alert(1)&lt;/script>'/>",
  "<image href='data:image/svg+xml;base64,AAAA'/>",
  "<use href='https://evil/s.svg#a'/>",
  "<use xlink:href='//evil/s.svg#a'/>",
  "<foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='https://evil'/></foreignObject>",
  "<x:script xmlns:x='http://www.w3.org/2000/svg'>alert(1)</x:script>",
  "<h:script xmlns:h='http://www.w3.org/1999/xhtml'>alert(1)</h:script>",
  "<animate attributeName='href' values='javascript:alert(1)'/>",
  "<set attributeName='onmouseover' to='alert(1)'/>",
  "<rect style='background:url(https://evil/x)'/>",
  "<rect style='fill:url( \"https://evil/x#a\" )'/>",
  "<rect fill='url(https://evil/x#y)'/>",
  "<rect style='fill:u\\72l(https://evil)'/>",
  "<style>@import 'https://evil/x.css'; rect{fill:red}</style>",
  "<style>@font-face{src:url(https://evil/f)} rect{fill:url(https://evil)}</style>",
  "<style>rect{fill:red}</style><style>&lt;/style>&lt;script>alert(1)&lt;/script></style>",
  "<g xmlns:on='http://www.w3.org/2000/svg' on:click='alert(1)'/>",
  "<feImage href='https://evil/x'/>",
  "<handler type='text/javascript'>alert(1)</handler>",
])("nothing that runs or loads comes out: %s", (vector) => {
  expect(clean(vector)).not.toMatch(ACTIVE);
});

describe("what is no drawing is refused whole", () => {
  test.each([
    ["no XML", "<svg xmlns='http://www.w3.org/2000/svg'><g></svg>"],
    ["entities", "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>"],
    ["an external entity", "<!DOCTYPE svg [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg'>&a;</svg>"],
    ["HTML", "<html xmlns='http://www.w3.org/1999/xhtml'><svg xmlns='http://www.w3.org/2000/svg'/></html>"],
    ["no namespace", "<svg><script>alert(1)</script></svg>"],
    ["depth", `<svg xmlns='http://www.w3.org/2000/svg'>${"<g>".repeat(300)}${"</g>".repeat(300)}</svg>`],
    ["copies of copies", `<svg xmlns='http://www.w3.org/2000/svg'><g id='a0'><rect/></g>${Array.from({ length: 12 }, (_, n) => `<g id='a${n + 1}'>${`<use href='#a${n}'/>`.repeat(10)}</g>`).join("")}</svg>`],
    ["copies of itself", "<svg xmlns='http://www.w3.org/2000/svg'><g id='a'><use href='#a'/><use href='#a'/></g><use href='#a'/></svg>"],
  ])("%s", (_name, text) => {
    expect(() => sanitizeSvg(new TextEncoder().encode(text))).toThrow(/The SVG picture/u);
  });
});

test("a drawing keeps its shapes, gradients, style, classes and inner references", () => {
  const inner =
    '<style>.a &gt; path{fill:url(#g);stroke:#404040}</style><defs><linearGradient id="g"><stop offset="0" stop-color="red"/></linearGradient></defs><g class="a" transform="scale(2)" style="fill:none;stroke-width:2"><path d="M0 0h1"/></g><use xlink:href="#g"/><text x="1" y="2">a &amp; b</text>';
  const out = clean(inner);
  for (const part of [".a &gt; path{fill:url(#g);stroke:#404040}", 'stop-color="red"', 'class="a" transform="scale(2)" style="fill:none;stroke-width:2"', '<path d="M0 0h1">', 'xlink:href="#g"', "a &amp; b"]) expect(out).toContain(part);
  expect(sanitizeSvg(svg(inner))).toMatchObject({ width: 10, height: 20, removed: [] });
  // Cleaning what is clean changes nothing.
  expect(Buffer.from(sanitizeSvg(new TextEncoder().encode(out)).bytes).toString()).toBe(out);
});

const figures = resolve(process.env["MOCHILA_DATA"] ?? join(import.meta.dirname, "../../../shared/data"), "shell-novice/fig");
test.skipIf(!existsSync(figures))("the drawings of the real course lose no shape and no word", () => {
  const count = (text: string, name: string) => text.match(new RegExp(`<${name}[\\s>/]`, "gu"))?.length ?? 0;
  const names = readdirSync(figures).filter((name) => name.endsWith(".svg"));
  expect(names.length).toBeGreaterThan(5);
  for (const name of names) {
    const bytes = readFileSync(join(figures, name));
    // No browser draws a flowRoot.
    const before = bytes.toString().replaceAll(/<flowRoot[\s\S]*?<\/flowRoot>/gu, "");
    const after = Buffer.from(acceptImage(bytes).bytes).toString();
    for (const shape of ["path", "rect", "polygon", "text", "linearGradient", "use", "marker"]) expect(`${name} ${shape} ${count(after, shape)}`).toBe(`${name} ${shape} ${count(before, shape)}`);
    // The word "script" stands in one of them as text.
    expect(after.replaceAll(/>[^<]*</gu, "><")).not.toMatch(ACTIVE);
  }
});

test("the type is what the bytes say, never a claim", () => {
  const png = Buffer.from("89504e470d0a1a0a0000000d49484452000000030000000708060000000000000000", "hex");
  expect(acceptImage(png)).toMatchObject({ type: "image/png", width: 3, height: 7 });
  expect(acceptImage(Buffer.from("47494638396105000900000000003b", "hex"))).toMatchObject({ type: "image/gif", width: 5, height: 9 });
  for (const text of ["<html><script>alert(1)</script></html>", "%PDF-1.7", "GIF", "PK\u0003\u0004", "#!/bin/sh", "", "<?xml version='1.0'?><html/>"]) expect(() => acceptImage(Buffer.from(text))).toThrow(/no picture/u);
});
