import { FormConflict } from "./hold-form.ts";
import { formChannel, formLock, leaderLock } from "./names.ts";

/** A living tab leaves within a second. Nobody looks at an empty screen for more than 10 s (D-19), and some of them are the start's. */
const WAIT_MS = 8_000;
/** A tab that is just opening may not have heard. */
const ASK_EVERY_MS = 500;

/**
 * Runs `work` while no tab has the stores open in a form before `form`, and none can open them so. Asks those that have to leave. Rejects
 * with `FormConflict` if one stays; then nothing has been done.
 */
export async function aloneBefore<Result>({ userId, form }: { userId: string; form: number }, work: () => Promise<Result>): Promise<Result> {
  const channel = new BroadcastChannel(formChannel(userId));
  const ask = () => channel.postMessage(form);
  const signal = AbortSignal.timeout(WAIT_MS);
  let begun = false;
  const begin = () => {
    begun = true;
    clearInterval(asking);
    return work();
  };
  // The lock of the leader too: versions from before there were forms hold no other, and each of their tabs has it or waits for it.
  const names = [...Array.from({ length: form - 1 }, (_, before) => formLock(userId, before + 1)), leaderLock(userId)];
  const all = names.reduceRight<() => Promise<Result>>((inner, name) => () => navigator.locks.request(name, { signal }, inner), begin);
  const asking = setInterval(ask, ASK_EVERY_MS);
  ask();
  try {
    return await all();
  } catch (error) {
    throw !begun && signal.aborted ? new FormConflict("other-tabs") : error;
  } finally {
    clearInterval(asking);
    channel.close();
  }
}
