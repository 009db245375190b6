import { createServer } from "node:net";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { sealAudit } from "../audit/audit-sealer.ts";
import { writeAudit } from "../audit/audit.ts";
import { keepRoot } from "../audit/audit-roots.ts";
import { readConfig } from "../config.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { doctorCommand } from "./doctor.command.ts";
import { checkNode } from "./machine.ts";

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let dataDir: string;

beforeAll(async () => {
  // As safe as a school, so that the doctor has nothing to say of it.
  test_ = await createTestDatabase({ fsync: "on", full_page_writes: "on" });
  const { sql } = test_.database;
  await sql`insert into person (id, email, name, system_role, password_hash) values (${newId()}, 'head@school.example', 'Head', 'administrator', 'x')`;
  await sql`insert into backup_run (at, ended_at, bytes, rows, place) values (now(), now(), 1, 1, '/x')`;
});
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), "mochila-doctor-"));
  return () => rm(dataDir, { recursive: true });
});
afterAll(() => test_.drop());

async function ask(settings: Record<string, string> = {}): Promise<{ says: string; faults: boolean }> {
  const lines: string[] = [];
  const config = readConfig({ DATA_DIR: dataDir, DATABASE_URL: test_.url, ...settings });
  const context = { config, clock: systemClock, random: systemRandom, log: silentLog, folder: dataDir, print: (line: string) => void lines.push(line), readSecret: () => Promise.reject(new Error("nobody asks")) };
  const faults = await doctorCommand.run(context, []).then(() => false, () => true);
  return { says: lines.join("\n"), faults };
}

test("OP1 a school in order has no fault, and each notice says what to do", async () => {
  const { says, faults } = await ask();
  expect([faults, says]).toEqual([false, expect.not.stringContaining("FAULT")]);
  for (const line of says.split("\n").filter((one) => one.startsWith("note"))) expect(says.split(line)[1]).toMatch(/^\n +→ /);
  expect(says).toContain("Nothing has to be mended.");
});

const during = async (change: string, back: string, look: () => Promise<void>): Promise<void> => {
  await test_.database.sql.unsafe(change);
  try {
    await look();
  } finally {
    await test_.database.sql.unsafe(back);
  }
};

test.each([
  ["no administrator", "update person set state = 'suspended'", "update person set state = 'active'", /FAULT {2}No administrator is left .*\n +→ .*create-user/],
  ["an old backup", "update backup_run set at = now() - interval '5 days'", "update backup_run set at = now()", /FAULT {2}The last backup is of .*, 5 days ago\.\n +→ .*backup --to/],
  ["letters that nobody sends", "insert into mail (id, recipient, language, letter, created_at, useless_at, next_try_at) values (gen_random_uuid(), 'x@x', 'en', 'reset', now() - interval '3 hours', now(), now())", "delete from mail", /FAULT {2}1 letters have waited/],
  ["a file that is gone", "insert into file_ref (id, course_id, scope, hash, name, type, bytes, sent_bytes) values (gen_random_uuid(), gen_random_uuid(), 'c', sha256('x'), 'rain.png', 'image/png', 1, 1)", "delete from file_ref", /FAULT {2}1 of 1 files are missing \(rain\.png\)/],
  ["a picture that is gone", "update person set picture_id = gen_random_uuid(), picture_hash = sha256('face'), picture_type = 'image/png'", "update person set picture_id = null, picture_hash = null, picture_type = null", /FAULT {2}1 of 1 files are missing \(a picture of a person\)/],
  ["a newer version", "insert into migration values ('9999_future.sql', 'x')", "delete from migration where name like '9999%'", /FAULT {2}The database was used by a newer Mochila/],
  ["an older form", "update migration set name = '0000_x.sql' where name = '0022_backup.sql'; delete from migration where name = '0000_x.sql'", "insert into migration values ('0022_backup.sql', 'x')", /note {3}The database has the form of an older version \(1 steps behind\)/],
  ["the rest of a restore", "create schema before_20260101000000", "drop schema before_20260101000000", /note {3}The database still keeps the school of before a restore .*\n +→ .*drop schema before_20260101000000 cascade/],
])("OP1 %s is told, with how to mend it", (_, change, back, says) =>
  during(change, back, async () => {
    expect((await ask()).says).toMatch(says);
  }));

test("OP1 a changed audit log, and one that was cut off behind a root that was kept", async () => {
  const { database } = test_;
  for (let number = 0; number < 3; number += 1) await database.transaction((transaction) => writeAudit(transaction, { clock: systemClock }, { by: { userId: null }, action: "sign-in", object: { kind: "person", id: newId() } }));
  await sealAudit(database);
  await keepRoot({ database, clock: systemClock, log: silentLog }, dataDir);
  expect((await ask()).says).toContain("The audit log is whole (3 entries)");
  const connection = await database.sql.reserve();
  await connection`alter table audit_link disable trigger user`;
  await connection`delete from audit_link where position = 3`;
  await connection`alter table audit_link enable trigger user`;
  connection.release();
  expect((await ask()).says).toMatch(/FAULT {2}The audit log was changed at entry 3, or does not go on/);
});

test("OP1 what is outside: a mail server that greets, one that does not, nobody there", async () => {
  const servers = ["220 mail.example ESMTP\r\n", "HTTP/1.1 400\r\n\r\n"].map((greeting) => createServer((socket) => void socket.on("error", () => undefined).write(greeting)).listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const [mail, web] = servers.map((server) => `smtp://127.0.0.1:${(server.address() as { port: number }).port}`);
  expect((await ask({ SMTP_URL: String(mail) })).says).toContain("The mail server 127.0.0.1 answers");
  expect((await ask({ SMTP_URL: String(web) })).says).toContain("answers with something else than a greeting");
  for (const server of servers) server.close();
  const { says } = await ask({ SMTP_URL: "smtp://127.0.0.1:9", CLICKHOUSE_URL: "http://127.0.0.1:9/x", PUBLIC_URL: "https://127.0.0.1:9" });
  expect(says).toMatch(/FAULT {2}The mail server 127\.0\.0\.1:9 cannot be reached: .*ECONNREFUSED/);
  expect(says).toMatch(/FAULT {2}ClickHouse \(http:\/\/127\.0\.0\.1:9\) does not answer/);
  expect(says).toMatch(/FAULT {2}https:\/\/127\.0\.0\.1:9 cannot be reached from here/);
});

test("OP1 a database that is not there, a school that is not there, a Node that is too old", async () => {
  const nowhere = await ask({ DATABASE_URL: "postgres://x:y@127.0.0.1:9/z" });
  expect([nowhere.faults, nowhere.says]).toEqual([true, expect.stringMatching(/FAULT {2}Mochila cannot use the PostgreSQL of DATABASE_URL/)]);
  expect((await ask({ DATABASE_URL: "" })).says).toContain(`There is no school in ${dataDir}.`);
  expect([checkNode("20.18.0").kind, checkNode("20.19.0").kind, checkNode("22.0.0").kind]).toEqual(["fault", "fine", "fine"]);
});
