import { expect, test } from "vitest";
import type { RowAnswer } from "./push-channel.ts";
import { takenOf } from "./last-taken.ts";

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
