import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import type { ActivityEvent } from "@mochila/shared/activity/event.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { ensurePersonScopes } from "@mochila/sync-server/access/grants.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { emailOf, School } from "../browser/school.ts";
import { type DraftDocument, makeDrafts } from "../load/drafts.ts";
import { FaultyPerson, type Kind, kinds } from "./faulty-person.ts";

const long = Boolean(process.env["TEST_LONG"]);
/** 200 faults of each kind a lap. Each lap has its own person and address, because both are allowed so many requests a minute. */
const FAULTS_OF_A_KIND = 200;
const LAPS = Array.from({ length: long ? 25 : 1 }, (_, index) => index + 1);
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

interface PushAnswer {
  readonly results: readonly { readonly conflicts: readonly unknown[]; readonly rejected: readonly unknown[] }[];
}

const dataDir = mkdtempSync(join(tmpdir(), "mochila-faulty-"));
let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
let school: School;

beforeAll(async () => {
  cluster = await createTestDatabase();
  await cluster.database.sql.unsafe("drop schema public cascade; create schema public");
  school = await School.open({ DATABASE_URL: cluster.url, CLICKHOUSE_URL: "http://127.0.0.1:9/none", DATA_DIR: dataDir });
});
afterAll(async () => {
  await school.close();
  await cluster.drop();
  rmSync(dataDir, { recursive: true, force: true });
});

describe.each(LAPS)("D-04 every write address under lost requests, lost answers and requests that come twice ends in the state of a sound line, lap %i", (lap) => {
  let ana: FaultyPerson;
  let courseId: string;
  let pageId: string;

  beforeAll(async () => {
    const email = `ana${lap}@demo.school`;
    const id = newId();
    await cluster.database.transaction(async (transaction) => {
      await transaction`
        insert into person (id, email, name, system_role, language, password_hash)
        select ${id}, ${email}, name, system_role, language, password_hash from person where email = ${emailOf("ana")}`;
      await ensurePersonScopes(transaction, id);
    });
    ana = await FaultyPerson.signIn(school, email, `127.0.0.${lap + 1}`);
    [courseId, pageId] = [newId(), newId()];
    await ana.askJson("/api/courses", { id: courseId, title: { en: "Rain" }, languages: ["en"] });
    const moduleId = newId();
    const pushes = [
      { collection: "modules", rows: [{ newDocumentState: { id: moduleId, rev: newRev(), courseId, title: { en: "Drops" }, order: "V", state: "draft" } }] },
      { collection: "items", rows: [{ newDocumentState: { id: pageId, rev: newRev(), courseId, moduleId, kind: "page", title: { en: "One" }, order: "V", state: "draft" } }] },
    ];
    expect(((await (await ana.askJson("/api/sync/push", { pushes })).json()) as PushAnswer).results.flatMap(({ conflicts, rejected }) => [...conflicts, ...rejected])).toEqual([]);
  });
  afterAll(() => ana.close());

  const rowsOf = <Row extends object>(text: TemplateStringsArray, ...values: (string | readonly string[])[]) => cluster.database.sql<Row[]>(text, ...(values as string[]));
  /** Faults are met one after the other; limits of requests a minute are those of one busy person. */
  const round = async (kind: Kind, route: string, work: (step: number) => Promise<void>) => {
    const before = ana.happened.get(route) ?? 0;
    const steps = Math.ceil(FAULTS_OF_A_KIND / ROUTES);
    for (let step = 0; step < steps; step += 1) {
      ana.expect(kind, route);
      await work(step);
    }
    expect((ana.happened.get(route) ?? 0) - before).toBe(steps);
  };
  const ROUTES = 11;

  test.each(kinds)("a push: %s", async (kind) => {
    const own: DraftDocument[] = makeDrafts(3, { userId: ana.userId, courseId });
    const push = async (rows: unknown[]) => {
      const answer = (await (await ana.askJson("/api/sync/push", { pushes: [{ collection: "drafts", rows }] })).json()) as PushAnswer;
      // A repetition of what was taken is told nothing: the device goes on as if the first answer had come.
      expect(answer.results.map(({ conflicts, rejected }) => [conflicts, rejected])).toEqual([[[], []]]);
    };
    await push(own.map((newDocumentState) => ({ newDocumentState })));
    let edits = 0;
    await round(kind, "POST /api/sync/push", async (step) => {
      const at = step % own.length;
      const before = own[at] as DraftDocument;
      const after = { ...before, rev: newRev(), body: `${before.body}\n${step}` };
      own[at] = after;
      edits += 1;
      await push([{ newDocumentState: after, assumedMasterState: before }]);
    });
    const stored = await rowsOf<{ id: string; rev: string; body: { body: string } }>`select id, rev, body from doc_drafts where id = any(${own.map(({ id }) => id)}::uuid[])`;
    expect(new Map(stored.map(({ id, rev, body }) => [id, [rev, body.body]]))).toEqual(new Map(own.map(({ id, rev, body }) => [id, [rev, body]])));
    const [known] = await rowsOf<{ count: number }>`select count(*)::int as count from applied_rev where document = any(${own.map(({ id }) => id)}::uuid[])`;
    // Each write once.
    expect(known?.count).toBe(own.length + edits);
  });

  test.each(kinds)("events: %s", async (kind) => {
    const [stream, boot] = [newId(), newId()];
    const ids: string[] = [];
    await round(kind, "POST /api/events", async (step) => {
      const at = Date.now();
      const events = Array.from({ length: 3 }, (_, index): ActivityEvent => ({ seq: step * 3 + index + 1, id: newId(), verb: "page.opened", courseId, at, monotonicMs: step * 3 + index, boot }));
      ids.push(...events.map(({ id }) => id));
      const answer = await ana.askJson("/api/events", { stream, sentAt: at, events });
      expect(await answer.json()).toEqual({ accepted: ids.length, refused: [] });
    });
    const stored = await rowsOf<{ id: string }>`select event_id as id from event_raw where stream_id = ${stream} order by stream_seq`;
    expect(stored.map(({ id }) => id)).toEqual(ids);
  });

  test.each(kinds)("a course, its members and a name: %s", async (kind) => {
    const made: string[] = [];
    await round(kind, "POST /api/courses ", async () => {
      const id = newId();
      made.push(id);
      const answer = await ana.askJson("/api/courses", { id, title: { en: "A course" }, languages: ["en"] });
      expect([answer.status, await answer.json()]).toEqual([200, { id }]);
    });
    const counted = await rowsOf<{ courses: number; members: number }>`
      select (select count(*)::int from doc_courses where id = any(${made}::uuid[])) as courses, (select count(*)::int from doc_members where course_id = any(${made}::uuid[])) as members`;
    expect(counted).toEqual([{ courses: made.length, members: made.length }]);

    const course = made[0] ?? "";
    const standing = () => rowsOf<{ state: string; role: string }>`select body ->> 'state' as state, body ->> 'role' as role from doc_members where course_id = ${course}::uuid and owner_id <> ${ana.userId}::uuid`;
    let ben = "";
    const add = async (step: number) => {
      const role = step % 2 ? "assistant" : "student";
      const answer = await ana.askJson(`/api/courses/${course}/members`, { email: emailOf("ben"), role });
      ben = ((await answer.json()) as { userId: string }).userId;
      expect(await standing()).toEqual([{ state: "active", role }]);
    };
    await round(kind, `POST /api/courses/${course}/members`, add);
    await round(kind, `DELETE /api/courses/${course}/members/`, async (step) => {
      await add(step);
      expect((await ana.ask(`/api/courses/${course}/members/${ben}`, { method: "DELETE" })).status).toBe(200);
      expect((await standing())[0]?.state).toBe("left");
    });
    const grants = await rowsOf<{ open: number }>`
      select count(*)::int as open from user_scope join scope on scope.id = user_scope.scope_id where user_id = ${ben}::uuid and name like ${`%${course}`} and to_xid is null`;
    expect(grants).toEqual([{ open: 0 }]);

    await round(kind, "PATCH /api/me", async (step) => {
      const name = `Ana ${kind} ${step}`;
      expect(((await (await ana.askJson("/api/me", { name }, "PATCH")).json()) as { name: string }).name).toBe(name);
      const names = await rowsOf<{ name: string }>`select name from person where id = ${ana.userId}::uuid union select body ->> 'name' from doc_members where owner_id = ${ana.userId}::uuid and not deleted`;
      expect(names).toEqual([{ name }]);
    });
  });

  test.each(kinds)("an upload, its beginning and its parts: %s", async (kind) => {
    const tus = { "tus-resumable": "1.0.0" };
    const upload = async (step: number) => {
      const bytes = Buffer.alloc(900 + step, step);
      Buffer.from("89504e470d0a1a0a0000000d494844520000000300000007", "hex").copy(bytes);
      const metadata = { id: newId(), courseId, name: "a.png", type: "image/png", sha256: createHash("sha256").update(bytes).digest("hex") };
      const announced = Object.entries(metadata).map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`).join(",");
      expect((await ana.ask("/api/files", { headers: { ...tus, "upload-length": String(bytes.length), "upload-metadata": announced } })).status).toBe(201);
      for (let offset = 0; offset < bytes.length; ) {
        const part = new Uint8Array(bytes.subarray(offset, offset + 500));
        const sent = await ana.ask(`/api/files/${metadata.id}`, { method: "PATCH", headers: { ...tus, "upload-offset": String(offset), "content-type": "application/offset+octet-stream" }, body: part });
        // As tus has it: who is told of another place asks where the upload stands and goes on from there.
        expect([204, 409]).toContain(sent.status);
        offset = Number((sent.ok ? sent : await ana.ask(`/api/files/${metadata.id}`, { method: "HEAD", headers: tus })).headers.get("upload-offset"));
      }
      expect(Buffer.from(await (await ana.ask(`/api/files/${metadata.id}`, { method: "GET" })).arrayBuffer()).equals(bytes)).toBe(true);
    };
    await round(kind, "POST /api/files ", upload);
    await round(kind, "PATCH /api/files/", upload);
    expect(await rowsOf`select 1 from upload`).toEqual([]);
  });

  test.each(kinds)("a ticket for a room serves once: %s", async (kind) => {
    const tickets = new Set<string>();
    await round(kind, "POST /api/collab/ticket", async () => {
      const answer = (await (await ana.askJson("/api/collab/ticket", { room: pageRoom(pageId, "en") })).json()) as { ticket: string; write: boolean };
      expect(answer.write).toBe(true);
      tickets.add(answer.ticket);
    });
    expect(tickets.size).toBe(Math.ceil(FAULTS_OF_A_KIND / ROUTES));
  });

  test.each(kinds)("sign-in, refresh and sign-out: %s", async (kind) => {
    const me = async () => (await ana.ask("/api/me", { method: "GET" })).status;
    // The session that the others of this file go on with; each of these is its own.
    await round(kind, "POST /api/auth/login", async () => {
      expect([await ana.signIn(), await me()]).toEqual([200, 200]);
    });
    // A family of tokens through many of them: none is taken for a thief's. Of one family so many are allowed at once.
    await round(kind, "POST /api/auth/refresh", async (step) => {
      if (step % 7 === 0) expect(await ana.signIn()).toBe(200);
      expect([await ana.refresh(), await me()]).toEqual([200, 200]);
    });
    ana.expect(kind, "POST /api/auth/logout");
    expect([await ana.signOut(), await ana.refresh()]).toEqual([204, 401]);
    expect(await ana.signIn()).toBe(200);
  });
});
