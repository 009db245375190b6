import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { fromCommandLine } from "../audit/audit.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { Passwords } from "./password.ts";
import { newSetUpToken, setUp, SetUpGate } from "./set-up.ts";
import { TestClock } from "./test-clock.ts";

let postgres: Awaited<ReturnType<typeof createTestDatabase>>;
beforeAll(async () => {
  postgres = await createTestDatabase();
});
afterAll(() => postgres.drop());
beforeEach(() => postgres.database.sql`delete from person`);

const parts = () => ({ database: postgres.database, passwords: new Passwords(), clock: new TestClock(), random: systemRandom });
const newLink = () => newSetUpToken(parts(), fromCommandLine);
const wish = (token: string, email = "head@school.example") => ({ token, email, name: "Head", password: "correct horse", network: "192.0.2.0/24" });

test("the link makes one administrator, once (DECISIONS 32)", async () => {
  const gate = new SetUpGate(postgres.database);
  expect(await gate.isOpen()).toBe(true);
  const token = (await newLink()) ?? "";
  expect(await setUp(parts(), wish(token))).toMatchObject({ email: "head@school.example", system_role: "administrator" });
  expect(await gate.isOpen()).toBe(false);
  await expect(setUp(parts(), wish(token, "second@school.example"))).rejects.toMatchObject({ code: "forbidden" });
  expect(await newLink()).toBeNull();
});

test("the administrator gets the language in which the school was opened", async () => {
  const token = (await newLink()) ?? "";
  expect(await setUp(parts(), { ...wish(token), language: "es" })).toMatchObject({ language: "es" });
});

test("of eight at the same moment one wins", async () => {
  const token = (await newLink()) ?? "";
  const shared = parts();
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => setUp(shared, wish(token, `head${index}@school.example`))));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const [row] = await postgres.database.sql`select count(*)::int as people from person`;
  expect(row?.["people"]).toBe(1);
});

test("a newer link replaces the older, and a wrong one opens nothing", async () => {
  const older = (await newLink()) ?? "";
  const newer = (await newLink()) ?? "";
  for (const token of [older, "", "x", newer.slice(1), `${newer}x`, "a".repeat(43)]) {
    await expect(setUp(parts(), wish(token))).rejects.toMatchObject({ code: "forbidden" });
  }
  await setUp(parts(), wish(newer));
});

test("only the hash of the link is stored", async () => {
  const token = (await newLink()) ?? "";
  const [row] = await postgres.database.sql<{ token_hash: Buffer }[]>`select token_hash from set_up_link`;
  expect(row?.token_hash.equals(Buffer.from(token, "base64url"))).toBe(false);
});

test("AU5 each link stands in the log, and no secret of it; one that was not made does not", async () => {
  const entries = () => postgres.database.sql<{ actor_id: string | null; action: string; details: object }[]>`select actor_id, action, details from audit_entry where action = 'school.set-up-link' order by id`;
  const before = (await entries()).length;
  const token = (await newLink()) ?? "";
  expect((await entries()).slice(before)).toEqual([{ actor_id: null, action: "school.set-up-link", details: { by: "command line" } }]);
  await setUp(parts(), wish(token));
  expect([await newLink(), (await entries()).length]).toEqual([null, before + 1]);
});

test("AU1 the first administrator stands in the log: by whoever held the link, from where, with the account itself", async () => {
  const token = (await newLink()) ?? "";
  const { id } = await setUp(parts(), wish(token));
  await expect(setUp(parts(), wish(token))).rejects.toMatchObject({ code: "forbidden" });
  const entries = await postgres.database.sql`select actor_id, action, details, network from audit_entry where object_id = ${id}`;
  expect(entries).toEqual([{ actor_id: null, action: "school.set-up", details: { role: "administrator" }, network: "192.0.2.0/24" }]);
});
