import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from "@clickhouse/client";
import type { AnalyticsState } from "@mochila/shared/activity/activity-store.ts";
import type { PersonEvent } from "@mochila/shared/activity/person-event.ts";
import type { Analytics } from "@mochila/shared/reports/analytics.ts";
import type { SealedBatch } from "@mochila/shared/activity/row.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CourseFigures, FiguresQuery } from "@mochila/shared/reports/course-figures.ts";
import { ingestBatch } from "./activity/ingest.ts";
import { readPersonEvents } from "./activity/person-events.ts";
import { readCourseFigures } from "./course-activity/report.ts";
import { type EngineState, EngineSupervisor } from "./embedded/supervisor.ts";
import type { AnalyticsLog } from "./log.ts";
import { migrateAnalytics } from "./migrate.ts";
import { startAnew } from "./start-anew.ts";

/** An insert of 10,000 rows takes a tenth of a second; a phone's person waits no longer than this for a report. */
const REQUEST_MS_MAX = 30_000;
/** How soon a caller may ask again while the engine starts: it needs about two seconds. */
const RETRY_AFTER_MS = 2_000;
/** Until the schema of a server that is away can be made. */
const MIGRATE_RETRY_MS = 5_000;
const DATABASE = "mochila";

export interface AnalyticsOptions {
  /** A ClickHouse server, `http://user:password@host:8123/database`; null: the engine embedded in a child process. */
  readonly url: string | null;
  /** The program's DATA_DIR; the embedded engine keeps its data in `clickhouse` in it. */
  readonly dataDir: string;
  readonly random: Random;
  readonly log: AnalyticsLog;
  readonly library?: string;
}

interface Address {
  readonly url: string;
  readonly username?: string;
  readonly password?: string;
  readonly database?: string;
}

/** A client and its database, made if it is missing. The database is chosen in our settings or by the path of the address. */
async function connect({ url, username, password, database }: Address): Promise<ClickHouseClient> {
  const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const shared = { url, ...login, request_timeout: REQUEST_MS_MAX, log: { level: ClickHouseLogLevel.OFF } } as const;
  if (database !== undefined) {
    const maker = createClient({ ...shared, database: "default" });
    try {
      await maker.command({ query: `CREATE DATABASE IF NOT EXISTS ${database}` });
    } finally {
      await maker.close();
    }
  }
  const client = createClient({ ...shared, ...(database === undefined ? {} : { database }) });
  await migrateAnalytics(client);
  return client;
}

/**
 * The store of activity, embedded or remote: nobody else knows the difference.
 *
 * Duty: a client whose schema is there, or the reason why there is none.
 * Invariant: `ready` is said only after the schema was made and checked on that very engine.
 * Breaks: an engine that ends or cannot be reached makes the state `away`; callers wait and try again, nothing is lost, because
 * events stay in Postgres until an insert was answered.
 */
class AnalyticsEngine implements Analytics {
  #state: AnalyticsState = { kind: "away", reason: "starting" };
  #client: ClickHouseClient | null = null;
  /** Counts connections, so that a slow one that was overtaken is dropped. */
  #generation = 0;
  #retry: NodeJS.Timeout | null = null;
  readonly #listeners = new Set<(state: AnalyticsState) => void>();
  readonly #log: AnalyticsLog;
  readonly supervisor: EngineSupervisor | null;

  constructor(options: AnalyticsOptions) {
    this.#log = options.log;
    this.supervisor = options.url === null ? new EngineSupervisor({ ...options, dataDir: join(options.dataDir, "clickhouse") }) : null;
  }

  state(): AnalyticsState {
    return this.#state;
  }

  onChange(listener: (state: AnalyticsState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Begins and returns; nobody waits for an engine to be able to study. */
  start(url: string | null): void {
    if (url !== null) return this.#open({ url });
    this.supervisor?.onChange((state) => this.#follow(state));
    this.supervisor?.start();
  }

  async ingest(batch: SealedBatch): Promise<void> {
    await ingestBatch(this.#ready(), batch);
  }

  async startAnew(from: { name: string; before: number }): Promise<void> {
    await startAnew(this.#ready(), from);
  }

  async courseFigures(query: FiguresQuery): Promise<CourseFigures> {
    const client = this.#ready();
    try {
      return await readCourseFigures(client, query);
    } catch (error) {
      this.#log.warn("analytics.report.failed", { error: String(error) });
      throw new CodedError("unavailable", "the store of activity did not answer", { retryAfterMs: RETRY_AFTER_MS });
    }
  }

  async *personEvents(query: { readonly userId: string; readonly courseIds: readonly string[] }): AsyncIterable<readonly PersonEvent[]> {
    yield* readPersonEvents(this.#ready(), query);
  }

  async stop(): Promise<void> {
    this.#generation += 1;
    if (this.#retry) clearTimeout(this.#retry);
    this.#become({ kind: "away", reason: "stopping" });
    await this.#client?.close();
    this.#client = null;
    await this.supervisor?.stop();
  }

  #ready(): ClickHouseClient {
    if (this.#state.kind === "none") throw new CodedError("reports_unavailable", this.#state.reason);
    if (this.#client === null) throw new CodedError("unavailable", "the store of activity is starting", { retryAfterMs: RETRY_AFTER_MS });
    return this.#client;
  }

  #become(state: AnalyticsState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #follow(state: EngineState): void {
    if (state.kind === "running") return this.#open({ url: state.url, username: "mochila", password: state.password, database: DATABASE });
    this.#generation += 1;
    void this.#client?.close();
    this.#client = null;
    if (state.kind === "missing") this.#become({ kind: "none", reason: state.reason });
    else this.#become({ kind: "away", reason: state.kind === "starting" ? state.reason : "stopping" });
  }

  #open(address: Address): void {
    this.#generation += 1;
    void this.#connect(address, this.#generation);
  }

  async #connect(address: Address, generation: number): Promise<void> {
    try {
      const client = await connect(address);
      if (generation !== this.#generation) return await client.close();
      this.#client = client;
      this.#become({ kind: "ready" });
    } catch (error) {
      if (generation !== this.#generation) return;
      this.#log.warn("analytics.connect.failed", { error: String(error) });
      this.#become({ kind: "away", reason: String(error) });
      this.#retry = setTimeout(() => generation === this.#generation && this.#open(address), MIGRATE_RETRY_MS);
    }
  }
}

/** Starts the store of activity. Returns at once: look at `state()`; `processId` is the embedded engine's, while there is one. */
export async function openAnalytics(options: AnalyticsOptions): Promise<Analytics & { processId(): number | null }> {
  if (options.url === null) await mkdir(options.dataDir, { recursive: true, mode: 0o700 });
  const engine = new AnalyticsEngine(options);
  engine.start(options.url);
  return Object.assign(engine, { processId: () => engine.supervisor?.processId ?? null });
}
