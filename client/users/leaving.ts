import { useApp } from "../app-parts.ts";
import { screensLock } from "../db/names.ts";
import type { Waiting } from "../db/unsent.ts";
import { usePerson } from "../person.ts";

const LOOK_MS = 300;
/** Nothing more has got through for so many looks: about ten seconds. The school was not reached at so many: who begins to send may not have begun. */
const STILL_MAX = 30;
const AWAY_MAX = 3;
/** Screens write what they held within a moment; those of a tab that is frozen are not waited for. */
const WRITTEN_MS_MAX = 5_000;

/** Sends all that waits of the person who leaves, once the screens of every tab have written what they held. Answers whether the server has everything that they wrote. */
export function useSendAll(): (told: (waiting: Waiting) => void) => Promise<boolean> {
  const { session } = useApp();
  const { user, sync, leads } = usePerson();
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve, LOOK_MS));
  /** Nobody may lead yet, where the page has just been opened: who asks then hears nothing. */
  const round = async (): Promise<boolean> => {
    const asked = sync.syncNow();
    if (leads()) return asked;
    while (!leads()) {
      const ended = await Promise.race([asked.then(() => true), pause().then(() => false)]);
      if (ended) return asked;
    }
    return sync.syncNow();
  };
  return async (told) => {
    const { id } = user();
    await navigator.locks.request(screensLock(id), { signal: AbortSignal.timeout(WRITTEN_MS_MAX) }, () => undefined).catch(() => undefined);
    for (let still = 0, away = 0, before = Number.POSITIVE_INFINITY; ; ) {
      away = (await round()) ? 0 : away + 1;
      const waiting = await session.waiting(id);
      told(waiting);
      const left = waiting.changes + waiting.activity;
      if (left === 0 || away === AWAY_MAX || still === STILL_MAX) return waiting.changes + waiting.refused === 0;
      still = left < before ? 0 : still + 1;
      before = left;
      await pause();
    }
  };
}
