import { afterEach, beforeEach, expect, test } from "vitest";
import * as Y from "yjs";
import { makeExactDocument } from "./exact-document.mjs";
import { UpdateDecoder, type Verdict } from "./update-decoder.ts";

const ROOM = "page:1:en";
let decoder: UpdateDecoder;
/** The room as the server has it. */
let room: Y.Doc;
let bases: number;

beforeEach(() => {
  [decoder, room, bases] = [new UpdateDecoder(), makeExactDocument(), 0];
  room.getText("probe").insert(0, "begun");
});
afterEach(() => decoder.stop());

function seeded(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 2_147_483_647) % below;
}

const ask = (name: string, update: Uint8Array, base: () => Uint8Array[]): Promise<Verdict> =>
  new Promise((resolve, reject) => decoder.check({ room: name, update, base, answer: (verdict) => (verdict instanceof Error ? reject(verdict) : resolve(verdict)) }));

/** As a room does: what was accepted goes into the document. */
async function check(update: Uint8Array): Promise<Verdict> {
  const verdict = await ask(ROOM, update, () => {
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

test("RO-3 what was accepted is known when it comes again, and one copy serves for all of it", async () => {
  const { text, updates } = writer();
  for (let key = 0; key < 500; key += 1) {
    text.insert(text.length, "x");
    if (key % 20 === 19) text.delete(2, 1);
  }
  expect(new Set(await Promise.all(updates.map(check)))).toEqual(new Set(["applied"]));
  expect(room.getText("probe").toJSON()).toBe(text.toJSON());
  expect(new Set(await Promise.all(updates.map(check)))).toEqual(new Set(["known"]));
  expect(bases).toBe(1);
});

test("RO-2 a copy that was forgotten, because what it holds was not stored, calls nothing known", async () => {
  const { text, updates } = writer();
  text.insert(0, "x");
  const [update = Uint8Array.of()] = updates;
  const base = () => [Y.encodeStateAsUpdate(room)];
  let inTime = 0;
  for (let microseconds = 0; microseconds < 3_000; microseconds += 200) {
    expect(await ask(ROOM, update, base)).toBe("applied");
    let verdict: Verdict | null = null;
    const again = ask(ROOM, update, base).then((said) => (verdict = said));
    // At one moment after another of the question: before the thread is asked, while it answers, afterwards.
    for (const until = performance.now() + microseconds / 1_000; performance.now() < until; ) await new Promise((resolve) => setImmediate(resolve));
    const answered = verdict !== null;
    decoder.forget(ROOM);
    expect(await again).toBe(answered ? "known" : "applied");
    if (!answered) inTime += 1;
    decoder.forget(ROOM);
  }
  expect(inTime).toBeGreaterThan(0);
});

test("RO-3 a room whose state cannot be read stops no other", async () => {
  const broken = ask("page:2:en", Uint8Array.from([0, 0]), () => {
    throw new Error("unreadable");
  });
  const [outcome, sound] = await Promise.all([broken.catch(String), check(Uint8Array.from([0, 0]))]);
  expect([outcome, sound]).toEqual(["Error: unreadable", "known"]);
});

test("RO-2 a question is answered once, also when the thread ends after others of its batch were answered", async () => {
  const answers: string[] = [];
  const note = (name: string) => (verdict: Verdict | Error) => void answers.push(`${name} ${String(verdict)}`);
  const update = Uint8Array.from([0, 0]);
  decoder.check({ room: "page:2:en", update, answer: note("broken"), base: () => { throw new Error("unreadable"); } });
  // The thread is ended while it makes this room's copy.
  const stopped = new Promise<void>((resolve) => decoder.check({ room: ROOM, update, answer: note("sound"), base: () => { queueMicrotask(() => void decoder.stop().then(resolve)); return []; } }));
  await stopped;
  await decoder.idle();
  expect(answers).toEqual(["broken Error: unreadable", expect.stringMatching(/^sound .*too many/)]);
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

test("RO-3 what an editor tidies up by itself is not known before it came", async () => {
  const { text: { doc: one }, updates } = writer();
  const words = new Y.XmlText("A sentence in a page, with words.");
  const paragraph = new Y.XmlElement("paragraph");
  paragraph.insert(0, [words]);
  one?.getXmlFragment("page").insert(0, [paragraph]);
  const other = new Y.Doc();
  for (const update of updates) Y.applyUpdate(other, update);
  const theirs: Uint8Array[] = [];
  const tidied: Uint8Array[] = [];
  other.on("update", (update: Uint8Array, origin: unknown) => void (origin === "remote" ? [] : origin === null ? tidied : theirs).push(update));
  const read = other.getXmlFragment("page").get(0) as Y.XmlElement;
  // One deletes words while the other makes them bold, whose editor then takes out the marks around nothing.
  words.delete(2, 8);
  other.transact(() => (read.get(0) as Y.XmlText).format(2, 8, { strong: true }), "typed");
  Y.applyUpdate(other, updates.at(-1) ?? Uint8Array.of(), "remote");
  expect(tidied).toHaveLength(1);
  expect(await Promise.all([...theirs, ...updates].map(check))).not.toContain("known");
  expect(await Promise.all(tidied.map(check))).toEqual(["applied"]);
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
  for (let edit = 0; edit < 250; edit += 1) {
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
