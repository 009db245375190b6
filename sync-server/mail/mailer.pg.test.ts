import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, stat } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { SMTPServer, type SMTPServerSession } from "smtp-server";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { jsonLog } from "../log.ts";
import { TestClock } from "../users/test-clock.ts";
import { folderMailbox, type Mailbox, smtpMailbox } from "./mailbox.ts";
import { enqueueLetter, type NewLetter, sweepMail, takeLetter } from "./mail-queue.ts";
import { Mailer } from "./mailer.ts";

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

interface Received {
  readonly to: readonly string[];
  readonly raw: string;
}

/** A real mail server in this process. `refuse`: what it says to an address. */
async function openServer(refuse: (address: string) => number | null = () => null) {
  const received: Received[] = [];
  const server = new SMTPServer({
    authOptional: true, disabledCommands: ["STARTTLS"],
    onRcptTo: ({ address }: { address: string }, _: SMTPServerSession, answer) => {
      const code = refuse(address);
      answer(code === null ? null : Object.assign(new Error(`no, not ${address}`), { responseCode: code }));
    },
    onData: (stream, session, answer) => {
      const parts: Buffer[] = [];
      stream.on("data", (part: Buffer) => parts.push(part));
      stream.on("end", () => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), raw: Buffer.concat(parts).toString() });
        answer();
      });
    },
  });
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const { port } = server.server.address() as AddressInfo;
  return { received, port, close: () => new Promise<void>((resolve) => server.close(() => resolve())) };
}

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let clock: TestClock;
let logged: string[];
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());
beforeEach(async () => {
  clock = new TestClock();
  logged = [];
  await test_.database.sql`delete from mail`;
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

const open = (mailbox: Mailbox): Mailer => {
  const mailer = new Mailer({ database: test_.database, mailbox, clock, log: jsonLog({ clock, write: (line) => logged.push(line) }) });
  closing.push(() => mailer.stop());
  return mailer;
};
const smtp = (port: number) => smtpMailbox(`smtp://127.0.0.1:${port}`, "School of the Lake <mochila@lake.example>");
const queue = (change: Partial<NewLetter> = {}) => {
  const letter: NewLetter = { recipient: "sofia@lake.example", language: "es", letter: "reset", words: { name: "Sofía", address: "https://lake.example/account#reset=secret" }, usefulMs: DAY, ...change };
  return test_.database.transaction((transaction) => enqueueLetter(transaction, { clock, random: systemRandom }, letter));
};
const rows = () => test_.database.sql<{ state: string; tries: number; words: unknown; problem: string | null }[]>`select state, tries, words, problem from mail order by created_at, id`;
const decoded = (raw: string): string => Buffer.from(raw.replaceAll(/=\r\n/g, "").replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), "latin1").toString("utf8");

describe("ML1 letters over SMTP", () => {
  test("arrive as text and HTML, once, and no copy of the link stays", async () => {
    const server = await openServer();
    closing.push(server.close);
    const id = await queue();
    await open(smtp(server.port)).sendDue();
    expect(server.received).toHaveLength(1);
    const raw = server.received[0]?.raw ?? "";
    const text = decoded(raw.slice(raw.indexOf("\r\n\r\n")));
    expect(server.received[0]?.to).toEqual(["sofia@lake.example"]);
    for (const part of [/^From: .*School of the Lake.*<mochila@lake\.example>/m, /^Auto-Submitted: auto-generated/m, new RegExp(`^Message-ID: <${id}@lake.example>`, "m")]) expect(raw).toMatch(part);
    for (const part of [/Hola, Sofía:/, /<html lang="es">/]) expect(text).toMatch(part);
    expect(text.match(/account#reset=secret/g)?.length).toBeGreaterThanOrEqual(3);
    expect(await rows()).toEqual([{ state: "sent", tries: 1, words: null, problem: null }]);
  });

  test("an address that is refused ends with its reason; the next letter goes out, and the log names nobody", async () => {
    const server = await openServer((address) => (address.startsWith("gone") ? 550 : null));
    closing.push(server.close);
    await queue({ recipient: "gone@lake.example" });
    clock.pass(1);
    await queue();
    await open(smtp(server.port)).sendDue();
    expect(server.received.map(({ to }) => to[0])).toEqual(["sofia@lake.example"]);
    expect((await rows()).map(({ state, problem }) => [state, problem])).toEqual([["refused", "LetterRefused"], ["sent", null]]);
    expect(logged).toHaveLength(1);
    expect(logged.join()).not.toMatch(/lake\.example|secret/);
  });

  test("a server that is away, or says later, is tried again less and less often, until the link opens nothing", async () => {
    let later: number | null = 451;
    const server = await openServer(() => later);
    closing.push(server.close);
    await queue();
    const mailer = open(smtp(server.port));
    await mailer.sendDue();
    await mailer.sendDue();
    expect(await rows()).toMatchObject([{ state: "waiting", tries: 1 }]);
    clock.pass(30_000);
    await mailer.sendDue();
    expect(await rows()).toMatchObject([{ state: "waiting", tries: 2 }]);
    clock.pass(60_000);
    later = null;
    await mailer.sendDue();
    expect(await rows()).toMatchObject([{ state: "sent", tries: 3 }]);

    await queue({ usefulMs: 30 * MINUTE });
    const away = open(smtp(1));
    for (let passed = 0; passed <= 31; passed += 1) {
      await away.sendDue();
      clock.pass(MINUTE);
    }
    expect((await rows()).at(-1)).toMatchObject({ state: "given-up", words: null, problem: expect.stringMatching(/ECONN|ESOCKET/) as string });
  });

  test("of two instances each letter leaves by one", async () => {
    const server = await openServer();
    closing.push(server.close);
    for (let number = 0; number < 40; number += 1) await queue({ recipient: `p${number}@lake.example` });
    await Promise.all([open(smtp(server.port)).sendDue(), open(smtp(server.port)).sendDue()]);
    expect(server.received.map(({ to }) => to[0]).toSorted()).toEqual(Array.from({ length: 40 }, (_, number) => `p${number}@lake.example`).toSorted());
  });

  test("who dies while sending leaves the letter to the next, under the same Message-ID", async () => {
    const server = await openServer();
    closing.push(server.close);
    const id = await queue();
    await takeLetter(test_.database.sql, clock.now(), 120_000);
    const mailer = open(smtp(server.port));
    await mailer.sendDue();
    expect(server.received).toHaveLength(0);
    clock.pass(120_000);
    await mailer.sendDue();
    expect(server.received[0]?.raw).toContain(`<${id}@`);
  });

  test("a queued letter leaves by itself when the mailer is told, and nothing of a name becomes a header or an element", async () => {
    const server = await openServer();
    closing.push(server.close);
    const mailer = open(smtp(server.port));
    mailer.start();
    await queue({ language: "en", letter: "invitation", words: { name: "Eve\r\nBcc: all@lake.example", about: "<img src=x onerror=alert(1)>", address: "https://lake.example/account#invitation=secret" } });
    mailer.wake();
    await expect.poll(() => server.received.length, { timeout: 10_000 }).toBe(1);
    const raw = decoded(server.received[0]?.raw ?? "");
    expect(raw).not.toMatch(/^Bcc:/m);
    const html = raw.slice(raw.indexOf("<!doctype"));
    expect(html).not.toContain("<img");
    expect(html).toContain("&lt;img");
  });
});

test("without a mail server each letter is a file that only this account reads", async () => {
  const folder = await mkdtemp(join(tmpdir(), "mochila-mail-"));
  closing.push(() => rm(folder, { recursive: true }));
  const id = await queue();
  await open(folderMailbox(join(folder, "mail"), "mochila@lake.example")).sendDue();
  expect((await readdir(join(folder, "mail"))).toSorted()).toEqual([`${id}.eml`, `${id}.txt`]);
  const path = join(folder, "mail", `${id}.eml`);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  expect(await readFile(path, "utf8")).toMatch(/^Subject: /m);
});

test("what ended a month ago is swept, what waits stays", async () => {
  await queue();
  await test_.database.sql`update mail set state = 'sent', ended_at = ${new Date(clock.now())}`;
  await queue();
  clock.pass(31 * DAY);
  await sweepMail(test_.database.sql, clock.now());
  expect((await rows()).map(({ state }) => state)).toEqual(["waiting"]);
});
