/** Timers of a page: waits that a good reason cuts short, such as the network coming back. */
export interface Waker {
  /** Resolves after `ms`, or at the next `wake`. True: what it waits for begins anew, whatever was tried before. */
  wait(ms: number): Promise<boolean>;
  /** Resolves after `ms`, whatever happens. */
  pause(ms: number): Promise<void>;
  /** `anew` unless it is said otherwise: one answer says that the others may try now, and nothing of how that will go. */
  wake(options?: { anew: boolean }): void;
}

export function makeWaker(): Waker {
  const sleeping = new Set<(anew: boolean) => void>();
  return {
    wait: (ms) =>
      new Promise((resolve) => {
        const done = (anew: boolean) => {
          clearTimeout(timer);
          sleeping.delete(done);
          resolve(anew);
        };
        const timer = setTimeout(() => done(false), ms);
        sleeping.add(done);
      }),
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    wake: ({ anew } = { anew: true }) => {
      for (const done of [...sleeping]) done(anew);
    },
  };
}
