import type { Random } from "@mochila/shared/kernel/random.ts";

/** First waits are short: most failures on a phone last seconds. */
const BACKOFF_MS_FIRST = 500;
/**
 * After an outage that no browser event ends, a person waits at most this long, half of it on average; a school of 1,000 devices that
 * comes back at once is 70 requests a second for that time.
 */
const BACKOFF_MS_MAX = 15_000;

/**
 * Milliseconds to wait before try `attempt` (0 is the first repetition): full jitter, anywhere between nothing and a bound that doubles,
 * and never earlier than the server asked. Jitter is added to that too: the whole class was given the same number.
 */
export function backoffMs(attempt: number, random: Random, retryAfterMs = 0): number {
  const bound = Math.min(BACKOFF_MS_MAX, BACKOFF_MS_FIRST * 2 ** Math.min(attempt, 20));
  return Math.round(retryAfterMs + random.fraction() * bound);
}
