/** Timers fire a little early or late; a wait that ended earlier than this before its time was cut short. */
const EARLY_MS = 20;

export interface QuietOptions {
  /** How long nobody must have written. */
  readonly ms: number;
  monotonic(): number;
  /** Resolves after `ms`, earlier when there is a reason to hurry. */
  wait(ms: number): Promise<void>;
  /** True when nothing must wait: the page is being hidden and may never come back. */
  hurried(): boolean;
}

/**
 * Called at each local write of a collection; resolves when the person has paused, or when something cuts the wait short. Text is
 * written on the device while it is typed, and sent once: only sending waits here, so a crash loses no word.
 */
export function makeQuiet({ ms, monotonic, wait, hurried }: QuietOptions): () => Promise<void> {
  let last = 0;
  return async () => {
    last = monotonic();
    for (let left = ms; left > 0 && !hurried(); left = last + ms - monotonic()) {
      const from = monotonic();
      await wait(left);
      if (monotonic() - from < left - EARLY_MS) return;
    }
  };
}
