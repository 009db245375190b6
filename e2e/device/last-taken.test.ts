import "fake-indexeddb/auto";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { makeLastTaken } from "@mochila/client/sync/last-taken.ts";
import { makeOutcomes } from "@mochila/client/sync/outcome.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { afterEach, beforeEach, expect, test } from "vitest";

const titleOf = () => Promise.resolve(null);

const DAY_MS = 24 * 3_600_000;
let now = 1_700_000_000_000;
const clock = { now: () => now, monotonic: () => now };
let local: LocalDatabase;

beforeEach(() => {
  local = new LocalDatabase(newId());
});
afterEach(() => local.close());

const row = (more: object = {}) => ({ newDocumentState: { id: newId(), rev: newRev() }, ...more }) satisfies PushRow;
const revisionOf = ({ newDocumentState: { id, rev } }: ReturnType<typeof row>) => ({ id, rev });
const note = (...rows: PushRow[]) => makeOutcomes({ local, clock, titleOf, pause: () => Promise.resolve() }).note(rows.map((one) => ({ collection: "drafts", row: one })));

test("E3 the last write that was taken is said after a restart of the app too, until a page that brings it is written", async () => {
  const [first, second] = [row(), row()];
  await note(first);
  await note(second);
  const taken = makeLastTaken({ local, clock });
  expect(await taken.say()).toEqual(revisionOf(second));
  taken.arrived("drafts", [revisionOf(first), { id: revisionOf(second).id }]);
  await taken.written("drafts");
  expect(await taken.say()).toEqual(revisionOf(second));
  taken.arrived("drafts", [revisionOf(second)]);
  await taken.written("progress");
  expect(await taken.say()).toEqual(revisionOf(second));
  await taken.written("drafts");
  expect(await taken.say()).toBeNull();
});

test("E3 a write that was taken while the page with the one before it was written is said", async () => {
  const [first, second] = [row(), row()];
  await note(first);
  const taken = makeLastTaken({ local, clock });
  await taken.say();
  taken.arrived("drafts", [revisionOf(first)]);
  await note(second);
  await taken.written("drafts");
  expect(await taken.say()).toEqual(revisionOf(second));
});

test("E3 nothing is said of what the server may not know by its revision: laid over again, removed, merged, refused, or old", async () => {
  const removed = { newDocumentState: { id: newId(), rev: newRev(), _deleted: true } };
  await note(row({ again: true }), removed);
  const [merged, refused] = [row(), row()];
  const master = { id: merged.newDocumentState.id, rev: newRev(), _deleted: false };
  const outcomes = makeOutcomes({ local, clock, titleOf, pause: () => Promise.resolve() });
  await outcomes.note([{ collection: "drafts", row: merged, master }, { collection: "drafts", row: refused, refused: "row_forbidden", master }]);
  const taken = makeLastTaken({ local, clock });
  expect(await taken.say()).toBeNull();
  await note(row());
  expect(await taken.say()).not.toBeNull();
  now += 7 * DAY_MS;
  expect(await taken.say()).toBeNull();
});
