import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { describe, expect, test } from "vitest";
import { seal, unseal } from "./sealed.ts";
import { matchingStep, stepAt, toBase32, totpAddress, totpCode } from "./totp.ts";

const key = Buffer.from("12345678901234567890");

describe("a code of an authenticator app (RFC 6238)", () => {
  test.each([
    [59, "287082"], [1_111_111_109, "081804"], [1_111_111_111, "050471"], [1_234_567_890, "005924"], [2_000_000_000, "279037"], [20_000_000_000, "353130"],
  ])("at second %i is %s, as the RFC's appendix B has it", (second, code) => {
    expect(totpCode(key, stepAt(second * 1_000))).toBe(code);
  });

  test("holds for its own 30 s and those before and after, and no longer", () => {
    const now = 1_111_111_111_000;
    const at = (steps: number) => matchingStep(key, totpCode(key, stepAt(now) + steps), { now, after: 0 });
    expect([at(-2), at(-1), at(0), at(1), at(2)]).toEqual([null, stepAt(now) - 1, stepAt(now), stepAt(now) + 1, null]);
  });

  test("is worth nothing once a later or the same step was used", () => {
    const now = 1_111_111_111_000;
    const code = totpCode(key, stepAt(now));
    expect(matchingStep(key, code, { now, after: stepAt(now) - 1 })).toBe(stepAt(now));
    expect(matchingStep(key, code, { now, after: stepAt(now) })).toBeNull();
    expect(matchingStep(key, code, { now, after: stepAt(now) + 1 })).toBeNull();
  });

  test.each(["", "28708", "2870822", "28708a", "２８７０８２", " 287082"])("%j is no code", (code) => {
    expect(matchingStep(key, code, { now: 59_000, after: -1 })).toBeNull();
  });

  test("its key is read by apps as RFC 4648 and the address form have it", () => {
    expect([toBase32(Buffer.from("foobar")), toBase32(Buffer.from("f")), toBase32(key)]).toEqual(["MZXW6YTBOI", "MY", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"]);
    expect(totpAddress({ key, account: "ana+1@demo.school", issuer: "Mochila lms.example" })).toBe(
      "otpauth://totp/Mochila%20lms.example%3Aana%2B1%40demo.school?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Mochila%20lms.example",
    );
  });
});

describe("a sealed key", () => {
  const secret = systemRandom.bytes(32);
  test("opens for its owner, with its secret, unchanged, and for nothing else", () => {
    const sealed = seal(key, { secret, owner: "ana", random: systemRandom });
    expect(unseal(sealed, { secret, owner: "ana" })).toEqual(key);
    expect(sealed.includes(key)).toBe(false);
    expect(() => unseal(sealed, { secret, owner: "ben" })).toThrow();
    expect(() => unseal(sealed, { secret: systemRandom.bytes(32), owner: "ana" })).toThrow();
    for (const place of [0, 12, sealed.length - 1]) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(changed.readUInt8(place) ^ 1, place);
      expect(() => unseal(changed, { secret, owner: "ana" })).toThrow();
    }
    expect(() => unseal(sealed.subarray(0, 20), { secret, owner: "ana" })).toThrow();
  });
});
