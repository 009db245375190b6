import { statSync } from "node:fs";
import { open, mkdir, readFile, rename, stat, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import postgres from "postgres";
import type { Log } from "../log.ts";
import {
  clusterUrl, freePort, isPostgresProcess, makeApplicationDatabase, makeCluster, newPassword, type Postmaster, readPostmaster, removeFolder, startPostmaster,
} from "./cluster.ts";
import { findPostgres, type PostgresProgram } from "./postgres-program.ts";

/** Everyone who uses the cluster holds this advisory lock shared; whoever gets it alone at the end stops PostgreSQL. */
const LEASE = 7_203_412;
/** Held by the one server of this data folder, for as long as its connection lives. */
const SERVER = 7_203_413;
/** How long recovery after a crash may take before a start gives up. */
const START_SECONDS_MAX = 60;
const POLL_MS = 25;
/** A server that was killed loses its connection within milliseconds; another one that lives keeps it. */
const SERVER_LOCK_POLLS_MAX = 80;
/** The server ends within 10 s, and its children with it (CONTRACT). */
const STOP_SECONDS_MAX = 4;
/** Of a socket's address, on the strictest system. */
const SOCKET_BYTES_MAX = 103;
const LOG_BYTES_MAX = 4 * 1024 * 1024;

export interface EmbeddedOptions {
  /** `DATA_DIR`; the cluster is its folder `postgres`. */
  readonly dataDir: string;
  readonly log: Log;
  /** True for the server: a second one on the same data folder is refused with one clear sentence. Tools leave it out. */
  readonly exclusive?: boolean;
}

export interface EmbeddedPostgres {
  /** Address of the application's database, with a role that is no superuser. */
  readonly url: string;
  /** Of this machine, in the cluster's folder, where the system has one: half the work of a connection over TCP. */
  readonly socket: string | undefined;
  /** Gives the cluster back; stops PostgreSQL when nobody else uses it. Safe to call twice. */
  stop(): Promise<void>;
}

/**
 * Starts the PostgreSQL of `dataDir`, or attaches to the one that runs there: after a kill of our server it goes on alone, and the
 * next start adopts it; the command line attaches to it beside a running server. Makes the cluster at the first start.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<EmbeddedPostgres> {
  const cluster = new EmbeddedCluster(await findPostgres(), options);
  await cluster.open();
  return cluster;
}

/**
 * Duty: one process' part in a shared cluster. Invariant: while open, one connection holds the lease, so that nobody stops PostgreSQL
 * under us. Breaks when the postmaster dies (kill, out of memory): the connection closes. Recovers by starting PostgreSQL again on
 * the same port, so that the pool, which retries by itself, finds it at the same address.
 */
class EmbeddedCluster implements EmbeddedPostgres {
  private readonly folder: string;
  private password = "";
  private port = 0;
  /** False where the folder lies on something that has no sockets, such as a folder of another system in a container. */
  private sockets = process.platform !== "win32";
  private lease: postgres.Sql | null = null;
  private stopping: Promise<void> | null = null;

  constructor(
    private readonly program: PostgresProgram,
    private readonly options: EmbeddedOptions,
  ) {
    this.folder = resolve(options.dataDir, "postgres");
  }

  get url(): string {
    return clusterUrl(this.port, this.password);
  }

  get socket(): string | undefined {
    const path = join(this.folder, `.s.PGSQL.${this.port}`);
    return Buffer.byteLength(path) <= SOCKET_BYTES_MAX && statSync(path, { throwIfNoEntry: false })?.isSocket() ? path : undefined;
  }

  async open(): Promise<void> {
    await mkdir(resolve(this.options.dataDir), { recursive: true });
    this.password = await this.ensureCluster();
    await this.takeLease(await this.ensureRunning());
  }

  stop(): Promise<void> {
    this.stopping ??= this.leave();
    return this.stopping;
  }

  /** The password is written before the cluster gets its name, so a cluster with that name always has one. */
  private async ensureCluster(): Promise<string> {
    const secretPath = `${this.folder}.password`;
    const exists = () => stat(join(this.folder, "PG_VERSION")).then(() => true, () => false);
    if (!(await exists())) {
      const draft = `${this.folder}.new-${process.pid}`;
      await removeFolder(draft);
      await writeFile(secretPath, newPassword(), { mode: 0o600, flag: "wx" }).catch(ignoreExisting);
      await makeCluster(this.program, { folder: draft, password: (await readFile(secretPath, "utf8")).trim() });
      // Renaming onto a folder that is not empty fails: then another process made it in the meantime.
      await rename(draft, this.folder).catch(() => removeFolder(draft));
    }
    const password = (await readFile(secretPath, "utf8").catch(() => "")).trim();
    if (password === "" || !(await exists())) throw new Error(`The data folder ${this.folder} has lost its file ${secretPath}; bring it back from a backup.`);
    return password;
  }

  private async ensureRunning(): Promise<Postmaster> {
    for (let polls = 0; polls * POLL_MS < START_SECONDS_MAX * 1_000; polls += 1) {
      const found = await readPostmaster(this.folder);
      if (found && (await isPostgresProcess(found.pid))) {
        if (found.ready && (await this.answers(found.port))) return found;
      } else {
        await this.launch();
      }
      await pause(POLL_MS);
    }
    throw new Error(`The embedded PostgreSQL in ${this.folder} did not start within ${START_SECONDS_MAX} s; its log is ${this.folder}.log.`);
  }

  /** Starts a postmaster and waits until it is ready or has ended; it ends when another one is quicker, which is no fault. */
  private async launch(): Promise<void> {
    const port = this.port || (await freePort());
    const logPath = `${this.folder}.log`;
    const tooLong = await stat(logPath).then(({ size }) => size > LOG_BYTES_MAX, () => false);
    const output = await open(logPath, tooLong ? "w" : "a", 0o600);
    const child = startPostmaster(this.program, { folder: this.folder, port, stdio: ["ignore", output.fd, output.fd], settings: { unix_socket_directories: this.sockets ? "." : "" } });
    child.once("error", (error) => this.options.log.error("postgres_start_failed", { error }));
    child.unref();
    await output.close();
    const runs = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
    for (let polls = 0; runs() && polls * POLL_MS < START_SECONDS_MAX * 1_000; polls += 1) {
      const found = await readPostmaster(this.folder);
      if (found?.pid === child.pid && found?.ready) return;
      await pause(POLL_MS);
    }
    const other = await readPostmaster(this.folder);
    if (other && (await isPostgresProcess(other.pid))) return;
    await this.explainEnd(logPath);
  }

  /** A leftover lock file of another program's number, or memory of a dying predecessor, passes: then the caller tries again. */
  private async explainEnd(logPath: string): Promise<void> {
    const last = (await readFile(logPath, "utf8")).trimEnd().split("\n").slice(-3).join(" ");
    const withoutSocket = /could not create any Unix-domain sockets/.test(last);
    if (withoutSocket) this.sockets = false;
    const passes = withoutSocket || /shared memory block|lock file|could not bind|Address already in use/.test(last);
    if (!passes) throw new Error(`The embedded PostgreSQL in ${this.folder} ended at its start: ${last}`);
    this.options.log.warn("postgres_start_repeated", { reason: last });
    if (/could not bind|Address already in use/.test(last)) this.port = 0;
    await pause(POLL_MS * 10);
  }

  /** Our password opens only our cluster: a foreign server on a port that was used again does not pass. */
  private async answers(port: number): Promise<boolean> {
    try {
      await makeApplicationDatabase(port, this.password);
      return true;
    } catch (error) {
      if (error instanceof postgres.PostgresError && error.code === "28P01") {
        throw new Error(`The PostgreSQL in ${this.folder} does not take the password in ${this.folder}.password; bring the file back from a backup.`, { cause: error });
      }
      return false;
    }
  }

  private async takeLease({ port }: Postmaster): Promise<void> {
    const lease = postgres(clusterUrl(port, this.password), {
      max: 1, idle_timeout: 0, max_lifetime: null, onnotice: () => undefined,
      connection: { application_name: "mochila lease", tcp_keepalives_idle: 60 },
      onclose: () => this.onLeaseLost(lease),
    });
    this.port = port;
    await lease`select pg_advisory_lock_shared(${LEASE})`;
    if (this.options.exclusive) await this.takeServerLock(lease);
    this.lease = lease;
  }

  private async takeServerLock(lease: postgres.Sql): Promise<void> {
    for (let polls = 0; polls < SERVER_LOCK_POLLS_MAX; polls += 1) {
      const [row] = await lease<{ taken: boolean }[]>`select pg_try_advisory_lock(${SERVER}) as taken`;
      if (row?.taken) return;
      await pause(POLL_MS);
    }
    await lease.end();
    throw new Error(`Another Mochila already runs on the data folder ${resolve(this.options.dataDir)}; stop it first, or set DATA_DIR to another folder.`);
  }

  private onLeaseLost(lost: postgres.Sql): void {
    if (this.stopping || this.lease !== lost) return;
    this.lease = null;
    this.options.log.error("postgres_lost", { port: this.port });
    void this.revive(lost);
  }

  private async revive(lost: postgres.Sql): Promise<void> {
    await lost.end({ timeout: 0 });
    while (!this.stopping) {
      try {
        await this.takeLease(await this.ensureRunning());
        this.options.log.info("postgres_back", { port: this.port });
        return;
      } catch (error) {
        this.options.log.error("postgres_still_lost", { error });
        await pause(1_000);
      }
    }
  }

  private async leave(): Promise<void> {
    const lease = this.lease;
    if (!lease) return;
    const alone = await isAlone(lease);
    const found = alone ? await readPostmaster(this.folder) : null;
    // SIGINT, «fast shutdown»: open transactions are rolled back, everything committed is written, connections end; ours too.
    if (found) signal(found.pid, "SIGINT");
    await lease.end({ timeout: 0 });
    if (found) await this.waitForEnd(found.pid);
  }

  private async waitForEnd(pid: number): Promise<void> {
    for (let polls = 0; polls * POLL_MS < STOP_SECONDS_MAX * 1_000; polls += 1) {
      if (!signal(pid, 0)) return;
      await pause(POLL_MS);
    }
    // Loses nothing: what was committed is in the log, and the next start recovers from it.
    this.options.log.warn("postgres_stop_forced", { pid });
    signal(pid, "SIGQUIT");
  }
}

/** True when nobody else holds the lease; then nobody gets it any more until our connection ends. */
async function isAlone(lease: postgres.Sql): Promise<boolean> {
  try {
    await lease`select pg_advisory_unlock_shared(${LEASE})`;
    const [row] = await lease<{ alone: boolean }[]>`select pg_try_advisory_lock(${LEASE}) as alone`;
    return row?.alone ?? false;
  } catch {
    return false;
  }
}

/** False when there is no such process. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function ignoreExisting(error: NodeJS.ErrnoException): void {
  if (error.code !== "EEXIST") throw error;
}
