import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { auditActions } from "@mochila/shared/admin/audit-actions.ts";
import { AuditPage } from "@mochila/shared/admin/school.ts";
import { ErrorBody } from "@mochila/shared/error-body.ts";
import { orOther } from "@mochila/shared/kernel/answer.ts";
import { Instant, orElse, Uuid } from "@mochila/shared/kernel/schema.ts";
import { Checkpoint } from "@mochila/shared/sync/checkpoint.ts";
import { Hint } from "@mochila/shared/sync/hint.ts";
import { readRoutes } from "@mochila/sync-server/authorization/test-application.ts";
import { faultsOf } from "./answers.ts";
import { sourceFiles } from "./source-files.ts";

/** The device sends a checkpoint back as it got it: its bound is that of the request. */
const bounded = new Set<unknown>([Checkpoint]);

/** What the app reads with a schema of `shared`: names after their file. Not what a person typed or chose. */
async function readByTheApp(): Promise<Map<string, z.ZodMiniType>> {
  const found = new Map<string, z.ZodMiniType>();
  for (const { path, text } of sourceFiles(".ts", ".tsx").filter((file) => file.path.startsWith("client/") && !file.path.endsWith(".test.ts"))) {
    for (const [, name = ""] of text.matchAll(/\b([A-Z]\w+)\.(?:parse|safeParse)\((?=await|answer|value|JSON|parsed)/g)) {
      const from = new RegExp(`import (?:[^;]*[{ ,])${name}[ ,}][^;]*from "@mochila/(shared/[^"]+)"`).exec(text)?.[1];
      if (from === undefined) continue;
      const module = (await import(join(import.meta.dirname, "../..", from))) as Record<string, z.ZodMiniType>;
      const schema = module[name];
      expect(schema, `${path}: ${name}`).toBeDefined();
      if (schema) found.set(`${from}: ${name}`, schema);
    }
  }
  return found;
}

describe("answers are read by an app that is older than the server (W2)", () => {
  test("no route's answer would stop it", async () => {
    const answers = (await readRoutes()).flatMap(({ method, path, answer }) => (answer ? [{ name: `${method} ${path}`, answer }] : []));
    expect(answers.length).toBeGreaterThan(60);
    expect(answers.flatMap(({ name, answer }) => faultsOf(answer, { where: name, bounded }))).toEqual([]);
  });

  test("nor anything that the app reads by a schema of its own", async () => {
    const read = await readByTheApp();
    expect(read.size).toBeGreaterThan(30);
    expect([...read].flatMap(([name, schema]) => faultsOf(schema, { where: name, bounded }))).toEqual([]);
    expect([ErrorBody, Hint].flatMap((schema) => faultsOf(schema, { bounded }))).toEqual([]);
  });

  test.each<[string, z.ZodMiniType]>([
    ["strict", z.strictObject({ a: z.string() })],
    ["lines.one: strict", z.object({ lines: z.array(z.object({ one: z.nullable(z.strictObject({})) })) })],
    ["strict", z.union([z.object({ a: z.string() }), z.strictObject({ b: z.string() })])],
    ["strict", z.record(z.string(), z.optional(z.strictObject({})))],
    ["kind: a closed list", z.object({ kind: z.enum(["a", "b"]) })],
    ["kind: a closed list", z.object({ kind: z.optional(z.literal("a")) })],
    ["kind: a closed list", z.object({ kind: z.union([z.enum(["a"]), z.string().check(z.maxLength(3))]) })],
    ["name: a bound", z.object({ name: z.string().check(z.maxLength(3)) })],
    ["list: a bound", z.object({ list: z.array(z.string()).check(z.maxLength(3)) })],
    ["seats: a bound", z.object({ seats: z.int().check(z.lte(3)) })],
  ])("the check sees %s", (told, schema) => {
    expect(faultsOf(schema).some((fault) => fault.includes(told))).toBe(true);
  });

  test("the check lets pass what reads on", () => {
    expect(faultsOf(z.looseObject({ id: Uuid, at: Instant, kind: orOther(z.enum(["a"])), role: orElse(z.enum(["a"]), "a"), more: z.record(z.string(), z.unknown()) }))).toEqual([]);
  });

  test("a page of the log with one more field, one more action and one more kind of actor is read", () => {
    const line = { id: "1", at: 1, action: "sign-in", from: "person", by: "Ana", about: null, byEmail: null, aboutEmail: null, course: null, file: null, setting: null, details: {} };
    const newer = { ...line, id: "2", action: "course.sold", from: "plugin", course: { en: "Rain", pt: "Chuva" }, details: { price: { amount: 3 }, to: "draft" }, where: "Quito" };
    const page = AuditPage.parse({ lines: [line, newer], more: false, total: 2 });
    expect((auditActions as readonly string[]).includes(newer.action)).toBe(false);
    const { where: _where, ...known } = newer;
    expect(page).toStrictEqual({ lines: [line, { ...known, from: "other", course: { en: "Rain" } }], more: false });
  });
});
