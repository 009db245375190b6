import { describe, expect, test } from "vitest";
import type { BlockNode, InlineNode } from "@mochila/shared/pages/content.ts";
import type { CourseWarning } from "./course-problem.ts";
import { type Episode, readEpisode } from "./episode.ts";

const FILE = "0190a5c2-0000-7000-8000-000000000001";

function read(body: string, front = "title: A lesson"): Episode & { warnings: CourseWarning[] } {
  const warnings: CourseWarning[] = [];
  const findImage = ({ address, alt, caption }: { address: string; alt: string; caption: string }) =>
    address.startsWith("missing") ? null : { type: "image" as const, attrs: { file: FILE, alt, caption } };
  const bytes = new TextEncoder().encode(`---\n${front}\n---\n${body}`);
  return { ...readEpisode({ file: "en/a.md", bytes, warn: (warning) => warnings.push(warning), findImage }), warnings };
}
const text = (words: string): InlineNode => ({ type: "text", text: words });
const paragraph = (...content: InlineNode[]): BlockNode => ({ type: "paragraph", content });
const said = (words: string): BlockNode => paragraph(text(words));

const exercise: BlockNode = {
  type: "exercise",
  attrs: { title: "Try ls now" },
  content: [
    said("What does it print?"),
    { type: "code_block", attrs: { language: "bash" }, content: [{ type: "text", text: "$ ls\n  > kept" }] },
    { type: "solution", attrs: { title: "Answer" }, content: [said("Names, one a line.")] },
  ],
};

const kramdown = `> ## Try \`ls\` now
>
> What does it print?
> ~~~
> $ ls
>   > kept
> ~~~
> {: .language-bash}
>
> > ## Answer
> > Names,
> > one a line.
> {: .solution}
{: .challenge}

Behind it.
`;
const divisions = `:::::::::::::: challenge

## Try \`ls\` now

What does it print?

\`\`\`bash
$ ls
  > kept
\`\`\`

:::  solution :::

## Answer

Names,
one a line.

:::
::::::::

Behind it.
`;

describe("both dialects", () => {
  test.each([["kramdown", kramdown], ["fenced divisions", divisions]])("%s: a challenge with its solution and its code", (_name, body) => {
    expect(read(body).blocks).toEqual([exercise, said("Behind it.")]);
  });

  test.each([
    ["> ## Mind\n> Words\n{: .callout}\n", "note"],
    ["> ## Mind\n>\n> Words\n{:.prereq}\n", "prerequisite"],
    ["> ## Mind\n> Words\n{: .testimonial}", "testimonial"],
    ["> ## Mind\n> Words\n{: .discussion #here}", "discussion"],
    ["::: callout\n## Mind\nWords\n:::", "note"],
    [":::: {.callout-tip title=\"Mind\"}\nWords\n::::", "tip"],
    ["::: caution :::\n\n### Mind {#mind}\n\nWords\n\n:::\n", "warning"],
  ])("a call-out: %j", (body, kind) => {
    expect(read(body).blocks).toEqual([{ type: "callout", attrs: { kind, title: "Mind" }, content: [said("Words")] }]);
  });

  test("divisions nest with any number of colons, also in a block quote; a solution outside joins its challenge or gets one", () => {
    const { blocks } = read("::: challenge\nA\n:::\n\n::: solution\nB\n:::\n\nC\n\n> :::: solution\n> D\n> :::\n");
    expect(blocks).toEqual([
      { type: "exercise", attrs: { title: "" }, content: [said("A"), { type: "solution", attrs: { title: "" }, content: [said("B")] }] },
      said("C"),
      { type: "blockquote", content: [{ type: "exercise", attrs: { title: "" }, content: [{ type: "solution", attrs: { title: "" }, content: [said("D")] }] }] },
    ]);
  });

  test("what only looks like structure stays text: in code, in an indented block, in a comment", () => {
    const { blocks } = read("```\n::: challenge\n{: .bash}\n```\n\n    {: .solution}\n\n<!--\n::: challenge\n-->\n\nEnd {: .x} here\n");
    expect(blocks).toEqual([
      { type: "code_block", attrs: { language: "" }, content: [text("::: challenge\n{: .bash}")] },
      { type: "code_block", attrs: { language: "" }, content: [text("{: .solution}")] },
      said("End {: .x} here"),
    ]);
  });

  test("no author can forge a directive's mark", () => {
    expect(read("a\n\n<!--directive-->\n\nb\n").blocks).toEqual([said("a"), said("b")]);
  });
});

describe("text", () => {
  test("pictures: caption and description in each form; one that is missing keeps its words and is a warning with its line", () => {
    const { blocks, warnings } = read("![A hill](h.svg \"From afar\")\n\n![](h.svg){alt='A *hill* and_a well' width=\"50%\"}\n\nSee ![Cap](h.svg){: alt=\"Desc\"} there\n\n![Lost](missing.svg)\n");
    const image = (alt: string, caption: string): BlockNode => ({ type: "image", attrs: { file: FILE, alt, caption } });
    expect(blocks).toEqual([image("A hill", "From afar"), image("A *hill* and_a well", ""), said("See "), image("Desc", "Cap"), said(" there"), said("Lost")]);
    expect(warnings).toEqual([]);
  });

  test("links: safe ones stay, others keep their words; labels are resolved also out of a division", () => {
    const { blocks, warnings } = read("::: callout\n[a][x] [b](javascript:alert(1)) [c](../other.md){:target=\"_blank\"} <https://e.org/>\n:::\n\n[x]: https://e.org/x\n");
    const link = (words: string, href: string): InlineNode => ({ type: "text", text: words, marks: [{ type: "link", attrs: { href } }] });
    expect(blocks).toEqual([
      { type: "callout", attrs: { kind: "note", title: "" }, content: [paragraph(link("a", "https://e.org/x"), text(" b c "), link("https://e.org/", "https://e.org/"))] },
    ]);
    expect(warnings.map(({ line }) => line)).toEqual([5, 5]);
  });

  test("HTML becomes words and marks, never markup; scripts go; what is no HTML is a word", () => {
    const { blocks } = read('H<sub>2</sub>O <b onclick="x()">bold</b> <your name> <kbd>Tab</kbd><br>next\n\n<div onload="x()">in <i>it</i><script>alert(1)</script><p>two</p></div>\n\n<table><tr><th>h</th><td>d</td></tr></table>\n');
    const marked = (words: string, type: "subscript" | "strong" | "code" | "em"): InlineNode => ({ type: "text", text: words, marks: [{ type }] });
    expect(blocks).toEqual([
      paragraph(text("H"), marked("2", "subscript"), text("O "), marked("bold", "strong"), text(" <your name> "), marked("Tab", "code"), { type: "hard_break" }, text("next")),
      paragraph(text("in "), marked("it", "em")),
      said("two"),
      { type: "table", content: [{ type: "table_row", content: [{ type: "table_header", content: [said("h")] }, { type: "table_cell", content: [said("d")] }] }] },
    ]);
    expect(JSON.stringify(blocks)).not.toMatch(/alert|onclick|onload|<div|<b/u);
  });

  test("Jekyll's Liquid: a figure is an image, the root nothing, an unknown tag stays as words with a warning", () => {
    const { blocks, warnings } = read('{% include figure.html file="../fig/a.svg" alt="A [b]" caption="C" %}\n\n[t]({{ page.root }}/x) {% weather today %}\n');
    expect(blocks[0]).toEqual({ type: "image", attrs: { file: FILE, alt: "A b", caption: "C" } });
    expect(JSON.stringify(blocks[1])).toContain("{% weather today %}");
    expect(warnings.some(({ line, message }) => line === 6 && message.includes("weather"))).toBe(true);
  });

  test("tables with alignment, task lists, footnotes, strike, ordered lists with a start", () => {
    const { blocks } = read("| a | b |\n|:-:|--:|\n| 1 | ~~2~~ |\n\n3. c\n\n- [x] done\n\nText[^1]\n\n[^1]: Note\n");
    expect(blocks.map(({ type }) => type)).toEqual(["table", "ordered_list", "bullet_list", "paragraph", "paragraph"]);
    expect(JSON.stringify(blocks)).toContain('"align":"center"');
    expect(blocks[1]).toMatchObject({ attrs: { order: 3 } });
    expect(JSON.stringify(blocks[2])).toContain("☑ ");
    expect(JSON.stringify(blocks[4])).toMatch(/\[1\] .*Note/u);
  });
});

describe("module", () => {
  test("front matter and divisions give the lists; a key that stands twice keeps all values and is a warning with its line", () => {
    const front = 'title: "T"\nteaching: 10\nexercises: 5\nobjectives:\n- "Say *why* `ls`"\nkeypoints:\n- one\nobjectives:\n- two\nlayout: page\nfoo: bar';
    const episode = read("::: questions\n\n- Q **1**?\n- <b>Q2</b>\n\n:::\n\nText\n", front);
    expect(episode).toMatchObject({ title: "T", minutes: 15, questions: ["Q **1**?", "**Q2**"], objectives: ["Say *why* `ls`", "two"], keyPoints: ["one"], blocks: [said("Text")] });
    expect(episode.warnings).toEqual([
      { file: "en/a.md", line: 9, message: "“objectives” stands here a second time (first in line 5); all values are kept" },
      { file: "en/a.md", line: 12, message: "“foo” is not used" },
    ]);
  });

  test("two titles and a sentence that YAML takes for a mapping lose no word", () => {
    const episode = read("x", "title: One\ntitle: Two\nquestions:\n- Use: it now");
    expect(episode.title).toBe("One / Two");
    expect(episode.questions).toEqual(["Use: it now"]);
  });

  test("sections begin at the roots of the outline, outside challenges and call-outs", () => {
    const { sections } = read("### A\na\n\n#### Under\nb\n\n## B\n\n> ## Not\n> c\n{: .callout}\n\n### Under B\n");
    expect(sections.map(({ title, blocks }) => [title, blocks.length])).toEqual([["A", 3], ["B", 2]]);
    expect(read("Lead\n\n## A\n").sections.map(({ title }) => title)).toEqual([null, "A"]);
  });
});
