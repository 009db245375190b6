import { expect, it } from "vitest";
import { isEasyPin } from "./easy-pin.ts";

it.each(["0000", "1111", "1234", "12345678", "9876", "2468", "7890", "1212", "123123", "33333"])("%s is guessed first", (pin) => {
  expect(isEasyPin(pin)).toBe(true);
});

it.each(["1927", "1223", "4071", "12344", "80808", "258036"])("%s is not", (pin) => {
  expect(isEasyPin(pin)).toBe(false);
});
