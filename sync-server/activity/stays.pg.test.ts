import { afterAll, beforeAll, expect, test } from "vitest";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createTestSchool, type TestSchool } from "../sync/test-school.ts";
import { takeBatch } from "./intake.ts";
import { batchOf, events, RECEIVED_AT } from "./test-batches.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
});
afterAll(() => drop());

const DAY_MS = 24 * 3_600_000;
const MINUTE_MS = 60_000;

/** Moves what happened to somebody's place to days before the batch: `days` of each version that was replaced, the first one first. */
async function happened(courseId: string, userId: string, days: readonly number[]): Promise<void> {
  const rows = await database.sql<{ id: string }[]>`select id from doc_history where document = ${pairId(courseId, userId)} order by id`;
  expect(rows).toHaveLength(days.length);
  for (const [index, { id }] of rows.entries()) await database.sql`update doc_history set at = ${new Date(RECEIVED_AT - (days[index] ?? 0) * DAY_MS)} where id = ${id}`;
}

/** One event each, of runs of the page of their own, so many milliseconds before they arrive together. Answers which of them were refused, by their number, and how many are stored. */
async function send(courseId: string, userId: string, ages: readonly number[]): Promise<{ refused: number[]; stored: number }> {
  const list = ages.flatMap((age, index) => events(1, { courseId, first: index + 1, at: RECEIVED_AT - age }));
  const { accepted, refused } = await takeBatch(database, { batch: batchOf(newId(), list), actor: await school.actor(userId), receivedAt: RECEIVED_AT });
  expect(accepted).toBe(list.length);
  expect(refused.every(({ code }) => code === "forbidden")).toBe(true);
  const [row] = await database.sql<{ stored: number }[]>`select count(*)::int as stored from event_raw where event_id = any(${list.map(({ id }) => id)}::uuid[])`;
  return { refused: refused.map(({ seq }) => seq), stored: row?.stored ?? 0 };
}

test("E-13 who was taken out while a device was away: what they did before counts, what they did after does not", async () => {
  const [courseId, student] = [await school.course(), await school.person()];
  await school.enrol(courseId, student, "student");
  await school.leave(courseId, student);
  await happened(courseId, student, [3]);
  expect(await send(courseId, student, [5 * DAY_MS, 4 * DAY_MS, 2 * DAY_MS, 0])).toEqual({ refused: [3, 4], stored: 2 });
});

test("E-13 who is in again: both times count, the time between does not, whenever it arrives", async () => {
  const [courseId, student] = [await school.course(), await school.person()];
  await school.enrol(courseId, student, "student");
  await school.leave(courseId, student);
  await school.enrol(courseId, student, "student");
  await happened(courseId, student, [9, 3]);
  expect(await send(courseId, student, [10 * DAY_MS, 8 * DAY_MS, 4 * DAY_MS, 2 * DAY_MS, 0])).toEqual({ refused: [2, 3], stored: 3 });
  await school.leave(courseId, student);
  await happened(courseId, student, [9, 3, 1]);
  expect(await send(courseId, student, [10 * DAY_MS, 8 * DAY_MS, 4 * DAY_MS, 2 * DAY_MS, 0])).toEqual({ refused: [2, 3, 5], stored: 2 });
});

test("E-13 the times of both sides are estimates: some minutes count on either side, and a clock from before the first day does no harm", async () => {
  const [courseId, student] = [await school.course(), await school.person()];
  await school.enrol(courseId, student, "student");
  await school.leave(courseId, student);
  await happened(courseId, student, [1]);
  expect(await send(courseId, student, [1_000 * DAY_MS, DAY_MS - 4 * MINUTE_MS, DAY_MS - 6 * MINUTE_MS])).toEqual({ refused: [3], stored: 2 });
});

test("E-13 a place that ended by itself ends there, also where nobody has taken them out yet", async () => {
  const [courseId, student] = [await school.course(), await school.person()];
  await school.enrol(courseId, student, "student");
  await database.sql`update doc_members set body = body || jsonb_build_object('endsAt', ${RECEIVED_AT - 2 * DAY_MS}::bigint) where id = ${pairId(courseId, student)}`;
  expect(await send(courseId, student, [3 * DAY_MS, DAY_MS])).toEqual({ refused: [2], stored: 1 });
});

test("E-13 who never was in a course counts nowhere in it, and another role is no other place", async () => {
  const [courseId, stranger, member] = [await school.course(), await school.person(), await school.person()];
  expect(await send(courseId, stranger, [DAY_MS, 0])).toEqual({ refused: [1, 2], stored: 0 });
  await school.enrol(courseId, member, "student");
  await school.enrol(courseId, member, "observer");
  await happened(courseId, member, [3]);
  expect(await send(courseId, member, [5 * DAY_MS, 2 * DAY_MS, 0])).toEqual({ refused: [], stored: 3 });
});
