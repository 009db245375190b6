import { afterEach, beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import { UpdateDecoder, type Verdict } from "./update-decoder.ts";

const ROOM = "page:1:en";
let decoder: UpdateDecoder;
/** The room as the server has it. */
let room: Y.Doc;
let bases: number;

beforeEach(() => {
  [decoder, room, bases] = [new UpdateDecoder(), new Y.Doc(), 0];
  room.getText("probe").insert(0, "begun");
});
afterEach(() => decoder.stop());

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

/** As a room does: what was accepted goes into the document. */
async function check(update: Uint8Array): Promise<Verdict> {
  const verdict = await decoder.check(ROOM, update, () => {
    bases += 1;
    return [Y.encodeStateAsUpdate(room)];
  });
  if (verdict !== "refused") Y.applyUpdate(room, update);
  return verdict;
}

function writer(): { readonly text: Y.Text; readonly updates: Uint8Array[] } {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(room));
  const updates: Uint8Array[] = [];
  doc.on("update", (update: Uint8Array) => void updates.push(update));
  return { text: doc.getText("probe"), updates };
}

test("RO-3 what only types is known to the thread when something comes that must be tried", async () => {
  const { text, updates } = writer();
  await check(Uint8Array.from([0, 0]));
  for (let key = 0; key < 500; key += 1) {
    text.insert(text.length, "x");
    // Each twentieth takes a character away, which is tried.
    if (key % 20 === 19) text.delete(2, 1);
  }
  const verdicts = await Promise.all(updates.map(check));
  expect(new Set(verdicts)).toEqual(new Set(["applied"]));
  expect(room.getText("probe").toJSON()).toBe(text.toJSON());
  // All that was accepted is in the thread's copy, and it was made once.
  expect(new Set(await Promise.all(updates.map(check)))).toEqual(new Set(["known"]));
  expect(bases).toBe(1);
});

test("RO-3 typing alone reaches the thread, too, before it is much", async () => {
  const { text, updates } = writer();
  await check(Uint8Array.from([0, 0]));
  for (let key = 0; key < 1_200; key += 1) text.insert(0, "x");
  await Promise.all(updates.map(check));
  await decoder.idle();
  expect(await check(updates[300] ?? Uint8Array.of())).toBe("known");
  expect(bases).toBe(1);
});

test("RO-3 what is broken in the middle of typing is refused alone, and all of the typing stays", async () => {
  const { text, updates } = writer();
  for (let key = 0; key < 60; key += 1) text.insert(text.length, "x");
  const broken = Uint8Array.from([1, 255, 255, 255, 255, 15, 1, 0]);
  const sent = updates.flatMap((update, at) => (at % 20 === 10 ? [broken, update] : [update]));
  const verdicts = await Promise.all(sent.map(check));
  expect(verdicts.filter((verdict) => verdict === "refused")).toHaveLength(3);
  expect(verdicts.filter((verdict) => verdict === "applied")).toHaveLength(60);
  expect(room.getText("probe").toJSON()).toBe(text.toJSON());
});

test("RO-3 no update that brings something is called known: formats, elements, what waits for what is missing", async () => {
  const random = seeded(20_261_129);
  const { text: { doc }, updates } = writer();
  const page = doc?.getXmlFragment("page") ?? new Y.XmlFragment();
  await check(Uint8Array.from([0, 0]));
  const paragraph = new Y.XmlElement("paragraph");
  // Nested, as an editor has it: only then Yjs knows on the server what kind of text it is, and tidies up its formats after an update.
  const text = new Y.XmlText("A sentence in a page, with words.");
  paragraph.insert(0, [text]);
  page.insert(0, [paragraph]);
  for (let edit = 0; edit < 600; edit += 1) {
    const place = random(text.length);
    const length = Math.min(text.length - place, 1 + random(4));
    const kind = random(6);
    if (kind === 0) text.format(place, length, { strong: random(2) === 0 ? true : null });
    else if (kind === 1 && text.length > 10) text.delete(place, Math.min(length, 2));
    else if (kind === 2) page.insert(1 + random(page.length), [new Y.XmlElement("paragraph")]);
    else if (kind === 3 && page.length > 2) page.delete(1 + random(page.length - 1), 1);
    else text.insert(place, "word ", kind === 4 ? { emphasis: true } : undefined);
  }
  const brought = updates.filter((update) => update.length > 2);
  const late = brought.filter((_, at) => at % 7 === 3);
  // First all but some, so that much waits; then those.
  for (const part of [brought.filter((update) => !late.includes(update)), late]) expect(new Set(await Promise.all(part.map(check)))).toEqual(new Set(["applied"]));
  expect(room.store.pendingStructs).toBeNull();
  expect(room.getXmlFragment("page").toJSON()).toBe(page.toJSON());
});
