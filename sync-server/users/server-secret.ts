import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";

const SECRET_BYTES = 32;

/** A secret of this installation by its name, made at its first use; the same for all instances, and after a restart. */
export async function readSecret({ database, random }: { database: Database; random: Random }, name: string): Promise<Uint8Array> {
  const read = () => database.sql<{ secret: Buffer }[]>`select secret from server_secret where name = ${name}`;
  const [found] = await read();
  if (found) return found.secret;
  await database.sql`insert into server_secret (name, secret) values (${name}, ${Buffer.from(random.bytes(SECRET_BYTES))}) on conflict do nothing`;
  const [made] = await read();
  if (!made) throw new Error(`the secret ${name} could not be stored`);
  return made.secret;
}
