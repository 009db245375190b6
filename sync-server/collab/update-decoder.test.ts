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
  for (let key = 0; key < 450; key += 1) text.insert(0, "x");
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
