import type { Actor, CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { courseScope, type Scope, staffScope } from "@mochila/shared/access/scope.ts";
import { type Draft, draftId } from "@mochila/shared/drafts/schema.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { newId, newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { registry as allCollections } from "@mochila/shared/registry.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { PulledDocument } from "@mochila/shared/sync/pulled-document.ts";
import type { PullResponse } from "@mochila/shared/sync/pull-response.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";
import { loadActor } from "../access/actor.ts";
import { ensurePersonScopes, grantScopes, revokeScopes } from "../access/grants.ts";
import type { Database } from "../db/database.ts";
import { silentLog } from "../log.ts";
import type { ServerRule } from "./documents.ts";
import { createHints } from "./hints.ts";
import { notifyCarrier } from "./notify-carrier.ts";
import { readPages } from "./pulled-pages.ts";
import { createSync, type Sync } from "./sync.ts";
import { writeDocuments } from "./write-documents.ts";

/** A small school on a real database, for the tests of the engine: people, courses, and what is in them. */
export interface TestSchool {
  readonly database: Database;
  readonly sync: Sync;
  person(systemRole?: SystemRole): Promise<string>;
  course(): Promise<string>;
  enrol(courseId: string, userId: string, role: CourseRole): Promise<void>;
  leave(courseId: string, userId: string): Promise<void>;
  module(courseId: string, state: "draft" | "published" | "trashed", id?: string): Promise<string>;
  actor(userId: string): Promise<Actor>;
  push(userId: string, collection: string, rows: readonly PushRow[]): Promise<PushAnswer>;
}

export interface PushAnswer {
  readonly conflicts: readonly PulledDocument[];
  readonly rejected: readonly { id: string; code: string; message: string }[];
}

export const title = (en: string) => ({ en });

const scopesOfRole = (courseId: string, role: CourseRole): Scope[] =>
  role === "instructor" || role === "assistant" ? [courseScope(courseId), staffScope(courseId)] : [courseScope(courseId)];

export async function createTestSchool(
  database: Database,
  { registry = allCollections, serverRules = [] }: { registry?: readonly CollectionDefinition[]; serverRules?: readonly ServerRule[] } = {},
): Promise<TestSchool> {
  const hints = createHints({ carrier: notifyCarrier(database), random: systemRandom, log: silentLog });
  const sync = createSync({ registry, database, clock: systemClock, random: systemRandom, log: silentLog, hints, serverRules });
  await sync.start();
  const member = (courseId: string, userId: string, fields: { role: CourseRole; state: "active" | "left" }) => ({
    collection: "members",
    document: { id: pairId(courseId, userId), courseId, userId, name: "Somebody", ...fields },
  });
  return {
    database,
    sync,
    person: async (systemRole = "student") => {
      const id = newId();
      await database.transaction(async (transaction) => {
        await transaction`insert into person (id, email, name, system_role) values (${id}, ${`${id}@test`}, 'Somebody', ${systemRole})`;
        await ensurePersonScopes(transaction, id);
      });
      return id;
    },
    course: async () => {
      const id = newId();
      const document = { id, courseId: id, title: title("Course"), description: {}, languages: ["en"], state: "published" };
      await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "courses", document }]));
      return id;
    },
    enrol: (courseId, userId, role) =>
      database.transaction(async (transaction) => {
        await writeDocuments(transaction, [member(courseId, userId, { role, state: "active" })]);
        const scopes = scopesOfRole(courseId, role);
        const others = [courseScope(courseId), staffScope(courseId)].filter((scope) => !scopes.includes(scope));
        await revokeScopes(transaction, userId, others);
        await grantScopes(transaction, userId, scopes);
      }),
    leave: (courseId, userId) =>
      database.transaction(async (transaction) => {
        await writeDocuments(transaction, [member(courseId, userId, { role: "student", state: "left" })]);
        await revokeScopes(transaction, userId, [courseScope(courseId), staffScope(courseId)]);
      }),
    module: async (courseId, state, id = newId()) => {
      const document = { id, courseId, title: title("Module"), order: "V", state };
      await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document }]));
      return id;
    },
    actor: (userId) => loadActor(database.sql, userId),
    push: async (userId, collection, rows) => {
      const { response } = await sync.push(await loadActor(database.sql, userId), { pushes: [{ collection, rows: [...rows] }] });
      const [result] = response.results;
      if (!result) throw new Error("a push of one collection has one answer");
      return result;
    },
  };
}

/** A device that does what a device does: keeps what it is sent, and the checkpoint of each collection. */
export class TestDevice {
  readonly documents = new Map<string, Map<string, PulledDocument>>();
  readonly checkpoints = new Map<string, string | null>();
  /** The last write of this device that the server has taken and no page has brought back. */
  taken: Revision | null = null;
  pages = 0;
  restarts = 0;

  constructor(
    public school: TestSchool,
    readonly userId: string,
    readonly collections: readonly string[] = allCollections.map(({ name }) => name),
  ) {}

  ids(collection: string): string[] {
    return [...(this.documents.get(collection)?.keys() ?? [])].sort();
  }

  get(collection: string, id: string): PulledDocument | undefined {
    return this.documents.get(collection)?.get(id);
  }

  /** What the server no longer knows is forgotten, as a device does it. */
  async #ask(limit?: number): Promise<PullResponse> {
    const pulls = this.collections.map((collection) => ({ collection, checkpoint: this.checkpoints.get(collection) ?? null, ...(limit ? { limit } : {}) }));
    try {
      return readPages(await this.school.sync.pull(this.userId, { pulls, ...(this.taken ? { taken: this.taken } : {}) }));
    } catch (error) {
      if (!(error instanceof CodedError) || error.code !== "epoch_changed") throw error;
      this.restarts += 1;
      this.checkpoints.clear();
      this.taken = null;
      return this.#ask(limit);
    }
  }

  /** One request; returns every id that was sent, with whether it was a removal, and whether there is more. */
  async pullOnce(limit?: number): Promise<{ sent: { id: string; removed: boolean }[]; more: boolean }> {
    const { results } = await this.#ask(limit);
    this.pages += 1;
    const sent: { id: string; removed: boolean }[] = [];
    for (const { collection, documents = [], checkpoint } of results) {
      const held = this.documents.get(collection) ?? new Map<string, PulledDocument>();
      this.documents.set(collection, held);
      for (const document of documents) {
        sent.push({ id: document.id, removed: document._deleted === true });
        if (document._deleted) held.delete(document.id);
        else held.set(document.id, document);
      }
      // A checkpoint that comes without documents is not stored: RxDB does the same.
      if (documents.length > 0 && checkpoint !== undefined) this.checkpoints.set(collection, checkpoint);
    }
    return { sent, more: results.some(({ more }) => more === true) };
  }

  async pull(limit?: number): Promise<{ id: string; removed: boolean }[]> {
    const all: { id: string; removed: boolean }[] = [];
    for (let page = await this.pullOnce(limit); ; page = await this.pullOnce(limit)) {
      all.push(...page.sent);
      if (!page.more) return all;
    }
  }
}

/** A row as a device pushes it: the change laid over what it has, under a new revision. */
export function edit(base: PulledDocument, change: Record<string, unknown>): PushRow & { newDocumentState: Record<string, unknown> & { id: string; rev: string } } {
  return { newDocumentState: { ...base, ...change, rev: newRev() }, assumedMasterState: { ...base } };
}

/** A person's note on an item of its own, as a device makes it. */
export const draftOf = (userId: string, courseId: string, fields: Partial<Draft> = {}): Draft => {
  const draft: Draft = { id: "", rev: newRev(), userId, courseId, itemId: newId(), kind: "note", body: "a", createdAt: 1, ...fields };
  return { ...draft, id: fields.id ?? draftId(draft) };
};

export const progressOf = (userId: string, itemId: string, courseId: string, fields: Record<string, unknown> = {}) => ({
  id: pairId(userId, itemId),
  rev: newRev(),
  userId,
  itemId,
  courseId,
  ...fields,
});
