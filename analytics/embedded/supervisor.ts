import { type ChildProcess, spawn } from "node:child_process";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { AnalyticsLog } from "../log.ts";

/** Exit statuses of engine-process.mjs. */
const LIBRARY_MISSING = 3;
const DIRECTORY_LOCKED = 4;

/** A crash at once after the start is repeated slowly; one after hours of work is mended quickly. */
const RESTART_DELAY_MS_MIN = 250;
const RESTART_DELAY_MS_MAX = 30_000;
/** An engine that answered for so long counts as healthy: the next crash begins with the short delay again. */
const HEALTHY_MS = 60_000;
/** Long enough for the last insert; after it the process is ended and the next start recovers from the parts on disk. */
const STOP_MS_MAX = 1_500;

export type EngineState =
  | { readonly kind: "starting"; readonly reason: string }
  | { readonly kind: "running"; readonly url: string; readonly password: string }
  /** Nothing that a restart can mend. */
  | { readonly kind: "missing"; readonly reason: string }
  | { readonly kind: "stopped" };

export interface EngineOptions {
  readonly dataDir: string;
  readonly random: Random;
  readonly log: AnalyticsLog;
  /** The module that holds the engine; another name in the tests of its absence. */
  readonly library?: string;
}

const program = fileURLToPath(new URL("./engine-process.mjs", import.meta.url));

function libraryIsInstalled(library: string): boolean {
  try {
    createRequire(import.meta.url).resolve(library);
    return true;
  } catch {
    return false;
  }
}

/**
 * Keeps one embedded ClickHouse engine running in a child process.
 *
 * Duty: at most one child on the data directory, started again with back-off when it ends by itself.
 * Invariant: the child holds the read end of a pipe that only this process can write; when this process dies, the child ends and the
 * kernel frees its lock. A child that is started before the old one is gone reports the lock and is started again.
 * Breaks: without the library there is nothing to supervise: the state is `missing` for good, with the reason.
 */
export class EngineSupervisor {
  #state: EngineState = { kind: "starting", reason: "not started yet" };
  #child: ChildProcess | null = null;
  #restartDelayMs = RESTART_DELAY_MS_MIN;
  #restart: NodeJS.Timeout | null = null;
  #healthy: NodeJS.Timeout | null = null;
  readonly #listeners = new Set<(state: EngineState) => void>();
  readonly #options: EngineOptions;
  readonly #library: string;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#library = options.library ?? "chdb";
  }

  get state(): EngineState {
    return this.#state;
  }

  /** The running child, for tests that kill it. */
  get processId(): number | null {
    return this.#child?.pid ?? null;
  }

  onChange(listener: (state: EngineState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  start(): void {
    assert(this.#child === null, "the engine is started once");
    if (libraryIsInstalled(this.#library)) this.#spawn();
    else this.#missing("is not installed", "not found");
  }

  /** Ends the child and waits until it is gone, so that its directory is free. */
  async stop(): Promise<void> {
    this.#become({ kind: "stopped" });
    if (this.#restart) clearTimeout(this.#restart);
    if (this.#healthy) clearTimeout(this.#healthy);
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once("exit", () => resolve()));
    child.stdin?.end("stop\n");
    const hard = setTimeout(() => child.kill("SIGKILL"), STOP_MS_MAX);
    await gone;
    clearTimeout(hard);
  }

  #become(state: EngineState): void {
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }

  #spawn(): void {
    const secret = Buffer.from(this.#options.random.bytes(32)).toString("hex");
    // No loader, no inspector and none of our secrets: the child needs nothing of this process's environment.
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"], env: { PATH: process.env["PATH"], TZ: "UTC" } });
    this.#child = child;
    // The secret goes through the pipe: arguments are visible to every user of the machine. A child that is gone already is told by `exit`.
    child.stdin.on("error", () => {});
    child.stdin.write(`${JSON.stringify({ dataDir: this.#options.dataDir, secret, library: this.#library })}\n`);
    let heard = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      if (this.#state.kind !== "starting" || this.#child !== child) return;
      heard = (heard + chunk).slice(-1_000);
      const port = /^listening (\d+)$/m.exec(heard)?.[1];
      if (port) this.#running({ kind: "running", url: `http://127.0.0.1:${port}`, password: secret });
    });
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      said = (said + chunk).slice(-2_000);
    });
    child.once("error", (error) => this.#ended(child, { status: null, reason: String(error) }));
    child.once("exit", (status, signal) => this.#ended(child, { status, reason: said.trim() || `ended with ${String(signal ?? status)}` }));
  }

  #running(state: EngineState): void {
    this.#options.log.info("analytics.engine.running", { processId: this.processId });
    this.#healthy = setTimeout(() => {
      this.#restartDelayMs = RESTART_DELAY_MS_MIN;
    }, HEALTHY_MS);
    this.#healthy.unref();
    this.#become(state);
  }

  #ended(child: ChildProcess, { status, reason }: { status: number | null; reason: string }): void {
    if (this.#child !== child) return;
    this.#child = null;
    if (this.#healthy) clearTimeout(this.#healthy);
    if (this.#state.kind === "stopped") return;
    if (status === LIBRARY_MISSING) return this.#missing("cannot be loaded on this machine", reason);
    const delayMs = status === DIRECTORY_LOCKED ? RESTART_DELAY_MS_MIN : this.#nextDelayMs();
    this.#options.log.warn("analytics.engine.ended", { reason, restartMs: Math.round(delayMs) });
    this.#become({ kind: "starting", reason });
    this.#restart = setTimeout(() => this.#spawn(), delayMs);
  }

  /** The reason is told to those who ask for a report; what the loader said, with its paths, only to the log. */
  #missing(problem: string, detail: string): void {
    const reason = `the library ${this.#library} ${problem}`;
    this.#options.log.warn("analytics.engine.missing", { reason, detail });
    this.#become({ kind: "missing", reason });
  }

  #nextDelayMs(): number {
    const delayMs = this.#restartDelayMs * (0.5 + this.#options.random.fraction());
    this.#restartDelayMs = Math.min(RESTART_DELAY_MS_MAX, this.#restartDelayMs * 2);
    return delayMs;
  }
}
