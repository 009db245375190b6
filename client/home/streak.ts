import type { Progress } from "@mochila/shared/progress/schema.ts";

/** A day on this device's calendar, as a number that grows by one each day (days since 1970, local). */
export type Day = number;

const DAY_MS = 86_400_000;

/** Local calendar days, so that a change to summer time neither skips nor doubles one. */
export function dayOf(at: number): Day {
  const date = new Date(at);
  return Math.round(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate()) / DAY_MS);
}

/** The days on which the person studied, from what their progress tells. */
export function activeDays(progress: readonly Progress[]): Set<Day> {
  const days = new Set<Day>();
  for (const row of progress) for (const at of [row.seenAt, row.done?.at, row.position?.at]) if (at !== undefined) days.add(dayOf(at));
  return days;
}

/** Days in a row up to today, or up to yesterday while today has not begun: a streak is not lost at midnight. */
export function streakOf(days: ReadonlySet<Day>, today: Day): number {
  let day = days.has(today) ? today : today - 1;
  let count = 0;
  for (; days.has(day); day -= 1) count += 1;
  return count;
}

export interface WeekDay {
  readonly day: Day;
  readonly on: boolean;
  readonly today: boolean;
}

/** This week from Monday to Sunday. 1970-01-01 was a Thursday. */
export function weekOf(days: ReadonlySet<Day>, today: Day): WeekDay[] {
  const monday = today - ((today + 3) % 7);
  return Array.from({ length: 7 }, (_, index) => ({ day: monday + index, on: days.has(monday + index), today: monday + index === today }));
}

/** Noon of a day in UTC, ms since 1970: to be written with `timeZone: "UTC"`. */
export const noonOf = (day: Day): number => day * DAY_MS + DAY_MS / 2;
