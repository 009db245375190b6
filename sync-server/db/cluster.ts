import { type ChildProcess, spawn, type StdioOptions } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chown, mkdir, open, readFile, rm, unlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import postgres from "postgres";
import type { PostgresProgram } from "./postgres-program.ts";

// One PostgreSQL cluster in one folder: making it, starting its postmaster, asking how it is. Who owns it is the business of others.

export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  readonly ready: boolean;
}

export const newPassword = (): string => randomBytes(24).toString("base64url");

export const clusterUrl = (port: number, password: string): string => `postgres://mochila:${password}@127.0.0.1:${port}/mochila`;

/**
 * How to name `folder` to PostgreSQL. As root on Linux: by its own working directory, which we enter before the account changes;
 * so the account needs no right on the folders above, and `DATA_DIR` may lie below /root.
 */
const nameOf = (program: PostgresProgram, folder: string): string => (program.account && process.platform === "linux" ? "/proc/self/cwd" : folder);

interface Spawned {
  readonly command: string;
  readonly args: readonly string[];
  readonly folder: string;
  readonly stdio: StdioOptions;
}

/** Starts `command` in a process group of its own: Ctrl-C at a terminal must reach us, and only us, first. */
function start(program: PostgresProgram, { command, args, folder, stdio }: Spawned): ChildProcess {
  const environment = { PATH: process.env["PATH"] ?? "", LC_ALL: "C", TZ: "UTC" };
  return spawn(command, args, { ...program.account, cwd: folder, stdio, env: environment, detached: true });
}

/** Makes an empty cluster in `folder`, which must not exist. `password`: of the superuser postgres. Throws what initdb says. */
export async function makeCluster(program: PostgresProgram, { folder, password, flags = [] }: { folder: string; password: string; flags?: readonly string[] }): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  const secretPath = `${folder}.secret`;
  await writeFile(secretPath, `${password}\n`, { mode: 0o600 });
  if (program.account) await Promise.all([folder, secretPath].map((path) => chown(path, program.account?.uid ?? 0, program.account?.gid ?? 0)));
  const secret = await open(secretPath, "r");
  try {
    const args = ["-D", nameOf(program, folder), "-U", "postgres", "--pwfile=/dev/stdin", "--auth=scram-sha-256", "--encoding=UTF8",
      "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--no-instructions", ...flags];
    const child = start(program, { command: join(program.folder, "bin", "initdb"), args, folder, stdio: [secret.fd, "ignore", "pipe"] });
    let complaint = "";
    child.stderr?.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-2_000)));
    const code = await exitOf(child);
    if (code !== 0) throw new Error(`PostgreSQL could not make its data folder ${folder}: ${complaint.trim()}`);
  } finally {
    await secret.close();
    await unlink(secretPath);
  }
}

export const exitOf = (child: ChildProcess): Promise<number | null> =>
  new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));

export interface PostmasterStart {
  readonly folder: string;
  readonly port: number;
  readonly stdio: StdioOptions;
  readonly settings?: Readonly<Record<string, string>>;
  /** A program that runs the postmaster as its child, with its arguments before those of PostgreSQL. */
  readonly under?: readonly [string, ...string[]];
}

export function startPostmaster(program: PostgresProgram, { folder, port, stdio, settings = {}, under }: PostmasterStart): ChildProcess {
  const all = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "80", log_min_messages: "warning", ...settings };
  const args = ["-D", nameOf(program, folder), "-p", String(port), ...Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`])];
  const executable = join(program.folder, "bin", "postgres");
  const [command, ...before] = under ?? [executable];
  return start(program, { command, args: under ? [...before, executable, ...args] : args, folder, stdio });
}

/** What the file `postmaster.pid` says; null when there is none or it is being written. The process may be gone already. */
export async function readPostmaster(folder: string): Promise<Postmaster | null> {
  const lines = (await readFile(join(folder, "postmaster.pid"), "utf8").catch(() => "")).split("\n");
  const [pid, port] = [Number(lines[0]), Number(lines[3])];
  return pid > 0 && port > 0 ? { pid, port, ready: lines[7]?.trim() === "ready" } : null;
}

/** A number that no process is, or that another program got since, is not our postmaster. */
export async function isPostgresProcess(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "postgres");
  return name.trim() === "postgres";
}

/** A TCP port of 127.0.0.1 that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const probe = createServer().once("error", reject);
    probe.listen(0, "127.0.0.1", () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === "object" && address ? address.port : 0));
    });
  });

/** Makes the role and the database of the application, where they are missing. The role is no superuser. */
export async function makeApplicationDatabase(port: number, password: string): Promise<void> {
  const sql = postgres({ host: "127.0.0.1", port, user: "postgres", password, database: "postgres", max: 1, onnotice: () => undefined });
  try {
    const [found] = await sql`select 1 from pg_database where datname = 'mochila'`;
    if (found) return;
    // Two processes may come here at once; whoever is second finds it done.
    const [role] = await sql`select 1 from pg_roles where rolname = 'mochila'`;
    if (!role) await sql.unsafe(`create role mochila login password '${password}'`).catch(ignoreExisting);
    await sql.unsafe("create database mochila owner mochila").catch(ignoreExisting);
  } finally {
    await sql.end();
  }
}

/** duplicate_object, duplicate_database, unique_violation: another process was quicker. */
function ignoreExisting(error: unknown): void {
  const code = error instanceof postgres.PostgresError ? error.code : "";
  if (!["42710", "42P04", "23505"].includes(code)) throw error;
}

export const removeFolder = (folder: string): Promise<void> => rm(folder, { recursive: true, force: true });
