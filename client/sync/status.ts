import type { SyncStatus } from "../person.ts";

/** What the connection is doing, attention aside: that is laid over it. */
export type Phase = "offline" | "syncing" | "synced";

/**
 * `changed`: there is something to send. `reached`: the server answered. `settled`: everything was sent and asked for.
 * `unreachable`: no network, no session, or no answer.
 */
export type SyncEvent = "changed" | "reached" | "settled" | "unreachable";

/** Every phase and event: the compiler refuses a gap. A poll without news never shows as syncing; a change without network stays offline. */
export const transitions: Readonly<Record<Phase, Readonly<Record<SyncEvent, Phase>>>> = {
  offline: { changed: "offline", reached: "syncing", settled: "synced", unreachable: "offline" },
  syncing: { changed: "syncing", reached: "syncing", settled: "synced", unreachable: "offline" },
  synced: { changed: "syncing", reached: "synced", settled: "synced", unreachable: "offline" },
};

export const nextPhase = (phase: Phase, event: SyncEvent): Phase => transitions[phase][event];

/** What one tab knows, and what the others are told. */
export interface Progress {
  readonly phase: Phase;
  readonly lastSyncedAt: number | null;
  readonly firstSync: boolean;
}

/** What the header says. Something refused outweighs everything: it waits for the person, not for the network. */
export const statusOf = ({ phase, lastSyncedAt, firstSync }: Progress, counts: { pending: number; attention: number }): SyncStatus => ({
  state: counts.attention > 0 ? "attention" : phase === "synced" && counts.pending > 0 ? "syncing" : phase,
  pending: counts.pending,
  attention: counts.attention,
  reachable: phase !== "offline",
  lastSyncedAt,
  firstSync,
});
