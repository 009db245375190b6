/** Dexie wraps a full disk as `AbortError` with `inner`; Cache Storage throws it bare. */
export function isQuotaExceeded(error: unknown): boolean {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && typeof current === "object" && current !== null; depth += 1) {
    const { name, inner } = current as { name?: unknown; inner?: unknown };
    if (name === "QuotaExceededError") return true;
    current = inner;
  }
  return false;
}
