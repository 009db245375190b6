import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
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
const wish = (token: string, email = "head@school.example") => ({ token, email, name: "Head", password: "correct horse" });

test("the link makes one administrator, once (DECISIONS 32)", async () => {
  const gate = new SetUpGate(postgres.database);
  expect(await gate.isOpen()).toBe(true);
  const token = (await newSetUpToken(parts())) ?? "";
  expect(await setUp(parts(), wish(token))).toMatchObject({ email: "head@school.example", system_role: "administrator" });
  expect(await gate.isOpen()).toBe(false);
  await expect(setUp(parts(), wish(token, "second@school.example"))).rejects.toMatchObject({ code: "forbidden" });
  expect(await newSetUpToken(parts())).toBeNull();
});

test("the administrator gets the language in which the school was opened", async () => {
  const token = (await newSetUpToken(parts())) ?? "";
  expect(await setUp(parts(), { ...wish(token), language: "es" })).toMatchObject({ language: "es" });
});

test("of eight at the same moment one wins", async () => {
  const token = (await newSetUpToken(parts())) ?? "";
  const shared = parts();
  const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, index) => setUp(shared, wish(token, `head${index}@school.example`))));
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  const [row] = await postgres.database.sql`select count(*)::int as people from person`;
  expect(row?.["people"]).toBe(1);
});

test("a newer link replaces the older, and a wrong one opens nothing", async () => {
  const older = (await newSetUpToken(parts())) ?? "";
  const newer = (await newSetUpToken(parts())) ?? "";
  for (const token of [older, "", "x", newer.slice(1), `${newer}x`, "a".repeat(43)]) {
    await expect(setUp(parts(), wish(token))).rejects.toMatchObject({ code: "forbidden" });
  }
  await setUp(parts(), wish(newer));
});

test("only the hash of the link is stored", async () => {
  const token = (await newSetUpToken(parts())) ?? "";
  const [row] = await postgres.database.sql<{ token_hash: Buffer }[]>`select token_hash from set_up_link`;
  expect(row?.token_hash.equals(Buffer.from(token, "base64url"))).toBe(false);
});
