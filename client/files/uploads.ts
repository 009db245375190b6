import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { LocalDatabase, WaitingUpload } from "../db/local.ts";
import { backoffMs } from "../sync/backoff.ts";
import type { FileCache } from "./cache.ts";

export interface UploadsOptions {
  readonly local: LocalDatabase;
  readonly cache: FileCache;
  readonly clock: Clock;
  readonly random: Random;
  accessToken(options: { renew: boolean }): Promise<string | null>;
  leads(): boolean;
}

/** Sends the waiting pictures one after another, in the leading tab, until all are there or the network is gone. */
export function makeUploads(options: UploadsOptions): { send(): Promise<void> } {
  const { local, random } = options;
  let running = false;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const send = async (): Promise<void> => {
    if (running || !options.leads()) return;
    running = true;
    clearTimeout(timer);
    try {
      for (const row of await local.uploads.orderBy("at").toArray()) {
        if (await sendOne(options, row)) attempt = 0;
        else {
          timer = setTimeout(() => void send(), backoffMs(attempt, random));
          attempt += 1;
          break;
        }
      }
    } finally {
      running = false;
    }
  };
  return { send };
}

/** Few ever send a picture: fetched for those who teach, before they need it. */
export const loadUpload = () => import("./upload.ts");

/** False when it must wait. */
async function sendOne(options: UploadsOptions, row: WaitingUpload): Promise<boolean> {
  const { local, cache, clock } = options;
  const blob = await cache.read(row.id);
  const sending = await loadUpload().catch(() => null);
  // It has never come to this device, and there is no network.
  if (!sending) return false;
  const outcome = blob
    ? await sending.upload(options, { row, blob, located: async (location) => void (await local.uploads.update(row.id, { location })) })
    : ({ kind: "refused", code: "not_found" } as const);
  if (outcome.kind === "later") return false;
  await local.transaction("rw", local.uploads, local.rescued, async () => {
    await local.uploads.delete(row.id);
    if (outcome.kind !== "refused") return;
    const { id, courseId, name, at: writtenAt } = row;
    await local.rescued.put({ key: id, collection: "files", documentId: id, courseId, itemId: null, code: outcome.code, at: clock.now(), writtenAt, title: { en: name }, fields: {}, text: "" });
  });
  return true;
}
