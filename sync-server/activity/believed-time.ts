/**
 * What one event may claim beyond the time since the one before: a page in use tells its seconds each minute, up to the last sign of life
 * at most a minute ago, through timers that browsers delay and over lines that take seconds.
 */
export const CREDIT_MS_MAX = 5 * 60_000;

/** A bucket that fills with the stream's own time: a device is in one place at a time, and only the page in focus counts. */
export interface TimeCredit {
  readonly leftMs: number;
  /** The newest moment seen, ms since 1970; null before the first event. It never goes back, so that no time is credited twice. */
  readonly until: number | null;
}

export const NO_CREDIT_YET: TimeCredit = { leftMs: CREDIT_MS_MAX, until: null };

/**
 * How much of the time that events claim is counted, in their order: never more than passed in the stream by the server's estimate, plus
 * five minutes. Whoever forges a day gets five minutes of it.
 */
export function believeTimes(claims: readonly { readonly happenedAt: number; readonly claimedMs: number }[], credit: TimeCredit): { readonly believedMs: number[]; readonly credit: TimeCredit } {
  let { leftMs, until } = credit;
  const believedMs = claims.map(({ happenedAt, claimedMs }) => {
    leftMs = Math.min(CREDIT_MS_MAX, leftMs + Math.max(0, happenedAt - (until ?? happenedAt)));
    until = Math.max(until ?? happenedAt, happenedAt);
    const believed = Math.min(claimedMs, leftMs);
    leftMs -= believed;
    return believed;
  });
  return { believedMs, credit: { leftMs, until } };
}
