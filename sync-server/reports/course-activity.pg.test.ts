import { gzipSync } from "node:zlib";
import { Hono } from "hono";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { engineIsHere, openTestAnalytics } from "@mochila/analytics/embedded/test-engine.ts";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import type { Actor, CourseRole } from "@mochila/shared/access/actor.ts";
import { errorCauses } from "@mochila/shared/error-causes.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { EVENTS_PER_BATCH_MAX } from "@mochila/shared/limits.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import { CourseActivityQuery } from "@mochila/shared/reports/course-activity-query.ts";
import { Forwarder } from "../activity/forwarder.ts";
import { activityRoutes } from "../activity/routes.ts";
import { countWaiting } from "../activity/sealed-batches.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { countLog, grouped, inOrder, type LoggedAction, moodleLogs, readMoodleLog } from "./test-moodle-log.ts";
import { reportsRoutes } from "./routes.ts";

const DAY_MS = 86_400_000;
let store: Awaited<ReturnType<typeof createTestDatabase>>;
/** The server's clock, which the test sets. */
let now = Date.UTC(2026, 10, 20, 12);
const clock = { now: () => now, monotonic: () => now };

beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

const actorOf = (userId: string, courses: Record<string, CourseRole>): Actor => ({ userId, systemRole: "student", courses: new Map(Object.entries(courses)) });

async function addMember(courseId: string, { userId, name, role = "student", state = "active" }: { userId: string; name: string; role?: CourseRole; state?: string }): Promise<void> {
  await store.database.sql`
    insert into doc_members (id, rev, course_id, owner_id, body)
    values (${newId()}, ${newRev()}, ${courseId}, ${userId}, ${store.database.sql.json({ courseId, userId, name, role, state })})`;
}

/** The two routes behind HTTP, for one actor. */
function serve(actor: Actor, analytics: Pick<Analytics, "courseFigures">): Hono {
  const app = new Hono();
  const routes = [...activityRoutes({ database: store.database, clock }), ...reportsRoutes({ database: store.database, clock, analytics })];
  for (const { method, path, query, handle } of routes) {
    app.on(method, path, async (context) => {
      const asked = query ? query.parse(context.req.query()) : {};
      return context.json((await handle({ body: {}, query: asked, params: {}, actor, sessionId: null, actingBy: null, expiresAt: null, context })) as object);
    });
  }
  app.onError((error, context) => {
    if (!(error instanceof CodedError)) throw error;
    return context.json({ error: { code: error.code } }, errorCauses[error.code].status as 400);
  });
  return app;
}

const none: Pick<Analytics, "courseFigures"> = { courseFigures: () => Promise.reject(new CodedError("reports_unavailable", "no engine")) };
const reportOf = async (actor: Actor, courseId: string, { analytics = none, days = 28 } = {}) =>
  serve(actor, analytics).request(`/api/reports/course-activity?courseId=${courseId}&days=${days}`);

const send = async (actor: Actor, batch: object) => {
  const headers = { "content-encoding": "gzip" };
  const answer = await serve(actor, none).request("/api/events", { method: "POST", headers, body: gzipSync(JSON.stringify(batch)) });
  expect(answer.status).toBe(200);
  return answer.json();
};

const nameOf = (userId: string): string => `Person ${userId.slice(0, 4)}`;

/** Each person's device sends at the end of each day; every third batch is sent twice, as after a lost answer. */
async function sendLog(courseId: string, actions: readonly LoggedAction[]): Promise<void> {
  const devices = new Map<string, { stream: string; boot: string; sent: number }>();
  let turn = 0;
  for (const [key, list] of grouped(actions, ({ at, userId }) => `${Math.floor(at / DAY_MS)} ${userId}`)) {
    const [day = "", userId = ""] = key.split(" ");
    const device = devices.get(userId) ?? { stream: newId(), boot: newId(), sent: 0 };
    devices.set(userId, device);
    now = (Number(day) + 1) * DAY_MS - 1;
    for (let from = 0; from < list.length; from += EVENTS_PER_BATCH_MAX) {
      const events = list.slice(from, from + EVENTS_PER_BATCH_MAX).map(({ event, at }, index): ActivityEvent => ({
        ...event, id: newId(), seq: device.sent + index + 1, courseId, boot: device.boot, monotonicMs: at - 1.4e12,
      }));
      device.sent += events.length;
      turn += 1;
      for (let times = 0; times < (turn % 3 === 0 ? 2 : 1); times += 1) {
        expect(await send(actorOf(userId, { [courseId]: "student" }), { stream: device.stream, sentAt: now, events })).toEqual({ accepted: device.sent, refused: [] });
      }
    }
  }
}

describe("who may ask", () => {
  test("S-02 students, observers, staff of another course and of none get the same answer as for a course that does not exist", async () => {
    const courseId = newId();
    const asked = vi.fn();
    const analytics = { courseFigures: asked };
    const actors = [actorOf(newId(), { [courseId]: "student" }), actorOf(newId(), { [courseId]: "observer" }), actorOf(newId(), { [newId()]: "instructor" }), actorOf(newId(), {})];
    for (const actor of actors) {
      for (const wanted of [courseId, newId()]) {
        const answer = await reportOf(actor, wanted, { analytics });
        expect([answer.status, await answer.json()]).toEqual([403, { error: { code: "forbidden" } }]);
      }
    }
    expect(asked).not.toHaveBeenCalled();
  });

  test("E-35 without an engine the staff is told so", async () => {
    const courseId = newId();
    const answer = await reportOf(actorOf(newId(), { [courseId]: "assistant" }), courseId);
    expect([answer.status, await answer.json()]).toEqual([503, { error: { code: "reports_unavailable" } }]);
  });

  test("E-29 days are bounded, and a course is named by its id", () => {
    for (const query of [{ courseId: "x" }, { courseId: newId(), days: "0" }, { courseId: newId(), days: "401" }, {}]) {
      expect(CourseActivityQuery.safeParse(query).success).toBe(false);
    }
  });
});

describe.skipIf(!engineIsHere)("with the embedded engine", () => {
  let engine: Awaited<ReturnType<typeof openTestAnalytics>>;
  let forwarder: Forwarder;
  beforeAll(async () => {
    engine = await openTestAnalytics();
    forwarder = new Forwarder({ database: store.database, analytics: engine.analytics, clock: systemClock, random: systemRandom, log: silentLog });
    forwarder.start();
  }, 60_000);
  afterAll(async () => {
    await forwarder.stop();
    await engine.drop();
  });
  const counted = async () => {
    forwarder.wake();
    await vi.waitFor(async () => expect(await countWaiting(store.database.sql)).toBe(0), { timeout: 90_000, interval: 50 });
  };
  test("E-25 figures are about students: those never seen are listed, those who left are not, staff and observers are in no figure, and the age is that of the newest counted event", { timeout: 120_000 }, async () => {
    const courseId = newId();
    const [teacher, guest, seen, absent, left] = [newId(), newId(), newId(), newId(), newId()];
    now = Date.UTC(2026, 10, 20, 12);
    await addMember(courseId, { userId: teacher, name: "Ana", role: "instructor" });
    await addMember(courseId, { userId: guest, name: "Zoe", role: "observer", state: "left" });
    await addMember(courseId, { userId: seen, name: "Sofía" });
    await addMember(courseId, { userId: absent, name: "Ben" });
    await addMember(courseId, { userId: left, name: "Mei", state: "left" });
    const event = { id: newId(), seq: 1, verb: "page.viewed", courseId, itemId: newId(), at: now - 5_000, monotonicMs: 1, boot: newId(), seconds: 12.5 };
    await send(actorOf(seen, { [courseId]: "student" }), { stream: newId(), sentAt: now, events: [event] });
    await send(actorOf(left, { [courseId]: "student" }), { stream: newId(), sentAt: now, events: [{ ...event, id: newId() }] });
    // Whoever prepares a page opens it more often than anyone: no study.
    for (const [userId, role] of [[teacher, "instructor"], [guest, "observer"]] as const) {
      const own = [event, { ...event, seq: 2, verb: "item.completed" }, { ...event, seq: 3, itemId: newId() }].map((one) => ({ ...one, id: newId() }));
      await send(actorOf(userId, { [courseId]: role }), { stream: newId(), sentAt: now, events: own });
    }
    await counted();
    const answer = await reportOf(actorOf(teacher, { [courseId]: "instructor" }), courseId, engine);
    const report = CourseActivity.parse(await answer.json());
    expect(report).toEqual({
      asOf: now,
      waiting: 0,
      counted: { events: 8 },
      days: [{ day: "2026-11-20", events: 2, people: 2, seconds: 25, completed: 0 }],
      people: [
        { userId: absent, name: "Ben", lastSeenAt: null, events: 0, seconds: 0, completed: 0 },
        { userId: seen, name: "Sofía", lastSeenAt: now - 5_000, events: 1, seconds: 12.5, completed: 0 },
      ],
      items: [{ itemId: event.itemId, seconds: 25, people: 2, opened: 0, completed: 0, solutions: 0 }],
    });
    await store.database.sql`delete from doc_members`;
  });

  test.skipIf(moodleLogs.length === 0).each(moodleLogs)("E-29 the real log %s through the intake and back: every figure is the log's own", { timeout: 240_000 }, async (name) => {
    const courseId = newId();
    const actions = readMoodleLog(name);
    expect(actions.length).toBeGreaterThan(1_000);
    for (const userId of new Set(actions.map((action) => action.userId))) await addMember(courseId, { userId, name: nameOf(userId) });
    await sendLog(courseId, actions);
    await counted();
    const days = Math.ceil((now - (actions[0]?.at ?? 0)) / DAY_MS) + 1;
    const answer = await reportOf(actorOf(newId(), { [courseId]: "instructor" }), courseId, { ...engine, days });
    const report = CourseActivity.parse(await answer.json());
    expect(inOrder({ days: report.days, people: report.people, items: report.items })).toEqual(countLog(actions, nameOf));
    expect([report.waiting, report.asOf, report.counted.events]).toEqual([0, now, actions.length]);
  });
});
