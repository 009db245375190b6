import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import type { DeviceAnswers } from "./device-process.ts";

interface Answer {
  readonly id: number;
  readonly answer?: unknown;
  readonly error?: string;
}

/** A device in a process of its own, asked from here. */
export class RemoteDevice {
  readonly #waiting = new Map<number, { done(answer: unknown): void; fail(error: Error): void }>();
  #asked = 0;

  private constructor(readonly email: string, private readonly child: ChildProcess) {
    child.on("message", ({ id, answer, error }: Answer) => {
      const waits = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waits?.done(answer);
      else waits?.fail(new Error(error));
    });
  }

  static async open(email: string, url: string, courseId: string): Promise<RemoteDevice> {
    const child = fork(join(import.meta.dirname, "device-process.ts"), [email, url, courseId], { execArgv: ["--import", "tsx"], stdio: ["ignore", "ignore", "inherit", "ipc"] });
    await once(child, "message");
    return new RemoteDevice(email, child);
  }

  ask<Ask extends keyof DeviceAnswers>(ask: Ask, ...about: Parameters<DeviceAnswers[Ask]>): ReturnType<DeviceAnswers[Ask]> {
    const id = (this.#asked += 1);
    const answer = new Promise<unknown>((done, fail) => this.#waiting.set(id, { done, fail }));
    this.child.send({ id, ask, about });
    return answer as ReturnType<DeviceAnswers[Ask]>;
  }

  /** The process goes as an app goes that is swiped away. */
  async close(): Promise<void> {
    const ended = once(this.child, "exit");
    this.child.kill("SIGKILL");
    await ended;
  }
}
