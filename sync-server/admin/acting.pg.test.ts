import type { Look } from "@mochila/shared/admin/acting.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openApplication, ORIGIN, type TestApplication } from "../authorization/test-application.ts";
import { createCourse } from "../courses/create-course.ts";
import { enrol } from "../courses/enrol.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { writeDocuments } from "../sync/write-documents.ts";
import { changeSystemRole } from "../users/change-system-role.ts";
import { makeProvePassword } from "../users/own-password.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, testSend } from "../users/test-users.ts";
import type { Users } from "../users/users.ts";
import { readPerson } from "./people.ts";
import { actingRoutes } from "./acting-routes.ts";

// SECURITY C.8 case 1: what an administrator's sign-in opens of other people is bounded.

const password = "correct horse";
const SECOND = 1_000;
const hash = await new Passwords().hash(password);

type Role = "administrator" | "instructor" | "student";
interface Person {
  readonly id: string;
  readonly email: string;
}

async function person(database: Database, systemRole: Role, name: string = systemRole): Promise<Person> {
  const id = newId();
  const email = `${id}@demo.school`;
  await database.transaction((transaction) => createPerson(transaction, { id, email, name, systemRole, language: "en", passwordHash: hash }));
  return { id, email };
}

describe("an administrator who looks at the school as somebody", () => {
  let test_: Awaited<ReturnType<typeof createTestDatabase>>;
  let clock: TestClock;
  let app: Hono;
  let users: Users;
  let admin: Person & { readonly token: string; readonly cookie: string };
  let student: Person;
  const published: string[] = [];

  beforeAll(async () => {
    test_ = await createTestDatabase();
  });
  afterAll(() => test_.drop());
  beforeEach(async () => {
    clock = new TestClock();
    const { database } = test_;
    ({ app, users } = openTestUsers({
      database, clock, publish: (scopes) => void published.push(...scopes),
      more: ({ acting, accounts, check }) => actingRoutes({ acting, check, provePassword: makeProvePassword({ database, clock, accounts }) }),
    }));
    const made = await person(database, "administrator", "Ada");
    const answer = await login(made);
    admin = { ...made, token: ((await answer.json()) as Session).accessToken, cookie: /__Host-rt-8080=([^;]*)/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "" };
    student = await person(database, "student", "Ben");
  });
  afterEach(() => users.acting.tellEnds());

  const login = ({ email }: Person) => testSend(app, "/api/auth/login", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email, password }) });
  const send = (token: string, method: string, path: string, body?: unknown) =>
    testSend(app, path, { method, headers: { authorization: `Bearer ${token}`, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const act = (id: string, body: unknown = { reason: "she cannot find her course", password }) => send(admin.token, "POST", `/api/admin/people/${id}/act`, body);
  const begun = async (id = student.id): Promise<Look> => {
    const answer = await act(id);
    expect(answer.status).toBe(200);
    return (await answer.json()) as Look;
  };
  const me = (token: string) => send(token, "GET", "/api/me");
  /** As another instance sees it, whose memory is older than its 5 seconds. */
  const isOver = async (token: string): Promise<string> => {
    clock.pass(6 * SECOND);
    const answer = await me(token);
    return answer.status === 200 ? "goes on" : codeOf(answer);
  };
  const audited = () => test_.database.sql<{ action: string; by: string | null; real: string | null; reason: string | null }[]>`
    select action, actor_id as by, real_actor_id as real, details ->> 'reason' as reason from audit_entry where object_id = ${student.id} and action like 'person.act%' order by id`;

  test("AC1 is that person for an hour, without a cookie, and the log and a letter say so", async () => {
    const answer = await act(student.id);
    expect(answer.headers.get("set-cookie")).toBeNull();
    const { accessToken, expiresAt, user } = (await answer.json()) as Session;
    expect([user.id, Math.round((expiresAt - clock.now()) / 60_000)]).toEqual([student.id, 60]);
    expect(await (await me(accessToken)).json()).toEqual(user);
    expect(await audited()).toEqual([{ action: "person.act", by: admin.id, real: null, reason: "she cannot find her course" }]);
    const [letter] = await test_.database.sql<{ letter: string; about: string }[]>`select letter, words ->> 'about' as about from mail where recipient = ${student.email}`;
    expect(letter).toEqual({ letter: "lookedAs", about: "Ada" });
    clock.pass(3_601 * SECOND);
    // A token has half a minute for clocks that differ.
    clock.pass(30 * SECOND);
    expect(await codeOf(await me(accessToken))).toBe("not_signed_in");
    await users.acting.tellEnds();
    await users.acting.tellEnds();
    expect((await audited()).slice(1)).toEqual([{ action: "person.act-end", by: null, real: admin.id, reason: null }]);
  });

  test("AC1 is never somebody who administers, themselves, somebody who is suspended or nobody; and says why, with their password", async () => {
    const [other, suspended] = [await person(test_.database, "administrator"), await person(test_.database, "student")];
    await test_.database.sql`update person set state = 'suspended' where id = ${suspended.id}`;
    const refused = await Promise.all([other.id, admin.id, suspended.id, newId(), "no-id"].map(async (id) => (await act(id)).text()));
    expect([new Set(refused).size, refused[0]?.includes('"forbidden"')]).toEqual([1, true]);
    expect(await codeOf(await act(student.id, { reason: "to help", password: "wrong" }))).toBe("wrong_credentials");
    for (const reason of ["", "  a ", "x".repeat(301)]) expect(await codeOf(await act(student.id, { reason, password }))).toBe("invalid_input");
    const instructor = ((await (await login(await person(test_.database, "instructor"))).json()) as Session).accessToken;
    expect(await codeOf(await send(instructor, "POST", `/api/admin/people/${student.id}/act`, { reason: "to help", password }))).toBe("forbidden");
    const tries = await Promise.all(Array.from({ length: 6 }, async () => act(student.id, { reason: "to help", password: "wrong" })));
    expect(tries.some(({ status }) => status === 429)).toBe(true);
    expect(await audited()).toEqual([]);
  });

  test("AC3 stops, which the log names with both of them", async () => {
    const { accessToken } = await begun();
    expect((await send(accessToken, "DELETE", "/api/acting")).status).toBe(204);
    expect(await codeOf(await me(accessToken))).toBe("session_ended");
    expect((await me(admin.token)).status).toBe(200);
    expect((await audited()).at(-1)).toEqual({ action: "person.act-end", by: student.id, real: admin.id, reason: null });
    expect(await codeOf(await send(admin.token, "DELETE", "/api/acting"))).toBe("forbidden");
  });

  test("AC3 an administrator ends from outside what they began, and nobody else's", async () => {
    const { accessToken, lookId } = await begun();
    const end = (token: string) => send(token, "DELETE", `/api/admin/acting/${lookId}`);
    const other = ((await (await login(await person(test_.database, "administrator"))).json()) as Session).accessToken;
    expect([(await end(other)).status, await isOver(accessToken)]).toEqual([204, "goes on"]);
    expect([(await end(admin.token)).status, await codeOf(await me(accessToken))]).toEqual([204, "session_ended"]);
    expect((await end(admin.token)).status).toBe(204);
    expect((await audited()).slice(1)).toEqual([{ action: "person.act-end", by: admin.id, real: null, reason: null }]);
  });

  test("is one person at a time", async () => {
    const { accessToken } = await begun();
    await begun((await person(test_.database, "instructor")).id);
    expect(await isOver(accessToken)).toBe("session_ended");
  });

  const ends: Record<string, () => unknown> = {
    "signs out": () => testSend(app, "/api/auth/logout", { method: "POST", headers: { "x-lms": "1", cookie: `__Host-rt-8080=${admin.cookie}` } }),
    "is suspended": () => test_.database.sql`update person set state = 'suspended' where id = ${admin.id}`,
    "administers no more": () => test_.database.sql`update person set system_role = 'instructor' where id = ${admin.id}`,
  };
  test.each(Object.keys(ends))("AC3 is nobody else any more when they themselves: %s", async (how) => {
    const { accessToken } = await begun();
    await ends[how]?.();
    expect(await isOver(accessToken)).toBe("session_ended");
    published.length = 0;
    await users.acting.tellEnds();
    expect([published, (await audited()).at(-1)?.action]).toEqual([[`u:${student.id}`], "person.act-end"]);
  });

  test("AC3 stops when the person is suspended, becomes an administrator, or ends it in the list of their devices, where it stands", async () => {
    const suspended = await begun();
    await test_.database.sql`update person set state = 'suspended' where id = ${student.id}`;
    expect(await isOver(suspended.accessToken)).toBe("session_ended");
    await test_.database.sql`update person set state = 'active', system_role = 'administrator' where id = ${student.id}`;
    expect(await isOver(suspended.accessToken)).toBe("session_ended");
    await test_.database.sql`update person set system_role = 'student' where id = ${student.id}`;
    const { accessToken } = await begun();
    const own = ((await (await login(student)).json()) as Session).accessToken;
    const listed = async () => ((await (await send(own, "GET", "/api/me/sessions")).json()) as { sessions: { id: string; device: string }[] }).sessions;
    const found = (await listed()).find(({ device }) => device === "Ada (administrator, looking only)");
    expect((await send(own, "DELETE", `/api/me/sessions/${found?.id ?? ""}`)).status).toBe(204);
    expect([await isOver(accessToken), (await listed()).length]).toEqual(["session_ended", 1]);
  });

  test.each([["the person", "student"], ["whoever looks", "administrator"]] as const)("AC3 does not come back when a role of %s came and went at once", async (_, usual) => {
    const { accessToken } = await begun();
    const personId = usual === "student" ? student.id : admin.id;
    const other = usual === "student" ? ("administrator" as const) : ("student" as const);
    for (const [from, to] of [[usual, other], [other, usual]] as const)
      await test_.database.transaction((transaction) => changeSystemRole(transaction, { clock }, { userId: null }, { personId, from, to }));
    expect(await isOver(accessToken)).toBe("session_ended");
    await users.acting.tellEnds();
    expect((await audited()).at(-1)?.action).toBe("person.act-end");
    expect(await isOver((await begun()).accessToken)).toBe("goes on");
  });

  test("leaves no trace of having been there in what staff see of the person", async () => {
    await begun();
    expect((await readPerson(test_.database.sql, student.id))?.seenAt).toBeNull();
  });
});

describe("the whole application, to whoever looks as somebody", () => {
  let application: TestApplication;
  let token: string;
  let student: Person;
  const courseId = newId();

  beforeAll(async () => {
    application = await openApplication();
    const { database } = application;
    const admin = await person(database, "administrator");
    const instructor = await person(database, "instructor");
    student = await person(database, "student");
    const note = { itemId: newId(), kind: "note" as const };
    await database.transaction(async (transaction) => {
      await createCourse(transaction, { course: { id: courseId, courseId, title: { en: "Water" }, description: {}, languages: ["en"], state: "published" }, instructor: { userId: instructor.id, name: "I" } });
      await enrol(transaction, { courseId, userId: student.id, name: "S", role: "student" });
      await writeDocuments(transaction, [{ collection: "drafts", document: { id: draftId({ userId: student.id, ...note }), courseId, userId: student.id, ...note, body: "what nobody reads", createdAt: 1 } }]);
    });
    const own = (await (await send(null, "POST", "/api/auth/login", { email: admin.email, password })).json()) as Session;
    token = ((await (await send(own.accessToken, "POST", `/api/admin/people/${student.id}/act`, { reason: "to help", password })).json()) as Session).accessToken;
  });
  afterAll(() => application.close());

  const send = (bearer: string | null, method: string, path: string, body?: unknown) =>
    application.app.hono.request(`${ORIGIN}${path}`, {
      method, headers: { host: new URL(ORIGIN).host, origin: ORIGIN, ...(bearer !== null && { authorization: `Bearer ${bearer}` }), ...(body !== undefined && { "content-type": "application/json" }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });

  test("AC2 every route refuses them that does not say otherwise, before it looks at anything; these say so", async () => {
    const guarded = application.app.routes.filter(({ access }) => access === "person" || access === "administrator");
    const let_ = guarded.filter(({ acting }) => acting === "allowed").map(({ method, path }) => `${method} ${path}`);
    expect(let_.toSorted()).toEqual(["DELETE /api/acting", "GET /api/catalogue", "GET /api/files/:id", "GET /api/join", "GET /api/me", "GET /api/reports/course-activity", "GET /api/sync/stream", "POST /api/sync/pull"]);
    expect(guarded.length).toBeGreaterThan(60);
    for (const { method, path, acting } of guarded) {
      if (acting === "allowed") continue;
      const { result, wrote } = await application.undone(async () => {
        const answer = await send(token, method, path.replaceAll(/:(\w+)(\{[^}]*\})?/gu, () => newId()), method === "GET" || method === "HEAD" ? undefined : {});
        return [answer.status, method === "HEAD" ? "forbidden" : await codeOf(answer)];
      });
      expect([`${method} ${path}`, ...result, wrote]).toEqual([`${method} ${path}`, 403, "forbidden", false]);
    }
  });

  test("AC2 they see what the person sees, and none of what is the person's alone", async () => {
    const pulls = registry.map(({ name, version }) => ({ collection: name, checkpoint: null, version }));
    const seen = async (bearer: string) => {
      const answer = await send(bearer, "POST", "/api/sync/pull", { pulls });
      const { results } = (await answer.json()) as { results: { collection: string; documents?: unknown[] }[] };
      return Object.fromEntries(results.map(({ collection, documents = [] }) => [collection, documents.length]));
    };
    const own = ((await (await send(null, "POST", "/api/auth/login", { email: student.email, password })).json()) as Session).accessToken;
    const all = await seen(own);
    expect([all["courses"], all["drafts"]]).toEqual([1, 1]);
    expect(await seen(token)).toEqual({ ...all, drafts: 0 });
    const answer = await send(token, "POST", "/api/sync/pull", { pulls: pulls.filter(({ collection }) => collection === "drafts") });
    expect(await answer.json()).toEqual({ results: [{ collection: "drafts" }] });
  });
});
