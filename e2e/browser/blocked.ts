import type { Page } from "playwright-core";

/** Runs in the page: notes the longest time in which it answered nobody. */
export function watchBlocked(): void {
  const blocked = { ms: 0 };
  Object.assign(window, { blocked });
  const tasks = new PerformanceObserver((list) => {
    for (const { duration } of list.getEntries()) blocked.ms = Math.max(blocked.ms, duration);
  });
  tasks.observe({ type: "longtask" });
}

/** Milliseconds, since `watchBlocked` began in this page; 0: never longer than 50. */
export const longestBlockMs = (page: Page): Promise<number> => page.evaluate(() => (window as unknown as { blocked: { ms: number } }).blocked.ms);
