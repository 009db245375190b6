import fc from "fast-check";
import { expect, it } from "vitest";
import { decodePosition, encodePosition, type Position, START, tagOf } from "./checkpoint.ts";

const number = fc.bigInt({ min: 0n, max: 2n ** 62n });
const tag = fc.string({ unit: fc.constantFrom(..."ABCxyz019-_"), minLength: 4, maxLength: 4 });
const position: fc.Arbitrary<Position> = fc
  .tuple(number, number, tag, fc.boolean(), fc.boolean(), fc.tuple(number, number, number), fc.uuid(), fc.boolean())
  .map(([a, b, grants, walking, changed, [scope, xid, seq], document, lost]) => {
    const [drained, target] = a < b ? [a, b] : [b, a];
    if (!walking) return { drained, grants, walk: null };
    return { drained, grants, walk: { target, changed, place: lost ? { part: "lost", scope, document } : { part: "given", scope, xid, seq } } };
  });
const HORIZON = 2n ** 63n;
const FOREIGN = "zzzz";
const NONE = new Map<string, bigint>();

it("K1 a checkpoint comes back as it was written", () => {
  fc.assert(
    fc.property(tag, position, (owner, at) => {
      expect(decodePosition(encodePosition(owner, at), { owner, horizon: HORIZON, ended: NONE })).toEqual(at);
    }),
  );
});

it("K2 another person's or another epoch's is told from none; damaged or garbage is as if there were none; never an exception", () => {
  fc.assert(
    fc.property(tag.filter((owner) => owner !== FOREIGN), position, fc.string(), fc.nat(60), (owner, at, noise, where) => {
      const text = encodePosition(owner, at);
      expect(decodePosition(text, { owner: FOREIGN, horizon: HORIZON, ended: NONE })).toBeNull();
      // Noise that happens to have the form of one is of nobody's history.
      expect([START, null]).toContainEqual(decodePosition(noise, { owner: "....", horizon: HORIZON, ended: NONE }));
      const cut = decodePosition(text.slice(0, where) + noise + text.slice(where + 1), { owner, horizon: HORIZON, ended: NONE });
      expect(!cut?.walk || cut.walk.target >= cut.drained).toBe(true);
    }),
  );
});

it("K3 from the future: of another history", () => {
  const text = encodePosition("own1", { drained: 100n, grants: "gran", walk: null });
  expect(decodePosition(text, { owner: "own1", horizon: 99n, ended: NONE })).toBeNull();
  expect(decodePosition(text, { owner: "own1", horizon: 100n, ended: NONE })).toMatchObject({ drained: 100n });
});

it("E3 of an era that has ended: only what reaches no further than its end", () => {
  const ended = new Map([["old1", 90n]]);
  const at = (drained: bigint, target: bigint | null) =>
    encodePosition("old1", { drained, grants: "gran", walk: target === null ? null : { target, changed: false, place: { part: "lost", scope: 1n, document: "00000000-0000-0000-0000-000000000000" } } });
  const decode = (text: string) => decodePosition(text, { owner: "own1", horizon: 200n, ended });
  expect(decode(at(90n, null))).toMatchObject({ drained: 90n });
  expect(decode(at(91n, null))).toBeNull();
  expect(decode(at(80n, 90n))).toMatchObject({ walk: { target: 90n } });
  expect(decode(at(80n, 91n))).toBeNull();
});

it("K4 has at most 14 characters when nothing is under way", () => {
  expect(encodePosition(tagOf("a"), { drained: 64n ** 6n - 1n, grants: tagOf("b"), walk: null }).length).toBe(14);
});
