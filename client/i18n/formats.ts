import type { Language } from "@mochila/shared/kernel/schema.ts";
import { language } from "./language.ts";

/** Everything here writes for the language of the moment and is reactive where Solid listens. */
const NO_BREAK_SPACE = "\u00a0";
const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

const bound = (text: string): string => text.replaceAll(" ", NO_BREAK_SPACE);

export const formatNumber = (value: number): string => new Intl.NumberFormat(language()).format(value);
export const formatPercent = (share: number): string => new Intl.NumberFormat(language(), { style: "percent", maximumFractionDigits: 0 }).format(share);
/** A language by its name in the language of the moment: Spanish, español. */
export const formatLanguage = (lang: Language): string => new Intl.DisplayNames(language(), { type: "language" }).of(lang) ?? lang;
export const formatList = (parts: readonly string[]): string => new Intl.ListFormat(language(), { type: "conjunction" }).format(parts);

const BYTE_UNITS = [
  ["gigabyte", 1e9],
  ["megabyte", 1e6],
] as const;

/** Bytes as people say them: 0.3 MB, 412 KB, and never less than 1 KB for something. Decimal units, as phones and data plans count. */
export function formatBytes(bytes: number): string {
  const [unit, size] = BYTE_UNITS.find(([, least]) => bytes >= least / 10) ?? ["kilobyte", 1e3];
  const value = bytes / size;
  const whole = unit === "kilobyte" || value >= 100;
  const text = new Intl.NumberFormat(language(), { style: "unit", unit, maximumFractionDigits: whole ? 0 : 1 }).format(whole ? Math.ceil(value) : value);
  return bound(text).replace("kB", "KB");
}

export const formatMinutes = (minutes: number): string =>
  bound(new Intl.NumberFormat(language(), { style: "unit", unit: "minute", unitDisplay: "short" }).format(minutes));

/** Thursday 12 June; with the year when it is another one. */
export function formatDay(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "es", { weekday: "long", day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}

/** 9 June; with the year when it is another one. */
export function formatDate(at: number, now: number): string {
  const sameYear = new Date(at).getFullYear() === new Date(now).getFullYear();
  return new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "es", { day: "numeric", month: "long", ...(sameYear ? {} : { year: "numeric" }) }).format(at);
}

export const formatTime = (at: number): string =>
  new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "es", { hour: "2-digit", minute: "2-digit" }).format(at);

/** 9 June at 14:05; with the year when it is another one. */
export const formatDateTime = (at: number, now: number): string =>
  new Intl.DateTimeFormat(language() === "en" ? "en-GB" : "es", {
    day: "numeric", month: "long", hour: "2-digit", minute: "2-digit", ...(new Date(at).getFullYear() === new Date(now).getFullYear() ? {} : { year: "numeric" }),
  }).format(at);

/** 2 min ago, yesterday: how long since `at`. A clock that was set back counts as now. */
export function formatAgo(at: number, now: number): string {
  const ago = Math.max(0, now - at);
  const relative = new Intl.RelativeTimeFormat(language() === "en" ? "en-GB" : "es", { numeric: "auto", style: "short" });
  if (ago < MINUTE_MS) return relative.format(0, "second");
  if (ago < HOUR_MS) return relative.format(-Math.floor(ago / MINUTE_MS), "minute");
  if (ago < DAY_MS) return relative.format(-Math.floor(ago / HOUR_MS), "hour");
  return relative.format(-Math.floor(ago / DAY_MS), "day");
}
