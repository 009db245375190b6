// A school with a server over it, for tests: real database, real routes and guards; only the access token is replaced by the person's id.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { loadActor } from "../access/actor.ts";
import type { Database } from "../db/database.ts";
import { createTestDatabase } from "../db/test-database.ts";
import { FolderBlobStore } from "../files/blob-store.ts";
import { fileRoutes } from "../files/routes.ts";
import { createApplication } from "../http/application.ts";
import { gatewaysOf } from "../http/remote-address.ts";
import { Metrics } from "../http/metrics.ts";
import { MemoryRateLimiter } from "../http/rate-limit.ts";
import { silentLog } from "../log.ts";
import { readDocuments, writeDocuments } from "../sync/write-documents.ts";
import { createPerson } from "../users/people.ts";
import { TestClock } from "../users/test-clock.ts";
import { createCourse } from "./create-course.ts";
import { enrol } from "./enrol.ts";
import { courseRoutes } from "./routes.ts";

/** Of everybody. */
const TEST_SESSION = newId();

export interface TestSchool {
  readonly database: Database;
  readonly blobs: FolderBlobStore;
  readonly clock: TestClock;
  readonly folder: string;
  /** Scopes that were published as hints, oldest first. */
  readonly hints: string[];
  person(email: string, systemRole?: SystemRole): Promise<string>;
  course(state: "draft" | "published" | "archived" | "trashed", members: Readonly<Record<string, CourseRole>>): Promise<string>;
  setState(courseId: string, state: "draft" | "published" | "archived" | "trashed"): Promise<void>;
  /** A request of this person; null: of nobody. */
  request(userId: string | null, method: string, path: string, init?: { headers?: Record<string, string>; body?: string | Uint8Array<ArrayBuffer> }): Promise<Response>;
  close(): Promise<void>;
}

export async function createTestSchool(): Promise<TestSchool> {
  const { database, drop } = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), "mochila-blobs-"));
  const clock = new TestClock();
  const blobs = new FolderBlobStore({ folder, random: systemRandom });
  const hints: string[] = [];
  const hub = { publish: (scopes: readonly string[]) => void hints.push(...scopes), subscribe: () => () => undefined };
  const app = createApplication({ gateways: gatewaysOf([]),
    routes: [...fileRoutes({ database, blobs, clock }), ...courseRoutes({ database, hints: hub, clock, random: systemRandom, origin: "http://localhost", onLetter: () => undefined })],
    log: silentLog, clock, random: systemRandom, limiter: new MemoryRateLimiter(clock), metrics: new Metrics([]), files: { byAddress: new Map(), secure: false },
    guards: {
      origin: { publicUrl: null }, operatorToken: null,
      authenticate: (token) => Promise.resolve({ userId: token.split(".")[0] ?? "", sessionId: TEST_SESSION, expiresAt: 0, actingBy: null }),
      loadActor: (userId) => loadActor(database.sql, userId),
    },
    checkOpen: () => Promise.resolve(),
  });
  return {
    database, blobs, clock, folder, hints,
    person: async (email, systemRole = "student") => {
      const id = newId();
      await database.transaction((transaction) => createPerson(transaction, { id, email, name: email, systemRole, language: "en", passwordHash: "" }));
      return id;
    },
    course: async (state, members) => {
      const id = newId();
      const document = { id, courseId: id, title: { en: "C" }, description: {}, languages: ["en" as const], state };
      const [first = "", ...others] = Object.keys(members);
      await database.transaction(async (transaction) => {
        await createCourse(transaction, { course: document, instructor: { userId: first, name: "" } });
        for (const userId of others) await enrol(transaction, { courseId: id, userId, name: "", role: members[userId] ?? "student" });
        await writeDocuments(transaction, [{ collection: "courses", document }]);
      });
      return id;
    },
    setState: (courseId, state) => database.transaction(async (transaction) => {
      const document = (await readDocuments(transaction, "courses", [courseId])).get(courseId);
      if (document) await writeDocuments(transaction, [{ collection: "courses", document: { ...document, state } }]);
    }),
    request: async (userId, method, path, init = {}) => {
      const authorization: Record<string, string> = userId === null ? {} : { authorization: `Bearer ${userId}.a.b` };
      return app.request(`http://localhost${path}`, { method, headers: { ...authorization, ...init.headers }, body: init.body ?? null });
    },
    close: async () => {
      await drop();
      await rm(folder, { recursive: true });
    },
  };
}
