// A real Redis on a port of this machine with a folder of its own, for tests. Where there is no redis-server they say "not run".
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { accessSync, constants } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { createClient } from "@redis/client";
import { freePort } from "../db/cluster.ts";

const isProgram = (path: string): boolean => {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
};
const program = (process.env["PATH"] ?? "").split(delimiter).map((folder) => join(folder, "redis-server")).find(isProgram) ?? null;

export const redisIsHere = program !== null;
if (!redisIsHere) console.warn("not run: redis-server is not installed on this machine");

/** Our end of its standard input closes however a test ends; then it is killed, as a power cut would. */
const GUARD = `"$@" & redis=$!; cat >/dev/null; kill -KILL $redis; wait $redis`;

export class TestRedis {
  #guard: ChildProcess | null = null;

  private constructor(readonly port: number, private readonly folder: string, private readonly password: string) {}

  /** It is not started yet. */
  static async make({ password = "" } = {}): Promise<TestRedis> {
    return new TestRedis(await freePort(), await mkdtemp(join(tmpdir(), "mochila-redis-")), password);
  }

  get url(): string {
    return this.urlOf(this.password);
  }

  urlOf(password: string): string {
    return `redis://${password === "" ? "" : `:${password}@`}127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const settings = ["--bind", "127.0.0.1", "--port", String(this.port), "--dir", this.folder, "--save", "", "--requirepass", this.password];
    const guard = spawn("/bin/sh", ["-c", GUARD, "guard", program ?? "redis-server", ...settings], { stdio: ["pipe", "pipe", "ignore"] });
    this.#guard = guard;
    guard.unref();
    for (const stream of [guard.stdin, guard.stdout]) (stream as Socket).unref();
    let said = "";
    for await (const chunk of guard.stdout) {
      said += String(chunk);
      if (said.includes("Ready to accept connections")) break;
    }
    if (!said.includes("Ready to accept connections")) throw new Error(`redis-server did not start: ${said}`);
  }

  /** One command of an operator. */
  async ask(...command: string[]): Promise<void> {
    const operator = await createClient({ url: this.url }).connect();
    await operator.sendCommand(command);
    await operator.close();
  }

  /** It goes on taking connections and answers nothing for so long. */
  fallSilent(ms: number): Promise<void> {
    return this.ask("CLIENT", "PAUSE", String(ms), "ALL");
  }

  async kill(): Promise<void> {
    const guard = this.#guard;
    this.#guard = null;
    if (!guard || guard.exitCode !== null) return;
    const ended = once(guard, "exit");
    guard.ref();
    guard.stdin?.end();
    await ended;
  }

  async drop(): Promise<void> {
    await this.kill();
    await rm(this.folder, { recursive: true, force: true });
  }
}
