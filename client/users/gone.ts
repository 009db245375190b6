import { registry } from "@mochila/shared/registry.ts";
import { formOf } from "@mochila/shared/sync/upgrade.ts";
import type { DeviceDatabase } from "../db/device.ts";
import { forgetPerson } from "../db/forget.ts";
import { formLock, SESSION_LOCK } from "../db/names.ts";
import { countWaiting } from "../db/unsent.ts";

/** Tabs that close what they have open take a second; one that is frozen is not waited for, and looked for again later. */
const CLOSED_MS_MAX = 10_000;

/** What they wrote and the server does not have. What they only did, such as reading, holds nobody's data on a shared computer. */
export async function countHeld(device: DeviceDatabase, userId: string): Promise<number> {
  const { changes, refused } = await countWaiting(userId);
  return changes + refused + ((await device.unsentChange(userId)) ? 1 : 0);
}

/** Everything of those who have left this shared computer goes; of whom something waits, all of it stays, locked (SC2). Answers whether nobody's stays. */
export async function clearGone(device: DeviceDatabase): Promise<boolean> {
  const cleared = await Promise.all((await device.gone()).map((userId) => clear(device, userId)));
  return cleared.every(Boolean);
}

async function clear(device: DeviceDatabase, userId: string): Promise<boolean> {
  if ((await countHeld(device, userId)) > 0) return false;
  // No tab has it open any more; and nobody signs in meanwhile.
  return navigator.locks.request(formLock(userId, formOf(registry)), { signal: AbortSignal.timeout(CLOSED_MS_MAX) }, () =>
    navigator.locks.request(SESSION_LOCK, async () => {
      if ((await device.openPerson())?.id === userId || (await countHeld(device, userId)) > 0) return false;
      await forgetPerson(userId);
      await device.forget(userId);
      return true;
    }),
  );
}
