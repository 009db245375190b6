import { PullResponse } from "@mochila/shared/sync/pull.ts";
import type { LocalDatabase } from "../db/local.ts";
import { lastSyncedAt } from "./last-synced.ts";
import { PULL_PATH } from "./pull-channel.ts";
import type { Send } from "./request.ts";

export interface FirstPagesOptions {
  readonly local: LocalDatabase;
  readonly collections: readonly string[];
  readonly send: Send;
  accessToken(options: { renew: boolean }): Promise<string | null>;
}

/**
 * The first page of every collection, on its way while a device that has never synced still makes its databases. One try: whatever
 * goes wrong (null), the engine asks again as it always does. A second answer to the same question is as good as the first.
 */
export async function askFirstPages({ local, collections, send, accessToken }: FirstPagesOptions): Promise<PullResponse | null> {
  try {
    if ((await lastSyncedAt(local)) !== null) return null;
    const token = await accessToken({ renew: false });
    if (token === null) return null;
    const body = JSON.stringify({ pulls: collections.map((collection) => ({ collection, checkpoint: null })) });
    const reply = await send(PULL_PATH, { method: "POST", headers: { authorization: `Bearer ${token}`, "content-type": "application/json" }, body });
    return reply.status === 200 ? PullResponse.parse(await reply.json()) : null;
  } catch {
    return null;
  }
}
