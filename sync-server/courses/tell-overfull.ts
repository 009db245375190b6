import type { CommandContext } from "../command.ts";
import { readOverfull } from "./entry.ts";

/** For whoever has just put a student into a course from the command line, which knows no seats. */
export async function tellOverfull({ database, print }: CommandContext, courseId: string): Promise<void> {
  const full = await readOverfull(database.sql, courseId);
  if (full) print(`The course has more students than seats now (students: ${full.students}, seats: ${full.seats}).`);
}
