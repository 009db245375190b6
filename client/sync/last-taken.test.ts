import { expect, test } from "vitest";
import type { RowAnswer } from "./push-channel.ts";
import { makeLastOffered, takenOf } from "./last-taken.ts";

const row = (more: object = {}, state: object = {}): RowAnswer => ({ collection: "drafts", row: { newDocumentState: { id: "d", rev: "mine", ...state } }, ...more });

test.each([
  ["what is stored as it was sent", row(), { id: "d", rev: "mine", stands: "mine" }],
  ["what was merged: a page brings it under the revision of the server", row({ master: { id: "d", rev: "merged", _deleted: false } }), { id: "d", rev: "mine", stands: "merged" }],
  ["nothing that was refused", row({ refused: "row_forbidden", master: { id: "d", rev: "theirs", _deleted: false } }), null],
  ["nothing that is gone", row({ master: { id: "d", rev: "theirs", _deleted: true } }), null],
  ["no removal: the server may never have had it", row({}, { _deleted: true }), null],
])("E3 the last write that was taken is %s", (_, answer, taken) => {
  expect(takenOf(answer)).toEqual(taken);
});

test("E3 of what is offered again, that which was taken last at first tells of a second restore, in whatever order it is offered", async () => {
  const accepted = [
    { key: "before/1", collection: "drafts", id: "before", rev: "1", at: 5 },
    { key: "after/1", collection: "modules", id: "after", rev: "1", at: 9 },
  ];
  const offered = makeLastOffered(() => Promise.resolve(accepted));
  expect(await offered.accepted()).toEqual(accepted);
  expect(offered.last()).toBeNull();
  offered.note([row({}, { id: "after", rev: "1" })]);
  // The backup holds it: it says nothing of the other.
  offered.note([row({}, { id: "before", rev: "1" })]);
  offered.note([row({ refused: "row_forbidden" }, { id: "refused", rev: "1" })]);
  expect(offered.last()).toEqual({ id: "after", rev: "1", stands: "1" });
});
