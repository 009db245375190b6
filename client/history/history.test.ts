import { describe, expect, it } from "vitest";
import { items } from "@mochila/shared/pages/schema.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { HistoryVersion } from "@mochila/shared/sync/history.ts";
import { contentText } from "./content-lines.ts";
import { entriesOf, restoredDocument } from "./entries.ts";
import { diffText } from "./text-diff.ts";

const version = (fields: Record<string, unknown>): HistoryVersion => ({ rev: "r", at: 1, by: { id: "a", name: "Ana" }, fields });
const page = (title: string, more: Record<string, unknown> = {}) => version({ kind: "page", title: { en: title }, state: "draft", order: "V", ...more });
const paragraph = (text: string, marks?: object[]) => ({ type: "paragraph" as const, content: [{ type: "text" as const, text, ...(marks && { marks }) }] });
const doc = (...content: object[]) => ({ type: "doc", content });

describe("what a text became", () => {
  const shown = (before: string, after: string) =>
    diffText(before, after).map((line) => ("skipped" in line ? `(${line.skipped})` : line.pieces.map(({ kind, text }) => (kind === "same" ? text : `${kind === "in" ? "+" : "-"}[${text}]`)).join("")));

  it("R5 a changed line is compared word by word, what was not changed is counted, with a line around the change", () => {
    const lines = ["One", "Two", "Three", "The rain falls on the roof", "Five", "Six", "Seven"];
    expect(shown(lines.join("\n"), lines.join("\n").replace("rain falls", "snow falls"))).toEqual(["(2)", "Three", "The -[rain]+[snow] falls on the roof", "Five", "(2)"]);
  });

  it("R5 lines with nothing in common are not mixed; what came and what went is whole", () => {
    expect(shown("Alpha beta", "Gamma delta")).toEqual(["-[Alpha beta]", "+[Gamma delta]"]);
    expect(shown("", "New")).toEqual(["+[New]"]);
    expect(shown("Old", "")).toEqual(["-[Old]"]);
    expect(shown("a\nb", "a\nb")).toEqual(["(2)"]);
  });

  it("R5 nothing is lost or invented: what is not new gives the text before, what is not old the text after", () => {
    const samples = ["", "a b c", "a x c\nnew line", "new line\na b c", "a b c\nd e f\ng h i", "d e f", "g h i\n\nd e f!", "x".repeat(2_000)];
    for (const before of samples) {
      for (const after of samples) {
        const lines = diffText(before, after).flatMap((line) => ("skipped" in line ? [] : [line]));
        const side = (out: "in" | "out") => lines.flatMap(({ pieces }) => (pieces.every(({ kind }) => kind === out) ? [] : [pieces.filter(({ kind }) => kind !== out).map(({ text }) => text).join("")]));
        for (const line of side("in")) expect(before.split("\n")).toContain(line);
        for (const line of side("out")) expect(after.split("\n")).toContain(line);
      }
    }
  });

  it("R5 a text so long that comparing it would take the screen is shown as replaced", () => {
    const long = (word: string) => Array.from({ length: 1_500 }, (_, index) => `${word} ${index}`).join("\n");
    expect(diffText(long("a"), long("b")).length).toBeGreaterThan(1_000);
  });
});

describe("the list of versions", () => {
  it("R5 each version says what it changed in the one before; the last that is loaded waits for its neighbour", () => {
    const versions = [page("Three", { state: "published" }), page("Two"), page("One")];
    const all = entriesOf({ versions, more: null, removed: false });
    expect(all.map(({ changes, isNow, isEarliest }) => [changes.map(({ after }) => after), isNow, isEarliest])).toEqual([
      [["Three", "Shown to students"], true, false],
      [["Two"], false, false],
      [["One", "Draft, only teachers", "Moved to another place"], false, true],
    ]);
    expect(entriesOf({ versions, more: "7", removed: true }).map(({ isNow }) => isNow)).toEqual([false, false]);
  });

  it("R5 a change of form alone, or of what nobody reads, says so", () => {
    const body = (content: object) => version({ kind: "body", content });
    const versions = [body(doc(paragraph("Rain", [{ type: "strong" }]))), body(doc(paragraph("Rain"))), version({ kind: "body", content: doc(paragraph("Rain")), withheld: true }), body(doc(paragraph("Sun")))];
    expect(entriesOf({ versions, more: null, removed: false }).map(({ unread }) => unread)).toEqual(["form", "other", null, null]);
  });

  it("R5 a page's text is read a block a line", () => {
    const content = doc(
      { type: "heading", attrs: { level: 2 }, content: [{ type: "text", text: "Rain" }] },
      { type: "bullet_list", content: [{ type: "list_item", content: [paragraph("one"), paragraph("more")] }] },
      { type: "table", content: [{ type: "table_row", content: [{ type: "table_header", content: [paragraph("a")] }, { type: "table_cell", content: [paragraph("b")] }] }] },
      { type: "callout", attrs: { kind: "note", title: "Take care" }, content: [paragraph("wet")] },
      { type: "code_block", attrs: { language: "r" }, content: [{ type: "text", text: "x <- 1\ny" }] },
      { type: "image", attrs: { file: "f", alt: "A roof", caption: "" } },
    );
    expect(contentText(content as never).split("\n")).toEqual(["Rain", "• one", "more", "a | b", "Take care", "wet", "x <- 1", "y", "▣ A roof"]);
  });
});

describe("restoring", () => {
  const current = { id: "p", rev: "now", courseId: "c", kind: "page", title: { en: "Now" }, state: "published", order: "W", moduleId: "m2", publish: { rev: "wish2" }, minutes: 3 };
  const old = { courseId: "other", kind: "page", title: { en: "Old" }, state: "draft", order: "V", moduleId: "m1", publish: { rev: "wish1" } };

  it("R6 takes what people may change from the old version, never ids, wishes to publish, or a module that is gone", () => {
    const definition = items as CollectionDefinition;
    expect(restoredDocument(definition, current, old, () => true)).toEqual({ ...current, title: { en: "Old" }, state: "draft", order: "V", moduleId: "m1" });
    expect(restoredDocument(definition, current, old, () => false)["moduleId"]).toBe("m2");
  });

  it("R6 what the old version did not have goes", () => {
    expect(restoredDocument({ fields: { minutes: { writer: "client" } } } as unknown as CollectionDefinition, current, {}, () => true)).not.toHaveProperty("minutes");
  });
});
