import { endOfDayIn } from "@mochila/shared/kernel/day.ts";
import { deviceTimeZone } from "../../ui/time-zone.ts";

const two = (part: number): string => String(part).padStart(2, "0");

/** The day of an instant as a date field writes it, where the person is. */
export function writeDay(instant: number): string {
  const date = new Date(instant);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The last moment of a day, where the person is; null for no day. */
export const endOfDay = (day: string): number | null => endOfDayIn(deviceTimeZone())(day);
