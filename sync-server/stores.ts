import { mkdir } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Config } from "./config.ts";
import type { Database } from "./db/database.ts";
import { startEmbeddedPostgres } from "./db/embedded.ts";
import { migrate } from "./db/migrate.ts";
import { openDatabase } from "./db/pool.ts";
import { type Log, reasonOf } from "./log.ts";
import type { HintCarrier } from "./sync/hint-carrier.ts";
import { notifyCarrier } from "./sync/notify-carrier.ts";
import { openRedisCarrier } from "./sync/redis-carrier.ts";

export interface Postgres {
  readonly database: Database;
  /** Closes the pool, and the embedded PostgreSQL when nobody else uses it. */
  stop(): Promise<void>;
}

/**
 * The system of record, migrated: the server of `DATABASE_URL` or the embedded one of `DATA_DIR`. `exclusive`: this is the server of
 * the data folder; the command line shares it with a server that runs. Throws one clear sentence.
 */
export async function openPostgres(config: StoreConfig, parts: OpenParts): Promise<Postgres> {
  const postgres = await connectPostgres(config, parts);
  try {
    await migrate(postgres.database);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
  return postgres;
}

type StoreConfig = Pick<Config, "databaseUrl" | "dataDir">;

interface OpenParts {
  readonly log: Log;
  readonly exclusive: boolean;
  readonly name?: string;
}

/** As `openPostgres`, whatever stands in it. `open`: another pool of it, on the tables of a schema. */
export async function connectPostgres({ databaseUrl, dataDir }: StoreConfig, { log, exclusive, name }: OpenParts): Promise<Postgres & { open(schema: string): Database }> {
  await makeFolder(resolve(dataDir)).catch((error: unknown) => {
    throw new Error(`The data folder ${resolve(dataDir)} cannot be made: ${reasonOf(error)}. Set DATA_DIR to a folder that may be written.`, { cause: error });
  });
  const embedded = databaseUrl === null ? await startEmbeddedPostgres({ dataDir, log, exclusive }) : null;
  const open = (options: { schema?: string }) => openDatabase(databaseUrl ?? embedded?.url ?? "", { socket: embedded?.socket, ...(name !== undefined && { name }), ...options });
  const database = open({});
  const stop = async () => {
    await database.close();
    await embedded?.stop();
  };
  try {
    await checkVersion(database, databaseUrl);
  } catch (error) {
    await stop();
    throw error;
  }
  return { database, stop, open: (schema) => open({ schema }) };
}

/** Step by step: where a system says that nothing can be made below a folder that is there (`/proc`), Node's own way tries for ever. */
async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder).catch((error: NodeJS.ErrnoException) => error);
  if (made === undefined || made.code === "EEXIST") return;
  if (made.code !== "ENOENT" || dirname(folder) === folder) throw made;
  await makeFolder(dirname(folder));
  await mkdir(folder);
}

/**
 * What carries hints between the processes of a school: the Redis of `REDIS_URL`, or the system of record. `exclusive`: this is the server; where
 * its data folder holds the database it is the only one, so it hears what commands tell and sends nothing. Throws one clear sentence.
 */
export async function openHintCarrier({ redisUrl, databaseUrl }: Pick<Config, "redisUrl" | "databaseUrl">, { database, random, log, exclusive }: CarrierParts): Promise<HintCarrier> {
  if (redisUrl !== null) return openRedisCarrier(redisUrl, { random, log });
  const carrier = notifyCarrier(database);
  return exclusive && databaseUrl === null ? { ...carrier, alone: true } : carrier;
}

interface CarrierParts {
  readonly database: Database;
  readonly random: Random;
  readonly log: Log;
  readonly exclusive: boolean;
}

/** `transaction_timeout`, which bounds how long anyone can hold back the feed, came with version 17; an older server refuses to connect. */
async function checkVersion({ sql }: Database, url: string | null): Promise<void> {
  try {
    await sql`select 1`;
  } catch (error) {
    const where = url === null ? "the embedded PostgreSQL" : `the PostgreSQL of DATABASE_URL (${new URL(url).host})`;
    throw new Error(`Mochila cannot use ${where}: ${reasonOf(error)}. It needs version 17 or newer.`, { cause: error });
  }
}
