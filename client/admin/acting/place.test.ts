import { expect, test } from "vitest";
import { ACTING_PATH, addressOf, lookOf, lookState, placeAt } from "./place.ts";

test.each(["/", "/courses/1/items/2", "/courses/1/items/2#what-is-it", "/courses/join?a=1&b=ñ#x"])("%s has an address of its own, and comes back from it", (place) => {
  const address = new URL(addressOf(place), "https://lake.example");
  expect(address.pathname).toBe(ACTING_PATH);
  expect(placeAt(address)).toBe(place);
});

test.each(["", "?at=", "?at=https://far.example/", "?at=//far.example/", "?at=courses"])("an address that says nothing of this app is the beginning: %s", (search) => {
  expect(placeAt({ search, hash: "" })).toBe("/");
});

test("an address tells which look it belongs to, whatever the browser's history holds", () => {
  const lookId = "0193a7b0-1111-7222-8333-444455556666";
  expect(lookOf({ ...lookState(lookId), _depth: 3 })).toBe(lookId);
  for (const state of [null, undefined, {}, 7, { lookId: 7 }, { lookId: "../people/x" }]) expect(lookOf(state)).toBeNull();
});
