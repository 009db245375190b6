import { describe, expect, test } from "vitest";
import * as Y from "yjs";
import { type Clocks, followPlainEdit } from "./plain-edit.ts";

const clocksOf = (doc: Y.Doc): Clocks => Y.decodeStateVector(Y.encodeStateVector(doc));
const charactersOf = (doc: Y.Doc): string[] => [...doc.getText("probe").toJSON()].sort();
const waitsIn = (doc: Y.Doc): boolean => doc.store.pendingStructs !== null || doc.store.pendingDs !== null;

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

/** What `change` sends to others. */
function updateOf(doc: Y.Doc, change: (text: Y.Text) => void): Uint8Array {
  const updates: Uint8Array[] = [];
  const note = (update: Uint8Array) => void updates.push(update);
  doc.on("update", note);
  change(doc.getText("probe"));
  doc.off("update", note);
  const [update] = updates;
  if (!update || updates.length !== 1) throw new Error("not one update");
  return update;
}

function begun(text = "begun"): Y.Doc {
  const doc = new Y.Doc();
  doc.getText("probe").insert(0, text);
  return doc;
}

describe("RO-3 an update that only types needs no trial", () => {
  test.each([
    ["at the end", (text: Y.Text) => text.insert(5, "x")],
    ["before everything", (text: Y.Text) => text.insert(0, "x")],
    ["between two", (text: Y.Text) => text.insert(2, "ñ")],
    ["with characters of two units", (text: Y.Text) => text.insert(2, "a😀b")],
    ["a sentence", (text: Y.Text) => text.insert(2, "A sentence that somebody pasted. ¿Verdad?")],
  ])("%s", (_, change) => {
    const doc = begun();
    const clocks = clocksOf(doc);
    expect(followPlainEdit(updateOf(doc, change), clocks)).toBe(true);
    expect(clocks).toEqual(clocksOf(doc));
  });

  test("by another hand, and what follows on it", () => {
    const doc = begun();
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    const clocks = clocksOf(doc);
    for (const at of [5, 6, 0, 3]) expect(followPlainEdit(updateOf(other, (text) => text.insert(at, "x")), clocks)).toBe(true);
    expect(clocks).toEqual(clocksOf(other));
  });
});

describe("RO-3 everything else is tried, and moves nothing", () => {
  test.each([
    ["what begins a text", "", (text: Y.Text) => text.insert(0, "x")],
    ["a deletion", "begun", (text: Y.Text) => text.delete(1, 2)],
    ["a format", "begun", (text: Y.Text) => text.format(0, 2, { strong: true })],
    ["a picture", "begun", (text: Y.Text) => text.insertEmbed(2, { src: "x" })],
    ["typed over a selection", "begun", (text: Y.Text) => text.doc?.transact(() => (text.delete(1, 2), text.insert(1, "x")))],
    ["much", "begun", (text: Y.Text) => text.insert(2, "x".repeat(2_000))],
  ])("%s", (_, beginning, change) => {
    const doc = beginning === "" ? new Y.Doc() : begun(beginning);
    const clocks = clocksOf(doc);
    const before = new Map(clocks);
    expect(followPlainEdit(updateOf(doc, change), clocks)).toBe(false);
    expect(clocks).toEqual(before);
  });

  test("what came before, what comes too early, what stands beside the unknown", () => {
    const doc = begun();
    const other = new Y.Doc();
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    const clocks = clocksOf(doc);
    const [first, second] = [updateOf(doc, (text) => text.insert(5, "x")), updateOf(doc, (text) => text.insert(6, "y"))];
    expect(followPlainEdit(second, clocks)).toBe(false);
    expect(followPlainEdit(first, clocks)).toBe(true);
    expect(followPlainEdit(first, clocks)).toBe(false);
    Y.applyUpdate(other, first);
    Y.applyUpdate(other, second);
    expect(followPlainEdit(updateOf(other, (text) => text.insert(7, "z")), clocks)).toBe(false);
    expect(followPlainEdit(second, clocks)).toBe(true);
  });
});

test("RO-3 whatever bytes pass, Yjs takes them: nothing thrown, nothing left waiting, the same clocks", () => {
  const random = seeded(20_261_129);
  let [passed, broken] = [0, 0];
  for (let round = 0, doc = begun(); round < 3_000; round += 1) {
    if (round % 100 === 0) doc = begun("a text with some words");
    const author = new Y.Doc();
    Y.applyUpdate(author, Y.encodeStateAsUpdate(doc));
    author.clientID = 1 + random(3);
    const at = random(author.getText("probe").length + 1);
    const bytes = updateOf(author, (text) => text.insert(at, ["x", "ñ", "😀", "words "][random(4)] ?? ""));
    const changes = random(4);
    for (let change = 0; change < changes; change += 1) bytes[random(bytes.length)] = random(3) === 0 ? random(256) : random(16);
    const update = random(20) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
    const clocks = clocksOf(doc);
    if (!followPlainEdit(update, clocks)) continue;
    passed += 1;
    if (changes > 0) broken += 1;
    Y.applyUpdate(doc, update);
    expect(waitsIn(doc)).toBe(false);
    expect(clocksOf(doc)).toEqual(clocks);
    // A cold load of it has the same characters. Where a forger puts one beside two that are in the wrong order, Yjs itself may put it elsewhere.
    const cold = new Y.Doc();
    Y.applyUpdate(cold, Y.encodeStateAsUpdate(doc));
    expect(charactersOf(cold)).toEqual(charactersOf(doc));
  }
  expect(passed).toBeGreaterThan(600);
  expect(broken).toBeGreaterThan(80);
});
