import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import * as event from "./activity/event.ts";
import * as eventAnswer from "./activity/event-answer.ts";
import * as eventBatch from "./activity/event-batch.ts";
import * as roomMessages from "./collab/room-messages.ts";
import * as ticketAnswer from "./collab/ticket-answer.ts";
import * as ticketRequest from "./collab/ticket-request.ts";
import * as errorBody from "./error-body.ts";
import { registry } from "./registry.ts";
import * as held from "./sync/held.ts";
import * as hint from "./sync/hint.ts";
import * as nextPages from "./sync/next-pages.ts";
import * as pullRequest from "./sync/pull-request.ts";
import * as pullResponse from "./sync/pull-response.ts";
import * as pushRequest from "./sync/push-request.ts";
import * as pushResponse from "./sync/push-response.ts";

/** Every message, and what its form is made of. */
const messages: Record<string, { readonly version: number; readonly form: unknown }> = {
  "activity/event": { version: event.version, form: event.ActivityEvent },
  "activity/event-answer": { version: eventAnswer.version, form: eventAnswer.EventAnswer },
  "activity/event-batch": { version: eventBatch.version, form: eventBatch.EventBatch },
  "collab/room-messages": { version: roomMessages.version, form: { types: roomMessages.messageTypes, closeCodes: roomMessages.closeCodes } },
  "collab/ticket-answer": { version: ticketAnswer.version, form: ticketAnswer.TicketAnswer },
  "collab/ticket-request": { version: ticketRequest.version, form: ticketRequest.TicketRequest },
  "error-body": { version: errorBody.version, form: errorBody.ErrorBody },
  "sync/held": { version: held.version, form: held.Held },
  "sync/hint": { version: hint.version, form: hint.Hint },
  "sync/next-pages": { version: nextPages.version, form: { header: nextPages.NEXT_PAGES_HEADER, value: nextPages.NextPages } },
  "sync/pull-request": { version: pullRequest.version, form: pullRequest.PullRequest },
  "sync/pull-response": { version: pullResponse.version, form: pullResponse.PullResponse },
  "sync/push-request": { version: pushRequest.version, form: pushRequest.PushRequest },
  "sync/push-response": { version: pushResponse.version, form: pushResponse.PushResponse },
};

/** By version. A line is never changed: somewhere a phone that was away for a year still speaks it. */
const messagesPinned: Record<string, Record<number, string>> = {
  "activity/event": { 1: "88113205dc4c0adc" },
  "activity/event-answer": { 1: "3be3b62be7cd9da1" },
  "activity/event-batch": { 1: "4bb950af5480e961" },
  "collab/room-messages": { 1: "07eb63120db2fa23" },
  "collab/ticket-answer": { 1: "1bfcb6b6efeb4745" },
  "collab/ticket-request": { 1: "36d97df2fce32e48" },
  "error-body": { 1: "9e12ed0f5b3fa51e" },
  "sync/held": { 1: "80b0bf6e2d4e7fd1" },
  "sync/hint": { 1: "17a218830bfff7b0" },
  "sync/next-pages": { 1: "545be5c65c5f30c8" },
  "sync/pull-request": { 1: "840a3121c09c01e5", 2: "536dccab8f6f631a", 3: "b5801701214fd941", 4: "57ac2e8ba49cf134" },
  "sync/pull-response": { 1: "e1212055678833f7" },
  "sync/push-request": { 1: "69d6d99d9d9481bb", 2: "7e091ce3b7244f18", 3: "42f3c03daa171d25" },
  "sync/push-response": { 1: "4bc7d17491b1490d" },
};

/** The same of the kinds of document, by the version of their collection. */
const documentsPinned: Record<string, Record<number, string>> = {
  courses: { 1: "ab26ea5dc2a86c2a" },
  members: { 1: "4f39591ccfd9a682", 2: "5ccca31d29168fde", 3: "cebec3f29d5aca24" },
  modules: { 1: "dd3ac973bff09c5a" },
  items: { 1: "f8e579043e7823f9" },
  progress: { 1: "2c29a5b078291a92", 2: "b0b6c3e1660efc13" },
  drafts: { 1: "ad1e21d3800e5bb1" },
};

const isSchema = (value: unknown): value is z.ZodMiniType => typeof value === "object" && value !== null && "_zod" in value;

/** What is sent and what is read, as JSON Schema; keys in one order, so that the order of the source says nothing. */
function canonical(value: unknown): unknown {
  if (isSchema(value)) return canonical(z.toJSONSchema(value, { target: "draft-2020-12", unrepresentable: "any", io: "input" }));
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, canonical(inner)]));
}

const hashOf = (form: unknown): string => createHash("sha256").update(JSON.stringify(canonical(form))).digest("hex").slice(0, 16);

/** Null: as pinned. Else what has to be done. */
function advice(name: string, { version, form }: { version: number; form: unknown }, { pinned, where, how }: { pinned: Record<number, string> | undefined; where: string; how: string }): string | null {
  const hash = hashOf(form);
  if (pinned?.[version] === hash) return null;
  if (pinned?.[version] === undefined) return `${name} has no line for version ${version} here yet: add \`${version}: "${hash}"\`, and leave the lines of earlier versions as they are.`;
  return `The form of ${name} has changed and its version is still ${version}. Others speak version ${version} for as long as a device is away: raise \`version\` in ${where} to ${version + 1}, ${how}, and add the line \`${version + 1}: "${hash}"\` here.`;
}

const adviceOnMessage = (name: string, message: { version: number; form: unknown }, pinned = messagesPinned[name]) =>
  advice(name, message, { pinned, where: `shared/${name}.ts`, how: "see that either side still takes the earlier ones (shared/sync/SPEC.md, W1 to W6)" });

const formOfKind = ({ schema, fields }: (typeof registry)[number]) => ({ schema, fields });
const adviceOnKind = (name: string, kind: { version: number; form: unknown }, pinned = documentsPinned[name]) =>
  advice(name, kind, { pinned, where: "its CollectionDefinition", how: "say `since` of a field that came and `upgrades` of one that changed (shared/sync/SPEC.md, W3 to W5)" });

describe("the wire (W1)", () => {
  test.each(Object.entries(messages))("%s has the form that is pinned for its version", (name, message) => {
    expect(adviceOnMessage(name, message)).toBeNull();
  });

  test("every file with a version line is here, and says by which rule it is bound", () => {
    const root = import.meta.dirname;
    const files = ["", "sync", "access", "activity", "collab", "files"].flatMap((folder) => readdirSync(join(root, folder)).filter((file) => file.endsWith(".ts")).map((file) => join(folder, file)));
    const versioned = files.filter((file) => /^export const version = \d+;$/m.test(readFileSync(join(root, file), "utf8")));
    expect(versioned.map((file) => file.replace(/\.ts$/, "")).sort()).toEqual(Object.keys(messages).sort());
    expect(versioned.filter((file) => !/^\/\*\* W1[^*]*\*\/\nexport const version/m.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
    expect(Object.keys(messages).filter((name) => !existsSync(join(root, `${name}.ts`)))).toEqual([]);
  });

  test("versions that are pinned follow each other and end with today's", () => {
    for (const [name, { version }] of Object.entries(messages)) expect(Object.keys(messagesPinned[name] ?? {}).map(Number), name).toEqual(Array.from({ length: version }, (_, index) => index + 1));
  });

  test("a change without a new version is told in a sentence", () => {
    const changed = { version: 1, form: z.object({ collections: z.array(z.string()), ids: z.array(z.string()) }) };
    const sentence = adviceOnMessage("sync/hint", changed);
    expect(sentence).toContain("The form of sync/hint has changed and its version is still 1.");
    expect(sentence).toContain("raise `version` in shared/sync/hint.ts to 2");
    expect(sentence).toContain(`2: "${hashOf(changed.form)}"`);
    expect(adviceOnMessage("sync/hint", { ...changed, version: 2 }, { 1: "x" })).toContain("no line for version 2");
    // What says nothing on the wire is no change.
    expect(hashOf(z.strictObject({ b: z.string(), a: z.optional(z.int()) }))).toBe(hashOf(z.strictObject({ a: z.optional(z.int()), b: z.string() })));
    expect(hashOf(z.string().check(z.maxLength(4)))).not.toBe(hashOf(z.string().check(z.maxLength(5))));
  });
});

describe("kinds of documents (W3)", () => {
  test.each(registry.map((definition) => [definition.name, definition] as const))("%s has the form that is pinned for its version", (name, definition) => {
    expect(adviceOnKind(name, { version: definition.version, form: formOfKind(definition) })).toBeNull();
  });

  test("versions that are pinned follow each other and end with today's", () => {
    for (const { name, version } of registry) expect(Object.keys(documentsPinned[name] ?? {}).map(Number), name).toEqual(Array.from({ length: version }, (_, index) => index + 1));
  });

  test("a field with another rule is a change, and a field says in which version it came", () => {
    for (const definition of registry) {
      const merged = { ...definition, fields: { ...definition.fields, courseId: { writer: "client" as const } } };
      expect(adviceOnKind(definition.name, { version: definition.version, form: formOfKind(merged) })).toContain("raise `version` in its CollectionDefinition");
      for (const [field, { since = 1 }] of Object.entries(definition.fields)) expect(since, `${definition.name}.${field}`).toBeLessThanOrEqual(definition.version);
    }
  });
});
