import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { programArguments } from "@mochila/sync-server/test-program.ts";
import { copyDemoSchool } from "./demo-school.ts";

export const projectRoot = join(import.meta.dirname, "..", "..");
/** The folder of the real data, or null where it is not. */
export const realData = [process.env["MOCHILA_DATA"], join(projectRoot, "..", "shared", "data")].find((path) => path !== undefined && existsSync(path)) ?? null;

export const password = "mochila-demo";
export const emailOf = (person: "admin" | "ana" | "luis" | "sofia" | "ben" | "mei"): string => `${person}@demo.school`;

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}

/** Runs the program to its end; throws with what it printed when it fails. */
async function runToEnd(args: readonly string[], environment: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, args, { cwd: projectRoot, env: { ...process.env, ...environment }, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output += chunk.toString()));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`exit ${String(code)}: ${output.slice(-2_000)}`);
  return output;
}

/** What says that a school is not the demo of its own folder. */
const OF_ANOTHER_SCHOOL = ["SEED", "DATABASE_URL", "DATA_DIR"];

async function makeDemoSchool(folder: string): Promise<void> {
  const school = await School.prepare({ DATA_DIR: folder });
  await school.start();
  await school.close();
}

/**
 * A real school on this machine: the server with its embedded stores, on one port and one data folder that survive restarts.
 * `kill` is SIGKILL, as a power cut of the program; the stores go on or not as they would in life.
 */
export class School {
  #server: ChildProcess | null = null;
  #printed: string[] = [];

  private constructor(readonly port: number, private readonly settings: Record<string, string>, readonly dataDir: string) {}

  /** Of the demo, a few seconds after its first start ended, where nothing else is asked for. */
  static async open(settings: Record<string, string> = {}): Promise<School> {
    const school = await School.prepare(settings);
    if (!OF_ANOTHER_SCHOOL.some((name) => name in settings)) {
      rmdirSync(school.dataDir);
      await copyDemoSchool(makeDemoSchool, school.dataDir);
    }
    await school.start();
    return school;
  }

  /** An empty folder and a port; nothing runs yet. */
  static async prepare(settings: Record<string, string> = {}): Promise<School> {
    return new School(await freePort(), settings, mkdtempSync(join(tmpdir(), "mochila-school-")));
  }

  get url(): string {
    return `http://localhost:${this.port}`;
  }

  get #environment(): Record<string, string> {
    return { PORT: String(this.port), DATA_DIR: this.dataDir, SEED: "demo", ...this.settings };
  }

  /** Starts the server and waits for its `ready` line. Returns the milliseconds it took. */
  async start(): Promise<number> {
    const started = performance.now();
    this.#printed = [];
    const program = await programArguments("main");
    const server = spawn(process.execPath, program, {
      cwd: projectRoot, env: { ...process.env, ...this.#environment }, stdio: ["ignore", "pipe", "pipe"],
    });
    this.#server = server;
    const note = (line: string): void => void (this.#printed.length < 5_000 && this.#printed.push(line));
    createInterface({ input: server.stderr }).on("line", note);
    const lines = createInterface({ input: server.stdout });
    await new Promise<void>((resolve, reject) => {
      lines.on("line", (line) => {
        note(line);
        if (line.startsWith("ready ")) resolve();
      });
      server.once("exit", (code, signal) => reject(new Error(`the server ended with ${code ?? signal}: ${this.#printed.slice(-20).join("\n")}`)));
    });
    return performance.now() - started;
  }

  /** The server's process, for those who measure what it costs. */
  get processId(): number {
    const id = this.#server?.pid;
    if (id === undefined) throw new Error("the server is not running");
    return id;
  }

  get printed(): readonly string[] {
    return this.#printed;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, "exit");
    server.kill(signal);
    await ended;
  }

  kill(): Promise<void> {
    return this.#end("SIGKILL");
  }

  stop(): Promise<void> {
    return this.#end("SIGTERM");
  }

  async command(...args: string[]): Promise<string> {
    return runToEnd([...(await programArguments("cli")), ...args], this.#environment);
  }

  /** Stops everything and removes the data. Starts once more if it was killed, so that the stores are ended in order. */
  async close(): Promise<void> {
    if (!this.#server) await this.start();
    await this.stop();
    rmSync(this.dataDir, { recursive: true, force: true });
  }
}
