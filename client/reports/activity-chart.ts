import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";

type Day = CourseActivity["days"][number];

const DAY_MS = 86_400_000;
/** More days than this would be bars thinner than a finger's line; weeks then. */
const DAYS_AS_DAYS_MAX = 31;

/** One bar: a day, or a week that begins on that day (ISO date, UTC). */
export interface Bar {
  readonly day: string;
  readonly seconds: number;
  readonly events: number;
  readonly completed: number;
  /** Different people; null for a week, where days cannot be added. */
  readonly people: number | null;
}

const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

/** Every day of the period, those without activity too, oldest first. Pure. `today`: ISO date, UTC. */
export function allDays(days: readonly Day[], { count, today }: { count: number; today: string }): Bar[] {
  const known = new Map(days.map((day) => [day.day, day]));
  const end = Date.parse(today);
  return Array.from({ length: count }, (_, index) => {
    const day = isoDay(end - (count - 1 - index) * DAY_MS);
    return known.get(day) ?? { day, seconds: 0, events: 0, completed: 0, people: 0 };
  });
}

const addUp = (bars: readonly Bar[], field: "seconds" | "events" | "completed"): number => bars.reduce((sum, bar) => sum + bar[field], 0);

/** Days as they are, or whole weeks ending today where there are many. Pure. */
export function barsOf(days: readonly Bar[]): { readonly unit: "day" | "week"; readonly bars: readonly Bar[] } {
  if (days.length <= DAYS_AS_DAYS_MAX) return { unit: "day", bars: days };
  const bars: Bar[] = [];
  for (let end = days.length; end > 0; end -= 7) {
    const week = days.slice(Math.max(0, end - 7), end);
    bars.unshift({ day: week[0]?.day ?? "", seconds: addUp(week, "seconds"), events: addUp(week, "events"), completed: addUp(week, "completed"), people: null });
  }
  return { unit: "week", bars };
}

export interface DrawnBar {
  readonly bar: Bar;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Whether its number fits above it without touching a neighbour's. */
  readonly labelled: boolean;
  readonly highest: boolean;
}

export const CHART = { height: 150, base: 122, top: 18 } as const;
const LABELLED_BARS_MAX = 8;
/** A little activity is not nothing. */
const HEIGHT_MIN = 2;

/** Where each bar stands in a drawing so wide and as high as CHART says, in CSS pixels. Pure. */
export function drawBars(bars: readonly Bar[], width: number): DrawnBar[] {
  const most = Math.max(...bars.map((bar) => bar.seconds), 0);
  const step = width / Math.max(1, bars.length);
  const highest = bars.findIndex((bar) => bar.seconds === most && most > 0);
  return bars.map((bar, index) => {
    const share = most > 0 ? bar.seconds / most : 0;
    const height = bar.events === 0 ? 0 : Math.max(HEIGHT_MIN, Math.round(share * (CHART.base - CHART.top)));
    return {
      bar,
      x: index * step + step * 0.1,
      y: CHART.base - height,
      width: step * 0.8,
      height,
      labelled: bar.seconds > 0 && (index === highest || bars.length <= LABELLED_BARS_MAX),
      highest: index === highest,
    };
  });
}
