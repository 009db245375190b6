import { SignUpPolicy } from "@mochila/shared/users/account.ts";
import * as z from "zod/mini";
import type { Sql } from "../db/database.ts";

/** What an administrator decides for the whole school: its form, and what holds where nobody decided. */
const settings = {
  signUp: { form: SignUpPolicy, standard: "closed" },
} as const satisfies Record<string, { form: z.ZodMiniType; standard: unknown }>;

export type SchoolSetting = keyof typeof settings;
type ValueOf<Name extends SchoolSetting> = z.output<(typeof settings)[Name]["form"]>;

/** Read at each use: a decision holds at once, on every instance. */
export async function readSetting<Name extends SchoolSetting>(sql: Sql, name: Name): Promise<ValueOf<Name>> {
  const [row] = await sql<{ value: unknown }[]>`select value from school_setting where name = ${name}`;
  const known = z.safeParse(settings[name].form, row?.value);
  return (known.success ? known.data : settings[name].standard) as ValueOf<Name>;
}

export async function writeSetting<Name extends SchoolSetting>(sql: Sql, name: Name, value: ValueOf<Name>, by: string | null): Promise<void> {
  await sql`insert into school_setting (name, value, changed_by) values (${name}, ${sql.json(value)}, ${by})
    on conflict (name) do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = now()`;
}
