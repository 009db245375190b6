const DAY_MS = 24 * 3_600_000;

/** Midnight in UTC with which a day begins that is written as `2026-12-18`; null where there is none. */
function midnightOf(day: string): number | null {
  const [, year, month, date] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(day) ?? [];
  if (year === undefined) return null;
  const midnight = new Date(Date.UTC(Number(year), Number(month) - 1, Number(date)));
  return midnight.toISOString().startsWith(day) ? midnight.getTime() : null;
}

/** By how much the clocks of a time zone are ahead of UTC at an instant, milliseconds. */
function aheadIn(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat("en", { timeZone, timeZoneName: "longOffset" });
  return (at) => {
    const name = format.formatToParts(at).find(({ type }) => type === "timeZoneName")?.value ?? "";
    const [, sign, hours = "0", minutes = "0", seconds = "0"] = /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?/.exec(name) ?? [];
    return (sign === "-" ? -1_000 : 1_000) * (Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds));
  };
}

/**
 * Reads days as they are written (`2026-12-18`) to their last moment in a time zone, milliseconds since 1970; null where there is no such day. Where the clocks are set at
 * midnight a day ends when the next one has begun: an hour early or late would be another day on the person's calendar. Throws RangeError for no time zone.
 */
export function endOfDayIn(timeZone: string): (day: string) => number | null {
  const aheadAt = aheadIn(timeZone);
  return (day) => {
    const midnight = midnightOf(day);
    if (midnight === null) return null;
    const next = midnight + DAY_MS;
    const around = [aheadAt(next - DAY_MS), aheadAt(next + DAY_MS)];
    const earlier = next - Math.max(...around);
    const hasBegun = earlier + aheadAt(earlier) >= next;
    return (hasBegun ? earlier : next - Math.min(...around)) - 1;
  };
}
