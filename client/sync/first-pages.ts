import { NEXT_PAGES_HEADER, type NextPages, readNextPages } from "@mochila/shared/sync/next-pages.ts";
import { PullResponse } from "@mochila/shared/sync/pull-response.ts";
import type { LocalDatabase } from "../db/local.ts";
import { type VersionOf, versionSaid } from "./document-versions.ts";
import { PULL_PATH } from "./pull-channel.ts";
import { authorized, type Send } from "./request.ts";

export interface FirstPagesOptions {
  /** When this device and the server last agreed; null: never. */
  readonly syncedBefore: Promise<number | null>;
  readonly local: Pick<LocalDatabase, "setting" | "set">;
  readonly collections: readonly string[];
  readonly versionOf?: VersionOf;
  readonly send: Send;
  accessToken(options: { renew: boolean }): Promise<string | null>;
}

const ASKED = "first-pages-asked";

/** An answer that has begun. */
export interface FirstPages {
  readonly next: NextPages;
  /** Rejects if the rest does not come. */
  readonly response: Promise<PullResponse>;
}

/**
 * The first page of every collection, on its way while a device that has never synced still makes its databases. One try: where it
 * fails (null), the engine asks again as it always does. A second answer to the same question is as good as the first.
 */
export async function askFirstPages({ syncedBefore, local, collections, versionOf, send, accessToken }: FirstPagesOptions): Promise<FirstPages | null> {
  try {
    if ((await syncedBefore) !== null || (await local.setting(ASKED)) !== null) return null;
    // Whoever opens the app again in the middle of a first sync has pages already, and perhaps a slow line. A write that fails costs a page.
    void local.set(ASKED, true).catch(() => undefined);
    const body = JSON.stringify({ pulls: collections.map((collection) => ({ collection, checkpoint: null, ...versionSaid(collection, versionOf) })) });
    const reply = await authorized({ send, accessToken }, { path: PULL_PATH, body, renew: false });
    if (reply?.status !== 200) return null;
    const response = reply.json().then((answer) => PullResponse.parse(answer));
    // Heard by whoever takes a page; perhaps the app is closed before.
    response.catch(() => undefined);
    return { next: readNextPages(reply.headers.get(NEXT_PAGES_HEADER)), response };
  } catch {
    return null;
  }
}
