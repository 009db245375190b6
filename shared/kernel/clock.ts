/** Time as a parameter, so that a simulation can be replayed. Every other file takes a `Clock`. */
export interface Clock {
  /** Wall time in milliseconds since 1970, as this machine believes it. Can jump in both directions. */
  now(): number;
  /** Milliseconds since some start of this process or page. Never goes back, stops with the device. */
  monotonic(): number;
}

declare const performance: { now(): number };

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
};
