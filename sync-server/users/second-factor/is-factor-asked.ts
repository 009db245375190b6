import type { Sql } from "../../db/database.ts";
import { readSetting } from "../school-settings.ts";
import { worksAsStaff } from "../works-as-staff.ts";

/** Whether the school asks this person for a second factor. */
export async function isFactorAsked(sql: Sql, personId: string): Promise<boolean> {
  if ((await readSetting(sql, "secondFactor")) !== "required") return false;
  const [person] = await sql<{ staff: boolean }[]>`select ${worksAsStaff(sql)} as staff from person where id = ${personId}`;
  return person?.staff ?? false;
}
