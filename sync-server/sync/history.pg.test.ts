import { CodedError } from "@mochila/shared/errors.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { HISTORY_BYTES_MAX, HISTORY_VERSIONS_MAX } from "@mochila/shared/limits.ts";
import { HistoryAnswer } from "@mochila/shared/sync/history.ts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { createApplication } from "../http/application.ts";
import { gatewaysOf } from "../http/remote-address.ts";
import { Metrics } from "../http/metrics.ts";
import { MemoryRateLimiter } from "../http/rate-limit.ts";
import { silentLog } from "../log.ts";
import { syncRoutes } from "./routes.ts";
import { createTestSchool, draftOf, edit, progressOf, type TestSchool, title } from "./test-school.ts";
import { writeDocuments } from "./write-documents.ts";

let database: Database;
let drop: () => Promise<void>;
let school: TestSchool;
let get: (userId: string | null, query: Record<string, string>) => Promise<Response>;

beforeAll(async () => {
  ({ database, drop } = await createTestDatabase());
  school = await createTestSchool(database);
  const app = createApplication({ gateways: gatewaysOf([]),
    routes: syncRoutes({ sync: school.sync, hints: { publish: () => undefined, subscribe: () => () => undefined } }),
    log: silentLog, clock: systemClock, random: systemRandom, limiter: new MemoryRateLimiter(systemClock), metrics: new Metrics([]), files: { byAddress: new Map(), secure: false },
    guards: {
      origin: { publicUrl: null }, operatorToken: null,
      authenticate: (token) => {
        if (!token.endsWith(".valid.x")) throw new CodedError("not_signed_in", "Sign in.");
        return Promise.resolve({ userId: token.split(".")[0] ?? "", sessionId: newId(), expiresAt: systemClock.now() + 60_000, actingBy: null });
      },
      loadActor: (userId) => loadActor(database.sql, userId),
    },
    checkOpen: () => Promise.resolve(),
  });
  get = (userId, query) =>
    Promise.resolve(app.request(`http://localhost/api/sync/history?${new URLSearchParams(query).toString()}`, userId === null ? {} : { headers: { authorization: `Bearer ${userId}.valid.x` } }));
});
afterAll(() => drop());

const read = async (userId: string, query: Record<string, string>): Promise<HistoryAnswer> => {
  const answer = await get(userId, query);
  expect(answer.status).toBe(200);
  return HistoryAnswer.parse(await answer.json());
};

/** A course with one of each role, and somebody of another course. */
async function people() {
  const course = await school.course();
  const [teacher, assistant, student, observer, stranger, gone] = [await school.person(), await school.person(), await school.person(), await school.person(), await school.person(), await school.person()];
  await school.enrol(course, teacher, "instructor");
  await school.enrol(course, assistant, "assistant");
  await school.enrol(course, student, "student");
  await school.enrol(course, observer, "observer");
  await school.enrol(await school.course(), stranger, "instructor");
  await school.enrol(course, gone, "instructor");
  await school.leave(course, gone);
  const administrator = await school.person("administrator");
  return { course, teacher, assistant, student, observer, stranger, gone, administrator };
}

async function moduleOf(course: string, teacher: string, names: readonly string[]) {
  const [first = "", ...others] = names;
  let document: { id: string; rev: string; [field: string]: unknown } = { id: newId(), rev: newRev(), courseId: course, title: title(first), order: "V", state: "draft" };
  await school.push(teacher, "modules", [{ newDocumentState: document }]);
  for (const name of others) {
    const row = edit(document, { title: title(name) });
    await school.push(teacher, "modules", [row]);
    document = row.newDocumentState;
  }
  return document;
}

describe("who may read which history", () => {
  it("R1 R2 staff of the course for courses, modules, pages and their texts; the person for their own note; nobody else, and the answer is that for what does not exist", async () => {
    const { course, teacher, assistant, student, observer, stranger, gone, administrator } = await people();
    const module = await moduleOf(course, teacher, ["One", "Two"]);
    const page = { id: newId(), courseId: course, kind: "page", moduleId: module.id, title: title("Page"), order: "V", state: "draft" };
    const body = { id: newId(), courseId: course, kind: "body", itemId: page.id, lang: "en", content: { type: "doc", content: [] } };
    await database.transaction((transaction) => writeDocuments(transaction, [page, body].map((document) => ({ collection: "items", document }))));
    const note = draftOf(student, course, { itemId: page.id });
    await school.push(student, "drafts", [{ newDocumentState: note }]);
    const progress = progressOf(student, page.id, course);
    await school.push(student, "progress", [{ newDocumentState: progress }]);
    const [member] = await database.sql<{ id: string }[]>`select id from doc_members where course_id = ${course} limit 1`;
    const staff = [teacher, assistant];
    const may: [collection: string, id: string, who: string[]][] = [
      ["courses", course, staff],
      ["modules", module.id, staff],
      ["items", page.id, staff],
      ["items", body.id, staff],
      ["drafts", note.id, [student]],
      ["progress", progress.id, []],
      ["members", member?.id ?? "", []],
      ["modules", newId(), []],
      ["items", module.id, []],
      ["persons", student, []],
    ];
    const refusals = new Set<string>();
    for (const [collection, id, who] of may) {
      for (const person of [teacher, assistant, student, observer, stranger, gone, administrator]) {
        const answer = await get(person, { collection, id });
        expect([collection, answer.status], `person ${person}`).toEqual([collection, who.includes(person) ? 200 : 403]);
        if (answer.status === 403) refusals.add(await answer.text());
      }
      expect((await get(null, { collection, id })).status).toBe(401);
    }
    expect(refusals.size).toBe(1);
  });

  it("R1 somebody who is suspended reads nothing, of the course or of their own", async () => {
    const { course, teacher, student } = await people();
    const note = draftOf(student, course);
    await school.push(student, "drafts", [{ newDocumentState: note }]);
    await database.sql`update person set state = 'suspended' where id = any(${[teacher, student]}::uuid[])`;
    expect((await get(teacher, { collection: "courses", id: course })).status).toBe(403);
    expect((await get(student, { collection: "drafts", id: note.id })).status).toBe(403);
  });

  it("R1 a person who left the course still has the history of their note, also when it was taken away", async () => {
    const { course, student } = await people();
    const note = draftOf(student, course, { body: "mine" });
    await school.push(student, "drafts", [{ newDocumentState: note }]);
    await school.leave(course, student);
    expect((await read(student, { collection: "drafts", id: note.id })).versions.map(({ fields }) => fields["body"])).toEqual(["mine"]);
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "drafts", document: { ...note }, deleted: true }]));
    expect(await read(student, { collection: "drafts", id: note.id })).toMatchObject({ removed: true, more: null, versions: [{ fields: { body: "mine" } }] });
  });
});

describe("what it says", () => {
  it("R3 every version once, newest first, with who made it so and when; the maker of the first one too", async () => {
    const { course, teacher, assistant, gone } = await people();
    await database.sql`update person set name = 'Ana' where id = ${teacher}`;
    await school.enrol(course, gone, "instructor");
    const module = await moduleOf(course, teacher, ["One", "Two"]);
    const before = Date.now();
    await school.push(gone, "modules", [edit(module, { title: title("Three"), minutes: 5 })]);
    const [stored] = await database.sql<{ body: Record<string, unknown> }[]>`select body from doc_modules where id = ${module.id}`;
    await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document: { ...stored?.body, id: module.id, state: "published" } }]));
    const { versions, more, removed } = await read(assistant, { collection: "modules", id: module.id });
    expect([more, removed]).toEqual([null, false]);
    expect(versions.map(({ fields, by }) => [fields["title"], fields["state"], by?.id, by?.name])).toEqual([
      [title("Three"), "published", undefined, undefined],
      [title("Three"), "draft", gone, "Somebody"],
      [title("Two"), "draft", teacher, "Ana"],
      [title("One"), "draft", teacher, "Ana"],
    ]);
    const times = versions.map(({ at }) => at ?? 0);
    expect(times).toEqual([...times].sort((a, b) => b - a));
    expect(Number(times[1]) >= before - 1_000 && Number(times[0]) <= Date.now() + 1_000).toBe(true);
  });

  it("R4 pages of versions join without a gap or a copy, also while somebody writes between them", async () => {
    const { course, teacher } = await people();
    const names = Array.from({ length: 9 }, (_, index) => `Name ${index}`);
    const module = await moduleOf(course, teacher, names);
    const seen: unknown[] = [];
    let before: string | null = null;
    do {
      const page: HistoryAnswer = await read(teacher, { collection: "modules", id: module.id, limit: "2", ...(before === null ? {} : { before }) });
      expect(page.versions.length).toBeLessThanOrEqual(2);
      seen.push(...page.versions.map(({ fields }) => (fields["title"] as { en: string }).en));
      if (before === null) await school.push(teacher, "modules", [edit(module, { title: title("Between") })]);
      before = page.more;
    } while (before !== null);
    expect(seen).toEqual([...names].reverse());
  });

  it("R4 an answer holds at most 20 versions and 256 KiB, and at least the two that make one change", async () => {
    const { course, teacher } = await people();
    const id = newId();
    const text = (size: number) => ({ id, courseId: course, kind: "body", itemId: newId(), lang: "en", content: { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "x".repeat(size) }] }] } });
    for (const size of [10, 20, 150_000, 200_000, 300_000]) await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "items", document: text(size) }]));
    const first = await read(teacher, { collection: "items", id });
    expect(first.versions).toHaveLength(2);
    const second = await read(teacher, { collection: "items", id, before: first.more ?? "" });
    expect([second.versions.length, second.more]).toEqual([3, null]);
    expect(JSON.stringify(second).length).toBeLessThan(HISTORY_BYTES_MAX + 1_024);
    const module = await moduleOf(course, teacher, Array.from({ length: HISTORY_VERSIONS_MAX + 3 }, (_, index) => `Name ${index}`));
    expect((await read(teacher, { collection: "modules", id: module.id })).versions).toHaveLength(HISTORY_VERSIONS_MAX);
  });

  it("R4 a question that is none is refused before anything is read", async () => {
    const { course, teacher } = await people();
    for (const query of [{ collection: "courses" }, { collection: "courses", id: "x" }, { collection: "courses", id: course, limit: "21" }, { collection: "courses", id: course, limit: "1" }, { collection: "courses", id: course, before: "-1" }, { collection: "courses", id: course, before: "1".repeat(19) }, { collection: "courses", id: course, of: "me" }]) {
      expect((await get(teacher, query as Record<string, string>)).status, JSON.stringify(query)).toBe(400);
    }
  });
});
