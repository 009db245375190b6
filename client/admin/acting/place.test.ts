import { expect, test } from "vitest";
import { ACTING_PATH, addressOf, placeAt } from "./place.ts";

test.each(["/", "/courses/1/items/2", "/courses/1/items/2#what-is-it", "/courses/join?a=1&b=ñ#x"])("%s has an address of its own, and comes back from it", (place) => {
  const address = new URL(addressOf(place), "https://lake.example");
  expect(address.pathname).toBe(ACTING_PATH);
  expect(placeAt(address)).toBe(place);
});

test.each(["", "?at=", "?at=https://far.example/", "?at=//far.example/", "?at=courses"])("an address that says nothing of this app is the beginning: %s", (search) => {
  expect(placeAt({ search, hash: "" })).toBe("/");
});
