import { randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { engineIsHere } from "@mochila/analytics/embedded/test-engine.ts";
import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, newRev } from "@mochila/shared/kernel/ids.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { PersonOverHttp } from "../browser/person.ts";
import { emailOf, School } from "../browser/school.ts";
import { seeded } from "../simulation/seeded.ts";
import { fitting, type Schema } from "./fitting-value.ts";

// QUALITY S-13: words that stand nowhere else are given to every address; afterwards they are looked for in everything that leaves the program or stays.

const mark = (kind: string): string => `canary${kind}${randomBytes(10).toString("hex")}`;

/** What somebody gives, and the tables where it belongs. What is not listed belongs nowhere: it is kept as a hash, or not at all. */
const kinds = {
  email: { value: `${mark("email")}@school.example`, tables: ["person", "mail", "account_link", "rate_bucket", "people_import_row", "sign_in_tries", "data_export_part"] },
  unknownEmail: { value: `${mark("unknown")}@school.example`, tables: ["rate_bucket", "mail", "person", "people_import_row", "sign_in_tries", "account_link"] },
  name: { value: mark("name"), tables: ["person", "mail", "doc_members", "doc_history", "people_import_row"] },
  title: { value: mark("title"), tables: ["doc_courses", "doc_modules", "doc_items", "doc_history", "doc_drafts", "push_reject", "course_copy"] },
  note: { value: mark("note"), tables: ["doc_drafts", "doc_history"] },
  fileName: { value: `${mark("file")}.png`, tables: ["file_ref", "upload"] },
  /** Given as each text of each body: a name, a title, a setting. */
  anything: { value: mark("anything"), tables: ["person", "mail", "school_setting", "doc_courses", "doc_members", "doc_modules", "doc_items", "doc_drafts", "doc_history", "people_import", "people_import_row", "course_entry", "course_copy", "course_copy_part"] },
  password: { value: mark("password"), tables: [] },
  wrongPassword: { value: mark("wrong"), tables: [] },
  header: { value: mark("header"), tables: [] },
  query: { value: mark("query"), tables: [] },
  path: { value: mark("path"), tables: [] },
} as const;
type Kind = keyof typeof kinds;
const canary = Object.fromEntries(Object.entries(kinds).map(([kind, { value }]) => [kind, value])) as Record<Kind, string>;
/** Secrets that the server makes; none of them is kept as it is, and none is seen again. */
const secrets = new Map<string, string>();

let cluster: Awaited<ReturnType<typeof createTestDatabase>>;
let school: School;
const answers: { what: string; status: number; text: string }[] = [];

beforeAll(async () => {
  cluster = await createTestDatabase();
  await cluster.database.sql.unsafe("drop schema public cascade; create schema public");
  school = await School.open({ DATABASE_URL: cluster.url, LIMITS: "off", LOG_LEVEL: "info" });
}, 120_000);
afterAll(async () => {
  await school.close();
  await cluster.drop();
});

async function send(token: string | null, method: string, path: string, body?: unknown): Promise<Response> {
  const headers: Record<string, string> = { origin: school.url, "user-agent": canary.header, "x-something": canary.header, "x-lms": "1", cookie: `other=${canary.header}`, ...(token !== null && { authorization: `Bearer ${token}` }), ...(body !== undefined && { "content-type": "application/json" }) };
  const answer = await fetch(`${school.url}${path}`, { method, headers, redirect: "manual", ...(body !== undefined && { body: JSON.stringify(body) }) });
  const text = /event-stream/.test(answer.headers.get("content-type") ?? "") ? (await answer.body?.cancel(), "") : await answer.clone().text();
  answers.push({ what: `${method} ${path.split("?")[0]?.replaceAll(/canary\w+/g, "…") ?? ""}`, status: answer.status, text: `${[...answer.headers].map(([name, value]) => (name === "set-cookie" ? "" : `${name}: ${value}`)).join("\n")}\n${text}` });
  return answer;
}

const letters = (): string => {
  const folder = join(school.dataDir, "mail");
  return existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".txt")).map((name) => readFileSync(join(folder, name), "utf8")).join("\n") : "";
};
async function linkToken(purpose: string): Promise<string> {
  const find = (): string | undefined => new RegExp(`/account#${purpose}=([\\w-]+)`).exec(letters())?.[1];
  await expect.poll(find, { timeout: 15_000 }).toBeDefined();
  return find() ?? "";
}

/** The life of an account, as its owner lives it. */
async function account(): Promise<string> {
  await send(null, "POST", "/api/accounts", { name: canary.name, email: canary.email, password: canary.password, language: "en" });
  secrets.set("link", await linkToken("verify"));
  await send(null, "POST", "/api/accounts/confirm", { token: secrets.get("link") });
  await send(null, "POST", "/api/auth/confirm", { token: secrets.get("link") });
  await send(null, "POST", "/api/auth/login", { email: canary.email, password: canary.wrongPassword });
  await send(null, "POST", "/api/auth/login", { email: canary.unknownEmail, password: canary.wrongPassword });
  await cluster.database.sql`update person set email_verified_at = now() where email = ${canary.email}`;
  const answer = await send(null, "POST", "/api/auth/login", { email: canary.email, password: canary.password });
  const { accessToken } = (await answer.json()) as { accessToken: string };
  // Its own answer is the one place where it belongs.
  answers.pop();
  secrets.set("access token", accessToken.split(".")[2] ?? "");
  secrets.set("refresh token", /=([^;]+)/.exec(answer.headers.get("set-cookie") ?? "")?.[1] ?? "");
  await send(null, "POST", "/api/auth/forgotten", { email: canary.email });
  secrets.set("reset link", await linkToken("reset"));
  return accessToken;
}

/** What staff and students write. */
async function work(ana: PersonOverHttp): Promise<void> {
  const courseId = newId();
  await send(ana.token, "POST", "/api/courses", { id: courseId, title: { en: canary.title }, languages: ["en"] });
  await send(ana.token, "POST", `/api/courses/${courseId}/members`, { email: canary.email, role: "student" });
  const itemId = newId();
  const kind = "note" as const;
  const own = { id: draftId({ userId: ana.userId, itemId, kind }), rev: newRev(), userId: ana.userId, courseId, itemId, kind, body: canary.note, createdAt: Date.now() };
  await send(ana.token, "POST", "/api/sync/push", { pushes: [{ collection: "modules", rows: [{ newDocumentState: { id: newId(), rev: newRev(), courseId, title: { en: canary.title }, order: "V", state: "draft" } }] }, { collection: "drafts", rows: [{ newDocumentState: own }] }] });
  await send(ana.token, "POST", "/api/sync/push", { pushes: [{ collection: "drafts", rows: [{ newDocumentState: { ...own, body: `${canary.note} again`, rev: newRev() }, assumedMasterState: own }] }] });
  const metadata = Object.entries({ id: newId(), courseId, name: canary.fileName, type: "image/png", sha256: "0".repeat(64) }).map(([key, value]) => `${key} ${Buffer.from(value).toString("base64")}`).join(",");
  await fetch(`${school.url}/api/files`, { method: "POST", headers: { authorization: `Bearer ${ana.token}`, "tus-resumable": "1.0.0", "upload-length": "100", "upload-metadata": metadata } });
  const page = [...(await ana.pullAll("items")).values()].find((item) => item["kind"] === "page");
  const ticket = (await (await send(ana.token, "POST", "/api/collab/ticket", { room: `page:${String(page?.id)}:en` })).json()) as { ticket?: string };
  answers.pop();
  secrets.set("ticket", ticket.ticket ?? "no ticket");
  await fetch(`${school.url}/collab/page:${String(page?.id)}:en?ticket=${ticket.ticket ?? ""}`).catch(() => undefined);
  const event = { seq: 1, id: newId(), verb: "page.opened", courseId: page?.["courseId"], itemId: page?.id, at: Date.now(), monotonicMs: 1, boot: newId() };
  await send(ana.token, "POST", "/api/events", { stream: newId(), sentAt: Date.now(), events: [event] });
}

type Described = Readonly<Record<string, Readonly<Record<string, { requestBody?: { content: { "application/json"?: { schema: Schema } } } }>>>>;

/** A text that is free becomes a canary; ids and moments stay, so that what fits otherwise is taken. */
function withCanaries(value: unknown): unknown {
  if (typeof value === "string") return value.includes("@") ? canary.unknownEmail : /^[0-9a-f-]{36}$|^\d{4}-/.test(value) ? value : canary.anything;
  if (Array.isArray(value)) return value.map(withCanaries);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, withCanaries(part)]));
}

/** Every address with something to read, by everybody, wrongly: what is refused is what is most tempting to repeat in an error or a log. */
async function everywhere(tokens: readonly (string | null)[]): Promise<number> {
  const { paths } = (await (await fetch(`${school.url}/api/openapi.json`)).json()) as { paths: Described };
  let count = 0;
  for (const [path, methods] of Object.entries(paths))
    for (const [method, { requestBody }] of Object.entries(methods))
      for (const [index, token] of tokens.entries()) {
        const random = seeded(index + 1);
        const schema = requestBody?.content["application/json"]?.schema;
        const body = schema && withCanaries(fitting(random, schema, { ids: [], emails: [canary.unknownEmail] }));
        const address = `${path.replaceAll(/\{\w+\}/g, () => (random.chance(0.5) ? newId() : canary.path))}?q=${canary.query}&search=${canary.query}`;
        // What ends the sessions that are needed later.
        if (/logout|backup|restore|closing/.test(path)) continue;
        await send(token, method.toUpperCase(), address, body ?? (method === "post" || method === "patch" ? { [canary.query]: canary.password } : undefined));
        if (schema) await send(token, method.toUpperCase(), path.replaceAll(/\{\w+\}/g, canary.path), { ...(body as object), [canary.query]: canary.password });
        count += 1;
      }
  return count;
}

const all = (): [string, string][] => [...Object.entries(canary).map(([kind, value]): [string, string] => [kind, value.replace(/@.*|\.png$/, "")]), ...secrets];
const kindsIn = (text: string): string[] => all().filter(([, value]) => value !== "" && text.includes(value)).map(([kind]) => kind);

test("S-13 what people give is found where it belongs, and nowhere else", async () => {
  const access = await account();
  const [ana, admin] = [await PersonOverHttp.signIn(school.url, emailOf("ana")), await PersonOverHttp.signIn(school.url, emailOf("admin"))];
  await work(ana);
  const addresses = await everywhere([null, access, ana.token, admin.token]);
  const found: string[] = [];
  const look = (where: string, text: string, allowed: readonly string[] = []): void => void found.push(...kindsIn(text).filter((kind) => !allowed.includes(kind)).map((kind) => `${kind} in ${where}`));

  for (const { what, status, text } of answers) if (status >= 300) look(`the answer ${status} of ${what}`, text);
  look("the metrics", await (await fetch(`${school.url}/metrics`)).text());
  for (const line of school.printed) look(`the log: ${line.slice(0, 200)}`, line);
  expect(school.printed.length).toBeGreaterThan(addresses);

  // Letters go, and take their words with them.
  await expect.poll(async () => (await cluster.database.sql`select 1 from mail where state = 'waiting'`).length, { timeout: 30_000 }).toBe(0);
  const tables = (await cluster.database.sql<{ name: string }[]>`select tablename as name from pg_tables where schemaname = 'public'`).map(({ name }) => name);
  for (const table of tables) {
    const rows = await cluster.database.sql<{ row: string }[]>`select row_to_json(t)::text as row from ${cluster.database.sql(table)} as t`;
    const allowed = Object.entries(kinds).filter(([, { tables: its }]) => (its as readonly string[]).includes(table)).map(([kind]) => kind);
    for (const kind of new Set(rows.flatMap(({ row }) => kindsIn(row)))) if (!allowed.includes(kind)) found.push(`${kind} in the table ${table}`);
  }
  const [sent] = await cluster.database.sql<{ words: number }[]>`select count(words)::int as words from mail where state <> 'waiting'`;
  expect(sent?.words).toBe(0);

  await pause(1_000);
  await school.stop();
  if (engineIsHere) look("ClickHouse", eventStoreOf(school.dataDir));
  console.log(`S-13: ${addresses} calls of addresses, ${answers.length} answers, ${school.printed.length} lines of log, ${tables.length} tables`);
  expect([...new Set(found)]).toEqual([]);
  // It has power: what belongs somewhere was found there, and events were taken.
  expect(answers.some(({ what, status }) => what === "POST /api/events" && status === 200)).toBe(true);
  for (const [table, word] of [["person", canary.email], ["doc_courses", canary.title], ["doc_drafts", canary.note], ["upload", canary.fileName]] as const) {
    const rows = await cluster.database.sql<{ row: string }[]>`select row_to_json(t)::text as row from ${cluster.database.sql(table)} as t`;
    expect(rows.some(({ row }) => row.includes(word)), `${table} holds what was given to it`).toBe(true);
  }
}, 180_000);

/** Everything that the store of events wrote to the disk, as bytes: a word that was given to it stands there whole, compressed or not. */
function eventStoreOf(dataDir: string): string {
  const folders = readdirSync(dataDir).filter((name) => name !== "mail" && name !== "blobs");
  const files = folders.flatMap((folder) => readdirSync(join(dataDir, folder), { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  expect(files.length).toBeGreaterThan(10);
  return files.map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1")).join("\n");
}
