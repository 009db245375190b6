import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { CourseRole, SystemRole } from "@mochila/shared/access/actor.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { createApp } from "@mochila/sync-server/app.ts";
import { createCourse } from "@mochila/sync-server/courses/create-course.ts";
import { enrol } from "@mochila/sync-server/courses/enrol.ts";
import type { Database } from "@mochila/sync-server/db/database.ts";
import { createTestDatabase } from "@mochila/sync-server/db/test-database.ts";
import { FolderBlobStore } from "@mochila/sync-server/files/blob-store.ts";
import { silentLog } from "@mochila/sync-server/log.ts";
import { ensureEpoch } from "@mochila/sync-server/sync/epoch.ts";
import { createPerson } from "@mochila/sync-server/users/people.ts";
import { Passwords } from "@mochila/sync-server/users/password.ts";
import { TestClock } from "@mochila/sync-server/users/test-clock.ts";
import { type Seeded, seeded } from "../simulation/seeded.ts";

const ORIGIN = "http://localhost:8080";
const password = "a password of tests";
const hash = new Passwords().hash(password);

const away = (): Promise<never> => Promise.reject(new CodedError("reports_unavailable", "There is no store of reports."));
const noAnalytics = { state: () => ({ kind: "absent" }), onChange: () => () => undefined, courseFigures: away, stop: () => Promise.resolve() } as unknown as Analytics;

export interface Person {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

/** Everything of an answer that its receiver can see, except the moment. */
export interface Seen {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
}

/** The whole application over a database of its own, without what works in the background: what happens is what the script does. */
export class World {
  readonly clock = new TestClock();
  #random: Seeded = seeded(0);
  readonly #app: ReturnType<typeof createApp>;
  readonly #folder = mkdtempSync(join(tmpdir(), "mochila-world-"));

  /** Transactions that somebody has begun, also where nobody waits for their end. */
  running = 0;

  private constructor(readonly database: Database, private readonly drop: () => Promise<void>) {
    const counted: Database = {
      ...database,
      sql: database.sql,
      transaction: (work) => {
        this.running += 1;
        return database.transaction(work).finally(() => (this.running -= 1));
      },
    };
    const random = { bytes: (count: number) => this.#random.bytes(count), fraction: () => this.#random.fraction() };
    this.#app = createApp({
      config: { dataDir: this.#folder, publicUrl: null, operatorToken: null, production: false, limits: false, trustedProxies: [] }, origin: ORIGIN, letterFolder: null, handsOnLinks: true,
      mailbox: { send: () => Promise.resolve(), close: () => undefined },
      hintCarrier: { alone: true, send: () => Promise.resolve(), listen: () => Promise.resolve(), close: () => Promise.resolve() },
      blobs: new FolderBlobStore({ folder: this.#folder, random }), files: { byAddress: new Map(), secure: false },
      analytics: noAnalytics, database: counted, clock: this.clock, random, log: silentLog,
    });
  }

  static async open(): Promise<World> {
    const { database, drop } = await createTestDatabase();
    const world = new World(database, drop);
    await ensureEpoch({ database, random: seeded(1) });
    // The first request finds that the store is not the one of the start, and names its history anew. That name is random too.
    const first = await world.person("first@school.example", "administrator");
    world.begin(seeded(2));
    await world.send(first, "POST", "/api/sync/pull", { pulls: [{ collection: "courses", checkpoint: null }] });
    return world;
  }

  /** What is random from here on is the same in every world that is told the same number. */
  begin(random: Seeded): void {
    this.#random = random;
  }

  newId(): string {
    return newId({ clock: this.clock, random: this.#random });
  }

  /** Somebody who never signs in here. */
  async account(email: string, systemRole: SystemRole = "student"): Promise<Omit<Person, "token">> {
    const id = this.newId();
    const passwordHash = await hash;
    await this.database.transaction((transaction) => createPerson(transaction, { id, email, name: `Name of ${email}`, systemRole, language: "en", passwordHash }));
    return { id, email };
  }

  async person(email: string, systemRole?: SystemRole): Promise<Person> {
    const { id } = await this.account(email, systemRole);
    const answer = await this.send(null, "POST", "/api/auth/login", { email, password });
    const { accessToken } = JSON.parse(answer.body) as { accessToken: string };
    return { id, email, token: accessToken };
  }

  async course(instructor: Person, state: "draft" | "published" = "published"): Promise<string> {
    const id = this.newId();
    const course = { id, courseId: id, title: { en: "A course" }, description: {}, languages: ["en" as const], state };
    await this.database.transaction((transaction) => createCourse(transaction, { course, instructor: { userId: instructor.id, name: "Instructor" } }));
    return id;
  }

  async enrol(courseId: string, { id, email }: Omit<Person, "token">, role: CourseRole): Promise<void> {
    await this.database.transaction((transaction) => enrol(transaction, { courseId, userId: id, name: `Name of ${email}`, role }));
  }

  async send(person: Person | null, method: string, path: string, body?: unknown): Promise<Seen> {
    const answer = await this.ask(person, method, path, body);
    const headers = [...answer.headers].filter(([name]) => name !== "date");
    return { status: answer.status, headers, body: await answer.text() };
  }

  async ask(person: Person | null, method: string, path: string, body?: unknown): Promise<Response> {
    const headers: Record<string, string> = { host: "localhost:8080", origin: ORIGIN, ...(person && { authorization: `Bearer ${person.token}` }), ...(body !== undefined && { "content-type": "application/json" }) };
    return this.#app.hono.request(`${ORIGIN}${path}`, { method, headers, body: body === undefined ? null : JSON.stringify(body) });
  }

  async close(): Promise<void> {
    await this.#app.endLongAnswers();
    await this.drop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Until nothing runs that was begun by what is answered already, such as a look for wishes to publish: it holds the horizon, for a moment. */
async function settled(world: World): Promise<void> {
  for (let quiet = 0; quiet < 3; ) {
    await pause(1);
    const [row] = await world.database.sql<{ busy: boolean }[]>`
      select exists (select 1 from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid() and (state <> 'idle' or backend_xid is not null)) as busy`;
    quiet = row?.busy || world.running > 0 ? 0 : quiet + 1;
  }
}

/**
 * The counter of transactions and those of rows belong to the whole school; a checkpoint holds them, and they tell how much was written, not what or
 * by whom. They are the time of the feed: here both worlds get the same one, as they get the same clock.
 */
export async function sameTime(one: World, other: World): Promise<void> {
  await Promise.all([settled(one), settled(other)]);
  const counters = async ({ database }: World) => new Map((await database.sql<{ name: string; last: string }[]>`select sequencename as name, coalesce(last_value, 0)::text as last from pg_sequences where schemaname = 'public'`).map(({ name, last }) => [name, BigInt(last)]));
  const [ofOne, ofOther] = await Promise.all([counters(one), counters(other)]);
  for (const [name, last] of ofOne) {
    const most = last > (ofOther.get(name) ?? 0n) ? last : (ofOther.get(name) ?? 0n);
    for (const [world, its] of [[one, last], [other, ofOther.get(name) ?? 0n]] as const) if (its < most) await world.database.sql`select setval(${name}::text::regclass, ${most.toString()}::bigint)`;
  }
  // Last, because the lines above take numbers too.
  const transactions = async ({ database }: World): Promise<bigint> => {
    const [row] = await database.sql<{ next: string }[]>`select pg_snapshot_xmax(pg_current_snapshot())::text as next`;
    return BigInt(row?.next ?? 0);
  };
  const [first, second] = await Promise.all([transactions(one), transactions(other)]);
  const behind = first < second ? one : other;
  for (let missing = first < second ? second - first : first - second; missing > 0n; missing -= 1n) await behind.database.sql`select pg_current_xact_id()`;
}
