import { createRoot, createSignal, onCleanup } from "solid-js";
import { systemClock } from "@mochila/shared/kernel/clock.ts";

/** «2 min ago» goes stale slowly. */
const TICK_MS = 30_000;

const ticking = () => {
  const [now, setNow] = createSignal(systemClock.now());
  const timer = setInterval(() => setNow(systemClock.now()), TICK_MS);
  onCleanup(() => clearInterval(timer));
  return now;
};

let shared: (() => number) | undefined;

/** The time, ms since 1970, moving on every half minute while the app is open. */
export function useNow(): () => number {
  shared ??= createRoot(ticking);
  return shared;
}
