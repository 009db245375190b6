import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { describe, expect, test } from "vitest";
import { seal, unseal, waitMsAfter } from "./device-lock.ts";

describe("DL2 what a device keeps of a PIN", () => {
  test("opens with it and with nothing else; neither it nor the key is in it, and no two are alike", async () => {
    const [lock, other] = [await seal({ kind: "pin", entered: "4711", key: "the key" }, systemRandom), await seal({ kind: "pin", entered: "4711", key: "the key" }, systemRandom)];
    expect(await unseal(lock, "4711")).toBe("the key");
    for (const wrong of ["4712", "", "47110", "0".repeat(8)]) expect(await unseal(lock, wrong)).toBeNull();
    expect(lock.iterations).toBeGreaterThanOrEqual(600_000);
    const text = [lock.salt, lock.nonce, new Uint8Array(lock.sealed)].map((bytes) => String.fromCharCode(...bytes)).join("");
    expect(text).not.toContain("4711");
    expect(text).not.toContain("the key");
    expect(new Uint8Array(lock.sealed)).not.toEqual(new Uint8Array(other.sealed));
    expect(await unseal({ ...lock, salt: other.salt }, "4711")).toBeNull();
  });

  test("wrong tries wait longer and longer, and never for good", () => {
    expect([1, 2, 3, 4, 5, 6, 7, 8, 1_000].map((tries) => waitMsAfter(tries) / 1_000)).toEqual([0, 0, 10, 30, 120, 600, 1_800, 1_800, 1_800]);
  });
});
