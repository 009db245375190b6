/** Timers of a page: waits that a good reason cuts short, such as the network coming back. */
export interface Waker {
  /** Resolves after `ms`, or at the next `wake`. */
  wait(ms: number): Promise<void>;
  /** Resolves after `ms`, whatever happens. */
  pause(ms: number): Promise<void>;
  wake(): void;
}

export function makeWaker(): Waker {
  const sleeping = new Set<() => void>();
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const done = () => {
          clearTimeout(timer);
          sleeping.delete(done);
          resolve();
        };
        const timer = setTimeout(done, ms);
        sleeping.add(done);
      }),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    wake: () => {
      for (const done of [...sleeping]) done();
    },
  };
}
