import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AuditCheck, AuditPage } from "@mochila/shared/admin/school.ts";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { programArguments } from "./test-program.ts";

// The real program as a process of its own, with its stores, as `npm start` and the command line run it.

// Each starts several processes; a busy machine needs seconds for each.
vi.setConfig({ testTimeout: 90_000 });

const root = join(import.meta.dirname, "..");
const running: ChildProcess[] = [];
let dataDir: string;
const programs: Record<"main" | "cli", readonly string[]> = { main: [], cli: [] };

beforeAll(async () => {
  for (const name of ["main", "cli"] as const) programs[name] = await programArguments(name);
  dataDir = await mkdtemp(join(tmpdir(), "mochila-main-"));
});
afterEach(async () => {
  for (const child of running.splice(0)) if (child.exitCode === null && child.signalCode === null) await end(child, "SIGTERM");
});
afterAll(() => rm(dataDir, { recursive: true, maxRetries: 20, retryDelay: 100 }));

interface Run {
  readonly child: ChildProcess;
  readonly printed: () => string;
}

function run(program: "main" | "cli", args: readonly string[] = [], settings: Record<string, string> = {}): Run {
  const environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", DATA_DIR: dataDir, SEED: "none", PORT: "0", ...settings };
  const child = spawn(process.execPath, [...programs[program], ...args], { cwd: root, env: environment, stdio: ["pipe", "pipe", "pipe"] });
  running.push(child);
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => (text += chunk.toString()));
  return { child, printed: () => text };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<{ code: number | null; milliseconds: number }> {
  const start = performance.now();
  const exited = once(child, "exit");
  child.kill(signal);
  const [code] = (await exited) as [number | null];
  return { code, milliseconds: performance.now() - start };
}

async function ready(server: Run): Promise<string> {
  while (!/^ready /m.test(server.printed())) {
    if (server.child.exitCode !== null) throw new Error(server.printed());
    await once(server.child.stdout ?? server.child, "data");
  }
  return /^ready (http:\/\/localhost:\d+)$/m.exec(server.printed())?.[1] ?? "";
}

async function finish({ child, printed }: Run): Promise<{ code: number | null; printed: string }> {
  child.stdin?.end();
  const [code] = (await once(child, "close")) as [number | null];
  return { code, printed: printed() };
}

const post = (address: string, body: unknown) => fetch(address, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

test("an empty school prints its link, answers nothing else, and opens with it; the command line works beside it", async () => {
  const server = run("main");
  const address = await ready(server);
  const link = new RegExp(`^No administrator yet\\. Open this link once: set up ${address}/setup#([\\w-]{43})$`, "m").exec(server.printed())?.[1] ?? "";
  const credentials = { email: "head@school.example", password: "correct horse" };
  expect((await post(`${address}/api/auth/login`, credentials)).status).toBe(503);
  expect(await (await fetch(`${address}/api/setup`)).json()).toEqual({ open: true });
  expect((await fetch(`${address}/readyz`)).status).toBe(200);

  const newer = await finish(run("cli", ["set-up-link"]));
  const token = /#([\w-]{43})$/m.exec(newer.printed)?.[1] ?? "";
  expect((await post(`${address}/api/setup`, { ...credentials, name: "Head", token: link })).status).toBe(403);
  expect((await post(`${address}/api/setup`, { ...credentials, name: "Head", token })).status).toBe(200);
  expect((await post(`${address}/api/auth/login`, credentials)).status).toBe(200);

  // A script that forgot the password is told, instead of waiting for ever.
  const silent = run("cli", ["create-user", "ana@school.example", "--name", "Ana"]);
  silent.child.stdin?.end();
  expect(await finish(silent)).toMatchObject({ code: 2, printed: expect.stringContaining("No password came") as string });
  const command = run("cli", ["create-user", "ana@school.example", "--name", "Ana", "--role", "instructor"]);
  command.child.stdin?.write("correct horse\n");
  expect(await finish(command)).toMatchObject({ code: 0 });
  expect((await post(`${address}/api/auth/login`, { email: "ana@school.example", password: "correct horse" })).status).toBe(200);
});

test("a school is run from the command line, beside a server that tells the devices", async () => {
  const server = run("main");
  const address = await ready(server);
  const say = async (args: readonly string[], secret?: string) => {
    const command = run("cli", args);
    if (secret !== undefined) command.child.stdin?.write(`${secret}\n`);
    return finish(command);
  };
  const email = "sofia@school.example";
  const login = (password: string) => post(`${address}/api/auth/login`, { email, password });
  expect(await say(["create-course", "--title-en", "Rain", "--title-es", "La lluvia", "--instructor", "ana@school.example"])).toMatchObject({ code: 0 });
  expect(await say(["create-course", "--title-es", "La lluvia"])).toMatchObject({ code: 1, printed: expect.stringContaining("There is a course “Rain” already") as string });
  expect(await say(["create-user", email, "--name", "Sofía", "--course", "La lluvia"], "correct horse")).toMatchObject({ code: 0 });
  expect((await say(["list-courses"])).printed).toMatch(/^[0-9a-f-]{36} {2}Rain · La lluvia {2}\(draft; instructors: 1, students: 1\)$/m);
  expect((await say(["list-people", "--course", "Rain"])).printed).toBe("ana@school.example  Ana  instructor\nsofia@school.example  Sofía  student\n");
  const { accessToken } = (await (await login("correct horse")).json()) as { accessToken: string };
  const stream = await fetch(`${address}/api/sync/stream`, { headers: { authorization: `Bearer ${accessToken}` } });
  const heard = stream.text();
  expect(await say(["enrol", "--course", "Rain", "--email", email, "--role", "assistant"])).toMatchObject({ code: 0, printed: "Sofía <sofia@school.example> is assistant in “Rain”.\n" });
  expect(await say(["enrol", "--course", "Rain", "--email", "ana@school.example"])).toMatchObject({ code: 1, printed: expect.stringContaining("add another one first") as string });
  const link = /#reset=([\w-]{43})$/m.exec((await say(["reset-password", "--email", email, "--link"])).printed)?.[1] ?? "";
  const changed = await say(["reset-password", "--email", email]);
  // U2: a link that was made for the password of before.
  expect((await post(`${address}/api/auth/reset`, { token: link, password: "correct battery" })).status).toBe(403);
  const password = /signs in with (\S{16}) now/.exec(changed.printed)?.[1] ?? "";
  // The new role was told, then the end of the session.
  expect(await heard).toMatch(/event: hint[^]*event: end/);
  expect([(await login("correct horse")).status, (await login(password)).status]).toEqual([401, 200]);
  expect(await say(["reset-password", "--email", email, "--password-stdin"], "battery staple")).toMatchObject({ code: 0 });
  expect((await login("battery staple")).status).toBe(200);
  expect(await say(["unenrol", "--course", "Rain", "--email", email])).toMatchObject({ code: 0, printed: "Sofía <sofia@school.example> left “Rain”.\n" });
  expect(await say(["enrol", "--course", "Snow", "--email", email])).toMatchObject({ code: 1, printed: expect.stringContaining("There is no course “Snow”") as string });

  // AU5: whatever was done, by whom and to whom, and nothing of what was refused; the chain holds.
  const head = (await (await post(`${address}/api/auth/login`, { email: "head@school.example", password: "correct horse" })).json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${head.accessToken}`, "content-type": "application/json" };
  const { lines } = (await (await fetch(`${address}/api/admin/audit`, { headers })).json()) as AuditPage;
  const told = lines.filter(({ from }) => from === "command-line").map(({ action, about, course, details }) => [action, about, course?.en ?? null, details["role"] ?? null]).toReversed();
  expect(told).toEqual([
    ["school.set-up-link", null, null, null], ["person.create", "Ana", null, "instructor"], ["course.create", null, "Rain", null], ["person.create", "Sofía", null, "student"], ["member.add", "Sofía", "Rain", "student"],
    ["member.role", "Sofía", "Rain", "assistant"], ["person.reset", "Sofía", null, null], ["password.reset", "Sofía", null, null], ["password.reset", "Sofía", null, null], ["member.remove", "Sofía", "Rain", null],
  ]);
  await expect.poll(async () => ((await (await fetch(`${address}/api/admin/audit/verify`, { method: "POST", headers })).json()) as AuditCheck), { timeout: 20_000, interval: 1_000 }).toMatchObject({ whole: true, waiting: 0, links: expect.toSatisfy((links: number) => links >= told.length) as number });
}, 120_000);

test("a restart keeps sessions; SIGTERM ends it with exit status 0 within 10 s, an open stream included", async () => {
  const first = run("main");
  const before = await ready(first);
  const { accessToken } = (await (await post(`${before}/api/auth/login`, { email: "head@school.example", password: "correct horse" })).json()) as { accessToken: string };
  const headers = { authorization: `Bearer ${accessToken}` };
  const stream = await fetch(`${before}/api/sync/stream`, { headers });
  expect(stream.status).toBe(200);
  const { code, milliseconds } = await end(first.child, "SIGTERM");
  expect([code, milliseconds < 10_000]).toEqual([0, true]);
  await stream.text().catch(() => "cut");
  const after = await ready(run("main"));
  expect((await fetch(`${after}/api/me`, { headers })).status).toBe(200);
});

test("a supervisor that ends npm ends the school, though npm and its shell tell nobody", async () => {
  const environment = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "", DATA_DIR: dataDir, SEED: "none", PORT: "0", npm_lifecycle_event: "start" };
  // As npm runs it. A shell with more to do afterwards stays between, whatever shell it is.
  const shell = spawn("sh", ["-c", `"${process.execPath}" infra/start.mjs; true`], { cwd: root, env: environment, stdio: ["ignore", "pipe", "pipe"] });
  running.push(shell);
  let printed = "";
  for (const stream of [shell.stdout, shell.stderr]) stream.on("data", (chunk: Buffer) => (printed += chunk.toString()));
  const address = await ready({ child: shell, printed: () => printed });
  // All that the school runs holds this pipe.
  const allEnded = once(shell, "close");
  await end(shell, "SIGTERM");
  await allEnded;
  await expect(fetch(`${address}/healthz`)).rejects.toThrow();
});

test("Ctrl-C in the middle of a start ends it too", async () => {
  const server = run("main");
  await new Promise((resolve) => setTimeout(resolve, 900));
  const { code, milliseconds } = await end(server.child, "SIGINT");
  expect(milliseconds).toBeLessThan(10_000);
  // Before our code runs at all, the signal ends the process by itself.
  expect([0, null]).toContain(code);
});

test("a second server on the same port or folder says so in one sentence and leaves the first alone", async () => {
  const first = run("main");
  const address = await ready(first);
  const samePort = await finish(run("main", [], { PORT: new URL(address).port }));
  expect(samePort).toEqual({ code: 1, printed: `Port ${new URL(address).port} is in use; stop what runs there, or set PORT to another one.\n` });
  const sameFolder = await finish(run("main"));
  expect(sameFolder).toEqual({ code: 1, printed: `Another Mochila already runs on the data folder ${dataDir}; stop it first, or set DATA_DIR to another folder.\n` });
  expect((await fetch(`${address}/readyz`)).status).toBe(200);
});

test("a wrong setting, and a folder or database that is not there, stop the start with one sentence", async () => {
  expect(await finish(run("main", [], { PORT: "http" }))).toEqual({ code: 1, printed: "PORT must be a port from 0 to 65535 (0: any free one).\n" });
  // Below a file nothing can be made; below /proc, where there is one, Node's own way of making folders never ends.
  for (const folder of [join(root, "package.json", "x"), ...(process.platform === "linux" ? ["/proc/x/y"] : [])]) {
    const outcome = await finish(run("main", [], { DATA_DIR: folder }));
    expect(outcome.code).toBe(1);
    expect(outcome.printed).toMatch(new RegExp(`^The data folder ${folder} cannot be made: .+\\n$`));
  }
  const nowhere = await finish(run("main", [], { DATABASE_URL: "postgres://mochila:x@127.0.0.1:9/mochila" }));
  expect(nowhere.code).toBe(1);
  expect(nowhere.printed).toMatch(/^Mochila cannot use the PostgreSQL of DATABASE_URL \(127\.0\.0\.1:9\): .+\n$/);
});

test("the command line makes no school where there is none", async () => {
  const folder = `${dataDir}-mistyped`;
  expect(await finish(run("cli", ["list-people"], { DATA_DIR: folder }))).toMatchObject({ code: 1, printed: expect.stringContaining(`There is no school in ${folder}.`) as string });
  expect(existsSync(folder)).toBe(false);
});

test.each([
  [["nonsense"], 2, /There is no verb nonsense/], [["--help"], 0, /create-user/], [["create-user", "--help"], 0, /--role/], [["create-user", "no-mail", "--name", "X"], 2, /The e-mail is not one/],
  [["create-user", "x@school.example", "--nam", "X"], 2, /^There is no option --nam\.$/m], [["set-up-link"], 1, /Somebody exists already/],
])("the command line: %j", async (args, code, says) => {
  const outcome = await finish(run("cli", args));
  expect(outcome.printed).toMatch(says);
  expect(outcome.code).toBe(code);
});
