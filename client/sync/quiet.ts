/** Who types for minutes without a pause sends now and then all the same. */
const LONGEST_MS = 30_000;

export interface QuietOptions {
  /** How long nobody must have written. */
  readonly ms: number;
  monotonic(): number;
  /** Resolves after `ms` with false, or earlier with true when there is a reason to hurry. */
  wait(ms: number): Promise<boolean>;
  /** True when nothing must wait: the page is being hidden and may never come back. */
  hurried(): boolean;
}

export interface Quiet {
  /** Called at each local write. Resolves when the person has paused, or when something cuts the wait short. */
  written(): Promise<void>;
  /** The wait that runs, or null. */
  running(): Promise<void> | null;
}

/**
 * Text is written on the device while it is typed and sent once, when the person pauses. Only sending waits here, so a crash loses no
 * word: what was not sent is found again at the next start.
 */
export function makeQuiet({ ms, monotonic, wait, hurried }: QuietOptions): Quiet {
  let last = 0;
  let running: Promise<void> | null = null;
  const untilQuiet = async () => {
    const latest = last + LONGEST_MS;
    for (let left = ms; left > 0 && !hurried(); left = Math.min(last + ms, latest) - monotonic()) {
      if (await wait(left)) return;
    }
  };
  return {
    written: () => {
      last = monotonic();
      running ??= untilQuiet().finally(() => (running = null));
      return running;
    },
    running: () => running,
  };
}
