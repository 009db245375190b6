import { InvitationPolicy, SignUpPolicy } from "@mochila/shared/users/account.ts";
import { SecondFactorPolicy } from "@mochila/shared/users/second-factor.ts";
import * as z from "zod/mini";
import type { Sql } from "../db/database.ts";

/** What an administrator decides for the whole school: its form, and what holds where nobody decided. */
const settings = {
  signUp: { form: SignUpPolicy, standard: "closed" },
  /** Where nobody decided it follows the sign-up: `readInvitations`. */
  invitations: { form: InvitationPolicy, standard: "administrators" },
  /** Whether staff must have a second factor. In production decided at the first start: `decideForProduction`. */
  secondFactor: { form: SecondFactorPolicy, standard: "optional" },
} as const satisfies Record<string, { form: z.ZodMiniType; standard: unknown }>;

export type SchoolSetting = keyof typeof settings;
type ValueOf<Name extends SchoolSetting> = z.output<(typeof settings)[Name]["form"]>;

/** Read at each use: a decision holds at once, on every instance. */
export async function readSetting<Name extends SchoolSetting>(sql: Sql, name: Name): Promise<ValueOf<Name>> {
  const [row] = await sql<{ value: unknown }[]>`select value from school_setting where name = ${name}`;
  const known = z.safeParse(settings[name].form, row?.value);
  return (known.success ? known.data : settings[name].standard) as ValueOf<Name>;
}

/** Who may invite: where everybody may make an account, who teaches may too, until an administrator decides otherwise. */
export async function readInvitations(sql: Sql): Promise<InvitationPolicy> {
  const [decided] = await sql`select 1 from school_setting where name = 'invitations'`;
  if (decided) return readSetting(sql, "invitations");
  return (await readSetting(sql, "signUp")) === "open" ? "instructors" : "administrators";
}

export async function writeSetting<Name extends SchoolSetting>(sql: Sql, name: Name, value: ValueOf<Name>, by: string | null): Promise<void> {
  await sql`insert into school_setting (name, value, changed_by) values (${name}, ${sql.json(value)}, ${by})
    on conflict (name) do update set value = excluded.value, changed_by = excluded.changed_by, changed_at = now()`;
}

/** What holds in production until an administrator decides otherwise (DECISIONS 30). */
export const decideForProduction = (sql: Sql) => sql`insert into school_setting (name, value) values ('secondFactor', ${sql.json("required")}) on conflict do nothing`;
