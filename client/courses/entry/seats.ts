import type { CourseEntry } from "@mochila/shared/courses/entry.ts";
import { said } from "./words.ts";

/** Staff put students in beyond the seats, and wait for nobody's turn: what they are told of it, before and after. */
type Entry = CourseEntry | null | undefined;

/** Before so many students are added. Null: the seats are not limited, or nobody is added. `isOver`: there are not enough for all of them. */
export function seatsBefore(entry: Entry, adding: number): { readonly text: string; readonly isOver: boolean } | null {
  if (!entry || entry.seats === null || adding === 0) return null;
  const free = Math.max(0, entry.seats - entry.students);
  const state = free === 0 ? said("entry.seatsNone", { count: entry.seats }) : said("entry.seatsFree", { count: free, seats: entry.seats });
  if (adding <= free) return { text: state, isOver: false };
  const ahead = entry.waiting.length === 0 ? [] : [said("entry.seatsAhead", { count: entry.waiting.length })];
  return { text: [state, said("entry.seatsOver", { count: adding }), ...ahead].join(" "), isOver: true };
}

/** After students came in. Null: the seats are not limited, or the school could not be asked. */
export function seatsNow(entry: Entry): string | null {
  if (!entry || entry.seats === null) return null;
  const { students, seats } = entry;
  return students > seats ? said("entry.seatsOverNow", { students, count: seats }) : said("entry.seatsNow", { students, count: seats });
}

/** What is told of a student who came in, with how the seats are since. */
export const withSeats = (sentence: string, entry: Entry): string => [sentence, seatsNow(entry)].filter((part) => part !== null).join(" ");
