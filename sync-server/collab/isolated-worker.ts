import { Worker } from "node:worker_threads";
import { CodedError } from "@mochila/shared/errors.ts";

/** Why a job has no result: it took too long or too much memory (`ended`), or the code in the worker threw (`refused`). */
export class JobFailure extends Error {
  override name = "JobFailure";
  constructor(
    readonly kind: "ended" | "refused",
    message: string,
  ) {
    super(message);
  }
}

interface Job {
  readonly message: unknown;
  readonly deadlineMs: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (failure: Error) => void;
}

export interface WorkerBounds {
  readonly memoryMbMax: number;
  /** Less than the main thread has: what was decoded here cannot end the stack there. */
  readonly stackMb: number;
}

const JOBS_WAITING_MAX = 10_000;

/**
 * Duty: runs jobs one after the other in a thread that may be ended at any time, so that bytes of a stranger can neither block nor
 * exhaust the process that serves everyone.
 * Invariant: at most one job is in the thread; jobs end in the order in which they came.
 * What breaks: a job that overruns its deadline, the memory bound or the stack takes the thread with it.
 * How it recovers: that job alone fails, `onRestart` is told (what the thread remembered is gone), the rest goes on in a new thread.
 */
export class IsolatedWorker {
  #worker: Worker | null = null;
  #ready = false;
  #current: Job | null = null;
  #timer: NodeJS.Timeout | null = null;
  #stopped = false;
  readonly #waiting: Job[] = [];

  constructor(
    private readonly program: URL,
    private readonly bounds: WorkerBounds,
    private readonly onRestart: () => void = () => undefined,
  ) {}

  run(message: unknown, deadlineMs: number): Promise<unknown> {
    if (this.#stopped || this.#waiting.length >= JOBS_WAITING_MAX) return Promise.reject(new CodedError("unavailable", "too many updates at once"));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ message, deadlineMs, resolve, reject });
      this.#next();
    });
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    const worker = this.#worker;
    this.#lose(new JobFailure("ended", "the server stops"));
    for (const job of this.#waiting.splice(0)) job.reject(new JobFailure("ended", "the server stops"));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#current || this.#waiting.length === 0) return;
    const worker = this.#worker ?? this.#start();
    if (!this.#ready) return;
    const job = this.#waiting.shift();
    if (!job) return;
    this.#current = job;
    this.#timer = setTimeout(() => {
      this.#lose(new JobFailure("ended", `no result within ${job.deadlineMs} ms`));
      void worker.terminate();
      this.#next();
    }, job.deadlineMs);
    worker.postMessage(job.message);
  }

  #start(): Worker {
    const { memoryMbMax, stackMb } = this.bounds;
    const worker = new Worker(this.program, {
      execArgv: [],
      env: {},
      resourceLimits: { maxOldGenerationSizeMb: memoryMbMax, maxYoungGenerationSizeMb: 32, stackSizeMb: stackMb },
    });
    worker.unref();
    this.#worker = worker;
    worker.on("message", (message: { ready?: true; result?: unknown; refused?: string }) => {
      if (worker === this.#worker) this.#answer(message);
    });
    worker.on("error", (error) => this.#crashed(worker, error));
    worker.on("exit", () => this.#crashed(worker, new Error("the thread ended")));
    return worker;
  }

  #answer(message: { ready?: true; result?: unknown; refused?: string }): void {
    if (message.ready) this.#ready = true;
    else {
      const job = this.#current;
      this.#clear();
      if (message.refused === undefined) job?.resolve(message.result);
      else job?.reject(new JobFailure("refused", message.refused));
    }
    this.#next();
  }

  #crashed(worker: Worker, error: Error): void {
    if (worker !== this.#worker) return;
    this.#lose(new JobFailure("ended", error.message));
    if (!this.#stopped) this.#next();
  }

  #clear(): void {
    if (this.#timer) clearTimeout(this.#timer);
    this.#timer = null;
    this.#current = null;
  }

  #lose(failure: JobFailure): void {
    const job = this.#current;
    this.#worker = null;
    this.#ready = false;
    this.#clear();
    this.onRestart();
    job?.reject(failure);
  }
}
