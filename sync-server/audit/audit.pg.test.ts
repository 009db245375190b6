import { newId } from "@mochila/shared/kernel/ids.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { TestClock } from "../users/test-clock.ts";
import { writeAudit } from "./audit.ts";
import { sealAudit } from "./audit-sealer.ts";
import { verifyAudit } from "./verify-audit.ts";

const TAMPERINGS = 100;

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
const clock = new TestClock();

beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const write = (count = 1) =>
  test_.database.transaction(async (transaction) => {
    for (let number = 0; number < count; number += 1) {
      await writeAudit(transaction, { clock }, { by: { userId: newId(), network: "10.0.0.0/24" }, action: "person.role", object: { kind: "person", id: newId() }, details: { from: "student", to: "instructor", number } });
    }
  });
const verify = (root: Parameters<typeof verifyAudit>[1]["root"] = null) => verifyAudit(test_.database, { root, now: clock.now() });
async function sealAll(): Promise<void> {
  for (;;) if ((await sealAudit(test_.database)) === 0) return;
}

test("AU1 entries are chained in the order of their transactions, each once, by one process at a time, and not before older transactions end", async () => {
  await write(3);
  const open = await test_.database.sql.reserve();
  await open`begin`;
  await open`select pg_current_xact_id()`;
  await write(2);
  await Promise.all([sealAudit(test_.database), sealAudit(test_.database)]);
  expect(await verify()).toMatchObject({ links: 3, waiting: 2, broken: null });
  await open`commit`;
  open.release();
  await Promise.all(Array.from({ length: 8 }, () => sealAudit(test_.database)));
  await sealAll();
  expect(await verify()).toMatchObject({ links: 5, waiting: 0, broken: null });
});

test("a chain that grows by one at a time stays one chain, past every number of digits", async () => {
  const before = (await verify()).links;
  for (let number = 0; number < 120; number += 1) {
    await write();
    expect(await sealAudit(test_.database)).toBe(1);
  }
  expect(await verify()).toMatchObject({ links: before + 120, waiting: 0, broken: null });
});

test("what fails leaves no entry, and an entry that nobody chains is noticed", async () => {
  const before = (await verify()).links;
  await expect(test_.database.transaction(async (transaction) => {
    await writeAudit(transaction, { clock }, { by: { userId: null }, action: "sign-in", object: { kind: "person", id: newId() } });
    throw new Error("rolled back");
  })).rejects.toThrow("rolled back");
  await sealAll();
  expect((await verify()).links).toBe(before);
  await write();
  clock.pass(121_000);
  expect((await verify()).broken).toMatchObject({ why: "never-chained" });
  await sealAll();
  expect((await verify()).broken).toBeNull();
});

test("the program's role can add to it and nothing else", async () => {
  for (const statement of ["update audit_entry set action = 'x'", "delete from audit_entry", "truncate audit_entry cascade", "update audit_link set hash = hash", "delete from audit_link", "truncate audit_link"]) {
    await expect(test_.database.sql.unsafe(statement)).rejects.toThrow(/only added to/);
  }
});

test(`AU1 S-14 ${TAMPERINGS} random tamperings by somebody with all rights: every one is found, and none is seen where there is none`, async () => {
  await write(60);
  await sealAll();
  const { root } = await verify();
  expect((await verify(root)).broken).toBeNull();
  const pick = (below: number): number => Math.floor(Math.random() * below);
  const some = "(select entry_id from audit_link order by random() limit 1)";
  const kinds: readonly string[] = [
    `update audit_entry set action = 'sign-in' where id = ${some}`,
    `update audit_entry set actor_id = gen_random_uuid() where id = ${some}`,
    `update audit_entry set real_actor_id = gen_random_uuid() where id = ${some}`,
    `update audit_entry set at = at + interval '1 millisecond' where id = ${some}`,
    `update audit_entry set object_id = 'x' where id = ${some}`,
    `update audit_entry set object_kind = 'x' where id = ${some}`,
    `update audit_entry set details = details || '{"to":"administrator"}' where id = ${some}`,
    `update audit_entry set network = null where id = ${some}`,
    `update audit_entry set session_id = gen_random_uuid() where id = ${some}`,
    `update audit_link set hash = sha256(hash) where entry_id = ${some}`,
    // Two entries change places.
    `with two as (select entry_id, row_number() over (order by random()) as n from audit_link limit 2) update audit_entry set action = action || 'x' where id in (select entry_id from two)`,
    // One link is taken out, and those behind it moved up.
    "delete from audit_link where position = (select position from audit_link order by random() limit 1)",
    // The end is cut off.
    "delete from audit_link where position = (select max(position) from audit_link)",
    "delete from audit_link where position > (select max(position) - 3 from audit_link)",
  ];
  const { sql } = test_.database;
  let found = 0;
  for (let round = 0; round < TAMPERINGS; round += 1) {
    const statement = kinds[round % kinds.length] ?? "";
    const connection = await sql.reserve();
    await connection`begin`;
    // Who owns the tables may do this; the triggers are of the program's role.
    await connection`alter table audit_entry disable trigger user`;
    await connection`alter table audit_link disable trigger user`;
    for (let times = 1 + pick(2); times > 0; times -= 1) await connection.unsafe(statement);
    const { broken } = await verifyAudit({ sql: connection as never }, { root, now: clock.now() });
    if (broken) found += 1;
    else console.error(`not found: ${statement}`);
    await connection`rollback`;
    connection.release();
  }
  expect(found).toBe(TAMPERINGS);
  expect((await verify(root)).broken).toBeNull();
});
