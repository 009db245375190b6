import { type HandedLinks, LINKS_BATCH_MAX } from "@mochila/shared/admin/links.ts";
import type { PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Hono } from "hono";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { ImportWorker } from "../imports/import-worker.ts";
import { PeopleImports } from "../imports/people-imports.ts";
import { importRoutes } from "../imports/routes.ts";
import { makeProvePassword } from "../users/own-password.ts";
import { Passwords } from "../users/password.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { codeOf, openTestUsers, TEST_ORIGIN, testSend } from "../users/test-users.ts";
import { InvitationLinks } from "./invitation-links.ts";
import { PersonActions } from "./person-actions.ts";
import { adminRoutes } from "./routes.ts";

const password = "correct horse";
const DAY_MS = 24 * 3_600_000;

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let hash: string;

beforeAll(async () => {
  test_ = await createTestDatabase();
  hash = await new Passwords().hash(password);
});
afterAll(() => test_.drop());
beforeEach(() => {
  clock = new TestClock();
});

const sql = () => test_.database.sql;

async function open(handsOnLinks: boolean): Promise<{ app: Hono; token: string; adminId: string }> {
  const { database } = test_;
  const links = new InvitationLinks({ database, clock, random: systemRandom, origin: TEST_ORIGIN, handsOnLinks });
  const { app } = openTestUsers({
    database, clock,
    more: ({ accounts, factors }) => [
      ...adminRoutes({ database, clock, links, sendsLetters: !handsOnLinks, people: new PersonActions({ database, clock, random: systemRandom, hints: { publish: () => undefined }, accounts, factors, provePassword: makeProvePassword({ database, clock, accounts }), handsOnLinks }) }),
      ...importRoutes({ database, links, imports: new PeopleImports({ database, clock, random: systemRandom, onWork: () => undefined }) }),
    ],
  });
  const { id, email } = await person({ systemRole: "administrator" });
  return { app, adminId: id, token: await tokenOf(app, email) };
}

async function person({ systemRole = "student", chosen = true }: { systemRole?: "administrator" | "instructor" | "student"; chosen?: boolean } = {}): Promise<{ id: string; email: string }> {
  const id = newId();
  const email = `${id}@demo.school`;
  await test_.database.transaction((transaction) => createPerson(transaction, { id, email, name: `A ${systemRole}`, systemRole, language: "es", passwordHash: chosen ? hash : null }));
  return { id, email };
}

const post = (app: Hono, path: string, body: unknown, token?: string) => {
  clock.pass(10);
  return testSend(app, path, {
    method: "POST", headers: { "content-type": body instanceof Uint8Array ? "text/csv" : "application/json", ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: body instanceof Uint8Array ? (body as Uint8Array<ArrayBuffer>) : JSON.stringify(body),
  });
};
const tokenOf = async (app: Hono, email: string): Promise<string> => ((await (await post(app, "/api/auth/login", { email, password })).json()) as Session).accessToken;
const linksOf = async (app: Hono, token: string, people: readonly string[]): Promise<HandedLinks> => (await post(app, "/api/admin/links", { people }, token)).json() as Promise<HandedLinks>;
const choose = async (app: Hono, link: string): Promise<number> => (await post(app, "/api/auth/reset", { token: link.split("=")[1], password: "battery staple" })).status;

/** A file of new people, brought in. */
async function bringIn(app: Hono, token: string, count: number): Promise<string> {
  const tag = newId();
  const file = new TextEncoder().encode(`email,name\n${Array.from({ length: count }, (_, number) => `p${number}-${tag}@lake.example,Person ${number}\n`).join("")}`);
  const { id } = (await (await post(app, "/api/admin/imports?name=class.csv", file, token)).json()) as PeopleImport;
  await post(app, `/api/admin/imports/${id}/run`, { invites: false }, token);
  const worker = new ImportWorker({ database: test_.database, clock, random: systemRandom, hints: { publish: () => undefined }, origin: TEST_ORIGIN, onLetter: () => undefined });
  while (await worker.step()) continue;
  return id;
}

describe("links to hand on, where a school sends no mail", () => {
  test("LK1 LK2 each of the chosen who has no password gets one, for seven days; it ends the one before, only its hash is kept, and it is in the log", async () => {
    const { app, token, adminId } = await open(true);
    const [one, two, has, out] = [await person({ chosen: false }), await person({ chosen: false }), await person(), await person({ chosen: false })];
    await sql()`update person set state = 'suspended' where id = ${out.id}`;
    const first = await linksOf(app, token, [two.id, one.id, has.id, out.id, newId(), one.id]);
    expect([first.links.map(({ email }) => email), first.asked, first.last, first.expiresAt - clock.now()]).toEqual([[two.email, one.email], 5, null, 7 * DAY_MS]);
    const again = await linksOf(app, token, [one.id]);
    expect([await choose(app, first.links[1]?.link ?? ""), await choose(app, again.links[0]?.link ?? "")]).toEqual([403, 204]);
    expect(await linksOf(app, token, [one.id])).toMatchObject({ links: [], asked: 1 });
    clock.pass(7 * DAY_MS);
    expect(await choose(app, first.links[0]?.link ?? "")).toBe(403);

    const logged = await sql()<{ actor: string; action: string; details: unknown; object: string }[]>`select actor_id as actor, action, details, object_id as object from audit_entry where object_id = any(${[one.id, two.id, has.id, out.id]}) and action like 'person.%' order by id`;
    expect(logged).toEqual([one, two, one].map(({ id }) => ({ actor: adminId, action: "person.invite", details: { byHand: true }, object: id })));
    const secrets = [...first.links, ...again.links].map(({ link }) => link.split("=")[1] ?? "");
    const kept = await sql()<{ row: string }[]>`select account_link::text as row from account_link union all select mail::text from mail union all select audit_entry::text from audit_entry`;
    expect(kept.filter(({ row }) => secrets.some((secret) => row.includes(secret)))).toEqual([]);
    expect(await sql()`select 1 from mail where recipient = any(${[one.email, two.email]}) and letter = 'invitation'`).toEqual([]);
  });

  test("LK1 an import gives those whose accounts it made, batch by batch in the order of the file; who came in since gets none", async () => {
    const { app, token } = await open(true);
    const id = await bringIn(app, token, LINKS_BATCH_MAX + 3);
    const batch = async (after?: number): Promise<HandedLinks> => (await post(app, `/api/admin/imports/${id}/links`, { ...(after !== undefined && { after }) }, token)).json() as Promise<HandedLinks>;
    const first = await batch();
    expect([first.links.length, first.links[0]?.name, first.last]).toEqual([LINKS_BATCH_MAX, "Person 0", LINKS_BATCH_MAX + 1]);
    expect(await choose(app, first.links[0]?.link ?? "")).toBe(204);
    expect(await batch(first.last ?? 0)).toMatchObject({ asked: 3, last: null, links: [{ name: `Person ${LINKS_BATCH_MAX}` }, {}, {}] });
    expect((await batch()).links).toHaveLength(LINKS_BATCH_MAX - 1);
    const [entry] = await sql()`select details from audit_entry where action = 'person.invite' and object_id = ${first.links[1]?.id ?? ""}`;
    expect(entry?.["details"]).toEqual({ byHand: true, import: id, file: "class.csv" });
  });

  test("LK3 for administrators alone, of an import that has ended, within bounds; and nowhere where a mail server sends them", async () => {
    const { app, token } = await open(true);
    const victim = await person({ chosen: false });
    const theirs = await tokenOf(app, (await person({ systemRole: "instructor" })).email);
    const id = await bringIn(app, token, 1);
    for (const [path, body] of [["links", { people: [victim.id] }], [`imports/${id}/links`, {}]] as const) expect(await codeOf(await post(app, `/api/admin/${path}`, body, theirs))).toBe("forbidden");
    for (const people of [[], Array.from({ length: LINKS_BATCH_MAX + 1 }, () => newId()), ["x"]]) expect(await codeOf(await post(app, "/api/admin/links", { people }, token))).toBe("invalid_input");
    expect(await codeOf(await post(app, `/api/admin/imports/${newId()}/links`, {}, token))).toBe("forbidden");
    await sql()`update people_import set state = 'running' where id = ${id}`;
    expect(await codeOf(await post(app, `/api/admin/imports/${id}/links`, {}, token))).toBe("invalid_input");
    await sql()`update people_import set state = 'done' where id = ${id}`;
    const sending = await open(false);
    for (const [path, body] of [["links", { people: [victim.id] }], [`imports/${id}/links`, {}]] as const) expect(await codeOf(await post(sending.app, `/api/admin/${path}`, body, sending.token))).toBe("forbidden");
    const letters = async ({ app: asked, token: as }: { app: Hono; token: string }) => (await testSend(asked, "/api/admin/letters", { headers: { authorization: `Bearer ${as}` } })).json();
    expect([await letters({ app, token }), await letters(sending)]).toEqual([{ sends: false }, { sends: true }]);
    expect(await sql()`select 1 from audit_entry where object_id = ${victim.id}`).toEqual([]);
  });
});
