import type { LocalDatabase } from "../db/local.ts";

const NAME = "last-synced-at";

/** When this device and the server last agreed, ms since 1970; null: never. */
export const lastSyncedAt = (local: LocalDatabase): Promise<number | null> => local.setting<number>(NAME);

export const noteSynced = (local: LocalDatabase, at: number): Promise<void> => local.set(NAME, at);
