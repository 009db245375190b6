import { describe, expect, test } from "vitest";
import { nextPhase, type Phase, statusOf, type SyncEvent, transitions } from "./status.ts";

const phases: readonly Phase[] = ["offline", "syncing", "synced"];
const events: readonly SyncEvent[] = ["changed", "reached", "settled", "unreachable"];
const progress = { lastSyncedAt: 5, firstSync: false };

describe("the status machine", () => {
  test("answers every event in every phase", () => {
    for (const phase of phases) for (const event of events) expect(phases).toContain(transitions[phase][event]);
  });

  test("from every phase, unreachable is offline and settled is synced", () => {
    for (const phase of phases) {
      expect(nextPhase(phase, "unreachable")).toBe("offline");
      expect(nextPhase(phase, "settled")).toBe("synced");
    }
  });

  test("a change without network stays saved on this device; only contact makes it syncing", () => {
    expect(nextPhase("offline", "changed")).toBe("offline");
    expect(nextPhase(nextPhase("offline", "changed"), "reached")).toBe("syncing");
  });

  test("a poll without news does not flicker", () => {
    expect(nextPhase("synced", "reached")).toBe("synced");
  });
});

describe("what the header says", () => {
  test("something refused outweighs the network", () => {
    for (const phase of phases) expect(statusOf({ phase, ...progress }, { pending: 0, attention: 1 }).state).toBe("attention");
  });

  test("never synced while anything waits", () => {
    expect(statusOf({ phase: "synced", ...progress }, { pending: 1, attention: 0 }).state).toBe("syncing");
    expect(statusOf({ phase: "offline", ...progress }, { pending: 1, attention: 0 }).state).toBe("offline");
    expect(statusOf({ phase: "synced", ...progress }, { pending: 0, attention: 0 })).toEqual({ state: "synced", pending: 0, attention: 0, reachable: true, ...progress });
  });
});
