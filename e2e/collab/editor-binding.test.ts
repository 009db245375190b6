import { expect, test } from "vitest";
import * as Y from "yjs";
import { beginPage, mayBind } from "@mochila/client/collab/editor-binding.ts";
import { FRAGMENT } from "@mochila/shared/collab/room.ts";

test("CL-3 two devices that begin one page have one paragraph between them, and beginning again changes nothing", () => {
  const [one, two] = [new Y.Doc(), new Y.Doc()];
  beginPage(one);
  beginPage(two);
  const before = Y.encodeStateAsUpdate(one);
  Y.applyUpdate(one, Y.encodeStateAsUpdate(two));
  beginPage(one);
  expect(Y.encodeStateAsUpdate(one)).toEqual(before);
  expect(one.getXmlFragment(FRAGMENT).length).toBe(1);
});

test("CL-3 an empty local document says nothing about the page until the server has spoken, unless the page was made here", () => {
  expect(mayBind({ everSynced: false, isEmpty: true, madeHere: false })).toBe(false);
  for (const known of [{ everSynced: true }, { isEmpty: false }, { madeHere: true }]) expect(mayBind({ everSynced: false, isEmpty: true, madeHere: false, ...known })).toBe(true);
});
