import { describe } from "vitest";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/pool.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { hintCarrierContract } from "./hint-carrier.contract.ts";
import { notifyCarrier } from "./notify-carrier.ts";

describe("hints through NOTIFY", () => {
  hintCarrierContract(async () => {
    const { database, url, drop } = await createTestDatabase();
    const pools: Database[] = [];
    return {
      open: () => {
        const pool = openDatabase(url);
        pools.push(pool);
        return Promise.resolve(notifyCarrier(pool));
      },
      interrupt: async () => {
        await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
      },
      // The server itself never went.
      restore: () => Promise.resolve(),
      drop: async () => {
        await Promise.all(pools.map((pool) => pool.close()));
        await drop();
      },
    };
  });
});
