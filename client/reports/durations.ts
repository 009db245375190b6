import { language } from "../i18n/language.ts";

const MINUTE = 60;
const HOUR = 3_600;

/** 40 sec, 12 min, 3.4 hr: seconds as people say them, number and unit bound together. */
export function formatDuration(seconds: number): string {
  const [unit, size, digits] = seconds >= HOUR ? ["hour", HOUR, 1] : seconds >= MINUTE ? ["minute", MINUTE, 0] : ["second", 1, 0];
  return new Intl.NumberFormat(language(), { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: digits })
    .format(seconds / size)
    .replaceAll(" ", "\u00a0");
}

const locale = () => (language() === "en" ? "en-GB" : "es");

/** Friday 20 November; the day is one of UTC, as the report counts. */
export const formatLongDay = (iso: string): string =>
  new Intl.DateTimeFormat(locale(), { weekday: "long", day: "numeric", month: "long", timeZone: "UTC" }).format(Date.parse(iso));

/** 20 Nov */
export const formatShortDay = (iso: string): string => new Intl.DateTimeFormat(locale(), { day: "numeric", month: "short", timeZone: "UTC" }).format(Date.parse(iso));
