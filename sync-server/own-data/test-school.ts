// Two people who did everything that leaves something behind, each with words of their own, over a real server. For the tests of copies and of closing.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { instant, linesOf, testEvents } from "@mochila/analytics/embedded/test-engine.ts";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import * as Y from "yjs";
import { createCourse } from "../courses/create-course.ts";
import { enrol } from "../courses/enrol.ts";
import type { Database } from "../db/database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import { insertFile } from "../files/file-reference.ts";
import { writeDocuments } from "../sync/write-documents.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { openTestUsers, testSend } from "../users/test-users.ts";
import { Closing } from "./closing.ts";
import { closingRoutes } from "./closing-routes.ts";
import { Exporter } from "./exporter.ts";
import { ownDataRoutes } from "./routes.ts";
import { makeProvePassword } from "../users/own-password.ts";
import { silentLog } from "../log.ts";

export const password = "correct horse";

export interface TestPerson {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** A word in everything that they wrote, and nowhere else. */
  readonly word: string;
}

export const noAnalytics: Pick<Analytics, "state" | "personEvents"> = {
  state: () => ({ kind: "none", reason: "not here" }),
  personEvents: () => {
    throw new Error("there is none");
  },
};

export async function openTestSchool(database: Database, analytics: Pick<Analytics, "state" | "personEvents"> = noAnalytics) {
  const folder = await mkdtemp(join(tmpdir(), "mochila-own-data-"));
  const clock = new TestClock();
  const blobs = new FolderBlobStore({ folder, random: systemRandom });
  const passwordHash = await new Passwords().hash(password);
  const exporter = new Exporter({ database, blobs, analytics, clock, random: systemRandom, log: silentLog, origin: "http://localhost:8080", onLetter: () => undefined });
  const closing = new Closing({ database, clock, random: systemRandom, log: silentLog, hints: { publish: () => undefined }, origin: "http://localhost:8080", onLetter: () => undefined });
  const { app } = openTestUsers({
    database, clock,
    more: ({ accounts, check }) => {
      const provePassword = makeProvePassword({ database, clock, accounts });
      return [...ownDataRoutes({ database, clock, random: systemRandom, provePassword, onAsked: () => undefined }), ...closingRoutes({ closing, provePassword, check })];
    },
  });
  const send = (token: string | null, method: string, path: string, body?: unknown): Promise<Response> => {
    clock.pass(1);
    const headers = { ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && { "content-type": "application/json" }) };
    return Promise.resolve(testSend(app, path, { method, headers, ...(body !== undefined && { body: JSON.stringify(body) }) }));
  };
  const logIn = (email: string, agent = "") => Promise.resolve(testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json", "user-agent": agent }, body: JSON.stringify({ email, password }) }));
  return {
    database, clock, blobs, exporter, closing, send, logIn,
    person: async (systemRole: SystemRole = "student"): Promise<TestPerson> => {
      const id = newId();
      const word = `w${id.slice(-10)}`;
      const person = { id, email: `mail-${word}@demo.school`, name: `Name ${word}`, word };
      await database.transaction((transaction) => createPerson(transaction, { id, email: person.email, name: person.name, systemRole, language: "es", passwordHash }));
      return person;
    },
    signIn: async ({ email }: TestPerson): Promise<string> => ((await (await logIn(email, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0")).json()) as Session).accessToken,
    close: () => rm(folder, { recursive: true }),
  };
}

export type OwnDataSchool = Awaited<ReturnType<typeof openTestSchool>>;

/** A course with one page. */
export async function testCourse({ database }: OwnDataSchool, instructor: TestPerson): Promise<{ courseId: string; pageId: string }> {
  const [courseId, pageId] = [newId(), newId()];
  const course = { id: courseId, courseId, title: { en: "Soil", es: "Suelo" }, description: {}, languages: ["en" as const], state: "published" as const };
  const item = { id: pageId, courseId, kind: "page", moduleId: newId(), title: { en: "Clay" }, order: "a", state: "published" };
  await database.transaction(async (transaction) => {
    await createCourse(transaction, { course, instructor: { userId: instructor.id, name: instructor.name } });
    await writeDocuments(transaction, [{ collection: "courses", document: course }, { collection: "items", document: item }]);
  });
  return { courseId, pageId };
}

/** What somebody does in a school: in a course, with a note, a file, a refused page, what they typed, activity old and new, and a letter. */
export async function leaveTraces({ database, blobs }: OwnDataSchool, { id, name, email, word }: TestPerson, { courseId, pageId, role }: { courseId: string; pageId: string; role: "student" | "assistant" | "instructor" }): Promise<void> {
  const note = { id: draftId({ userId: id, itemId: pageId, kind: "note" }), courseId, userId: id, itemId: pageId, kind: "note", createdAt: 1_000, body: `first ${word}` };
  const bytes = Buffer.from(`picture of ${word}`);
  const hash = await blobs.put(bytes);
  const typed = new Y.Doc();
  typed.getText("t").insert(0, `typed ${word}`);
  await database.transaction(async (transaction) => {
    await enrol(transaction, { courseId, userId: id, name, role });
    await writeDocuments(transaction, [{ collection: "drafts", document: note }, { collection: "progress", document: { id: pairId(id, pageId), courseId, userId: id, itemId: pageId, done: { value: true, at: 5_000 }, seenAt: 4_000 } }]);
    await writeDocuments(transaction, [{ collection: "drafts", document: { ...note, body: `note ${word}` } }]);
    await insertFile(transaction, { id: newId(), courseId, ownerId: id, scope: "cs", hash, name: `file ${word}.png`, type: "image/png", bytes: bytes.length, sentBytes: bytes.length });
    await transaction`insert into push_reject (user_id, collection, document, rev, code, body) values (${id}, 'items', ${newId()}, ${newId()}, 'row_forbidden', ${`{"title":"refused ${word}"}`})`;
    if (role === "student") return;
    // A page of their own, renamed once.
    const own = { id: newId(), courseId, kind: "page", moduleId: newId(), title: { en: `title ${word}` }, order: "b", state: "draft" };
    await writeDocuments(transaction, [{ collection: "items", document: { ...own, title: { en: "before" } } }]);
    await writeDocuments(transaction, [{ collection: "items", document: own }]);
    await transaction`update doc_history set replaced_by = ${id} where document = ${own.id}`;
    await transaction`insert into ydoc_update (room, actor, instance, upd) values (${`page:${own.id}:en`}, ${id}, ${newId()}, ${Buffer.from(Y.encodeStateAsUpdate(typed))})`;
  });
  await database.transaction(async (transaction) => {
    await transaction`
      insert into event_raw (event_id, user_id, stream_id, stream_seq, course_id, item_id, verb, duration_ms, device_at_ms, happened_at, clock_jump, received_at)
      values (${newId()}, ${id}, ${newId()}, 1, ${courseId}, ${pageId}, 'page.viewed', 7000, 1, ${new Date(1_800_000_000_000)}, false, now())`;
    const importId = newId();
    await transaction`insert into people_import (id, file_name, state, created_at) values (${importId}, 'people.csv', 'done', now())`;
    await transaction`insert into people_import_row (import_id, line, email, name, person_id, done) values (${importId}, 2, ${email}, ${name}, ${id}, true)`;
    await transaction`
      insert into mail (id, recipient, language, letter, words, created_at, useless_at, next_try_at)
      values (${newId()}, ${email}, 'es', 'reset', ${transaction.json({ name, address: `https://x/account#reset=secret-${word}` })}, now(), now(), now())`;
  });
}

/** What ClickHouse holds of somebody: `count` events of long ago. */
export async function countEvents(analytics: Analytics, { id }: TestPerson, courseId: string, count: number): Promise<void> {
  await analytics.ingest({ id: newId(), lines: linesOf(testEvents(count, { course_id: courseId, user_id: id, happened_at: instant(Date.UTC(2026, 8, 1)) })) });
}
