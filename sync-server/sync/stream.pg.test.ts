import { courseScope, personScope } from "@mochila/shared/access/scope.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { Hint } from "@mochila/shared/sync/hint.ts";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { Database } from "../db/database.ts";
import { openDatabase } from "../db/pool.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { createHints, type HintService } from "./hints.ts";
import { notifyCarrier } from "./notify-carrier.ts";
import { createStreams, type Streams } from "./stream.ts";
import { createTestSchool, type TestSchool } from "./test-school.ts";

let database: Database;
let url: string;
let drop: () => Promise<void>;
let school: TestSchool;
let hints: HintService;
let streams: Streams;
const readers: ReadableStreamDefaultReader<Uint8Array>[] = [];

beforeAll(async () => {
  ({ database, url, drop } = await createTestDatabase());
  school = await createTestSchool(database);
  hints = createHints({ carrier: notifyCarrier(database), random: systemRandom, log: silentLog });
  await hints.listen();
  streams = createStreams({ database, hints, clock: systemClock, collections: ["courses", "items"] });
});
afterEach(async () => {
  await Promise.all(readers.splice(0).map((reader) => reader.cancel()));
});
afterAll(async () => {
  await hints.close();
  await drop();
});

const inTenMinutes = () => systemClock.now() + 600_000;

async function session(userId: string): Promise<string> {
  const id = newId();
  await database.sql`insert into session (id, person_id, created_at, token_number, rotated_at, confirmed_number) values (${id}, ${userId}, now(), 1, now(), 1)`;
  return id;
}

async function open(userId: string, expiresAt = inTenMinutes()) {
  const sessionId = await session(userId);
  const response = await streams.open({ userId, sessionId, expiresAt, signal: new AbortController().signal });
  const reader = (response.body as ReadableStream<Uint8Array>).getReader();
  readers.push(reader);
  const next = async () => {
    const { value, done } = await reader.read();
    return done ? null : new TextDecoder().decode(value);
  };
  expect(await next()).toBe(": open\n\n");
  return { response, next, sessionId };
}

const hinted = (chunk: string | null) => Hint.parse(JSON.parse(/^event: hint\ndata: (.*)\n\n$/.exec(chunk ?? "")?.[1] ?? "null"));

it("S1 hints of the person's scopes, and of no other", async () => {
  const [mine, other, person] = [await school.course(), await school.course(), await school.person()];
  await school.enrol(mine, person, "student");
  const { next, response } = await open(person);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  hints.publish([courseScope(other), personScope(newId())]);
  const answer = next();
  const early = await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, 150, "nothing"))]);
  expect(early).toBe("nothing");
  hints.publish([courseScope(mine)]);
  expect(hinted(await answer)).toEqual({ collections: ["courses", "items"] });
});

it("S2 a grant takes effect in an open stream, and so does its loss", async () => {
  const [course, person] = [await school.course(), await school.person()];
  const { next } = await open(person);
  await school.enrol(course, person, "student");
  hints.publish([personScope(person)]);
  hinted(await next());
  hints.publish([courseScope(course)]);
  hinted(await next());
  await school.leave(course, person);
  hints.publish([personScope(person)]);
  hinted(await next());
  hints.publish([courseScope(course)]);
  hints.publish(["u:marker", personScope(person)]);
  hinted(await next());
  const more = await Promise.race([next(), new Promise((resolve) => setTimeout(resolve, 150, "nothing"))]);
  expect(more).toBe("nothing");
});

it("S3 says end and closes when the token expires", async () => {
  const { next } = await open(await school.person(), systemClock.now() + 100);
  expect(await next()).toBe("event: end\ndata: {}\n\n");
  expect(await next()).toBeNull();
});

it("S4 ends the oldest when one person opens too many", async () => {
  const person = await school.person();
  const all = [];
  for (let count = 0; count < 9; count += 1) all.push(await open(person));
  expect(await all[0]?.next()).toBe("event: end\ndata: {}\n\n");
  hints.publish([personScope(person)]);
  for (const { next } of all.slice(1)) hinted(await next());
});

it("S5 gathers hints for a reader that does not read, and ends for a person who was suspended", async () => {
  const [course, person] = [await school.course(), await school.person()];
  await school.enrol(course, person, "student");
  const { next } = await open(person);
  for (let count = 0; count < 100; count += 1) hints.publish([courseScope(course)]);
  await database.sql`update person set state = 'suspended' where id = ${person}`;
  hints.publish([personScope(person)]);
  const chunks = [];
  for (let chunk = await next(); chunk !== null; chunk = await next()) chunks.push(chunk);
  expect(chunks.length).toBeLessThan(10);
  await expect(streams.open({ userId: person, sessionId: await session(person), expiresAt: inTenMinutes(), signal: new AbortController().signal })).rejects.toMatchObject({ code: "session_ended" });
});

it("S7 a sign-out ends the streams of that session, in this process and in another, and no other", async () => {
  const person = await school.person();
  const [leaving, staying] = [await open(person), await open(person)];
  const elsewhere = openDatabase(url);
  const other = createHints({ carrier: notifyCarrier(elsewhere), random: systemRandom, log: silentLog });
  await database.sql`update session set ended_at = now() where id = ${leaving.sessionId}`;
  other.publish([personScope(person)]);
  expect(await leaving.next()).toBe("event: end\ndata: {}\n\n");
  expect(await leaving.next()).toBeNull();
  hinted(await staying.next());
  await expect(streams.open({ userId: person, sessionId: leaving.sessionId, expiresAt: inTenMinutes(), signal: new AbortController().signal })).rejects.toMatchObject({ code: "session_ended" });
  await other.close();
  await elsewhere.close();
});
