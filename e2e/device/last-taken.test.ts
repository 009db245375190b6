import "fake-indexeddb/auto";
import { LocalDatabase } from "@mochila/client/db/local.ts";
import { KNOWN_TO_NO_SERVER, makeLastTaken } from "@mochila/client/sync/last-taken.ts";
import { makeOutcomes } from "@mochila/client/sync/outcome.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { Revision } from "@mochila/shared/sync/revision.ts";
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

test("E3 a write that was merged is said until a page brings what it became", async () => {
  const merged = row();
  const master = { id: merged.newDocumentState.id, rev: newRev(), _deleted: false };
  await makeOutcomes({ local, clock, titleOf, pause: () => Promise.resolve() }).note([{ collection: "drafts", row: merged, master }]);
  const taken = makeLastTaken({ local, clock });
  expect(await taken.say()).toEqual(revisionOf(merged));
  taken.arrived("drafts", [revisionOf(merged)]);
  await taken.written("drafts");
  expect(await taken.say()).toEqual(revisionOf(merged));
  taken.arrived("drafts", [master]);
  await taken.written("drafts");
  expect(await taken.say()).toBeNull();
});

test("E3 what was offered again after a restore is said when all of it was; an app that is closed before says what no server knows", async () => {
  const [before, again] = [row(), row({ again: true })];
  await note(before);
  await makeLastTaken({ local, clock }).beginAgain();
  await note(again);
  const taken = makeLastTaken({ local, clock });
  const said = await taken.say();
  expect(said).toEqual(Revision.parse({ id: KNOWN_TO_NO_SERVER.id, rev: KNOWN_TO_NO_SERVER.rev }));
  expect([revisionOf(before), revisionOf(again)]).not.toContainEqual(said);
  await taken.replace({ ...revisionOf(again), stands: revisionOf(again).rev });
  expect(await taken.say()).toEqual(revisionOf(again));
  await taken.replace(null);
  expect(await taken.say()).toBeNull();
});

test("E3 what is offered again keeps the time at which it was taken first, however often it is", async () => {
  const rows = [row(), row()];
  for (const one of rows) {
    await note(one);
    now += DAY_MS / 24;
  }
  const takenFirst = (await local.accepted.orderBy("at").toArray()).map(({ rev }) => rev);
  expect(takenFirst).toEqual(rows.map((one) => revisionOf(one).rev));
  await note(...rows.toReversed().map((one) => ({ ...one, again: true as const })));
  expect((await local.accepted.orderBy("at").toArray()).map(({ rev }) => rev)).toEqual(takenFirst);
});

test("E3 nothing is said of what is a week old", async () => {
  await note(row());
  const taken = makeLastTaken({ local, clock });
  expect(await taken.say()).not.toBeNull();
  now += 7 * DAY_MS;
  expect(await taken.say()).toBeNull();
});
