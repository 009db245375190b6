/** What a leader may rely on until `ended`. */
export interface Lease {
  /** False as soon as another tab took over, also before this tab was told. */
  valid(): boolean;
}

/** A number that every tab reads at once. The highest one leads. */
export interface GenerationStore {
  read(): number;
  /** One more than before; returns it. */
  advance(): number;
}

export interface LeadershipOptions {
  readonly locks: LockManager;
  readonly name: string;
  readonly generation: GenerationStore;
  isVisible(): boolean;
  /** Whether the leader answers a question within the time a living tab needs. */
  leaderAnswers(): Promise<boolean>;
  onLead(lease: Lease): void;
  onLose(): void;
}

/**
 * Duty: one tab of this person sends and receives, whatever the others do.
 * Invariant: the lock's holder leads. A frozen tab keeps its lock, so a visible tab that gets no answer takes the lock from it.
 * What breaks: the frozen tab thaws in the middle of an exchange and still believes that it leads. The generation has moved on, and it
 * drops what it was about to do; its lock request ends with an error, and it queues again.
 */
export class Leadership {
  readonly #options: LeadershipOptions;
  #mine: number | null = null;
  #release: (() => void) | null = null;
  #queued: AbortController | null = null;
  #stopped = false;

  constructor(options: LeadershipOptions) {
    this.#options = options;
  }

  get leading(): boolean {
    return this.#mine !== null && this.#options.generation.read() === this.#mine;
  }

  start(): void {
    this.#queued = new AbortController();
    this.#hold({ signal: this.#queued.signal });
  }

  /** Called when the tab becomes visible and now and then: takes over from a leader that does not answer. */
  async check(): Promise<void> {
    if (this.#stopped || this.#mine !== null || !this.#options.isVisible()) return;
    if (await this.#options.leaderAnswers()) return;
    if (this.#stopped || this.#mine !== null || !this.#options.isVisible()) return;
    this.#queued?.abort();
    this.#hold({ steal: true });
  }

  stop(): void {
    this.#stopped = true;
    this.#queued?.abort();
    this.#release?.();
  }

  #lead(): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    const { generation, onLead } = this.#options;
    const mine = generation.advance();
    this.#mine = mine;
    onLead({ valid: () => this.#mine === mine && generation.read() === mine });
    return new Promise((resolve) => {
      this.#release = resolve;
    });
  }

  #hold(options: LockOptions): void {
    let granted = false;
    const held = this.#options.locks.request(this.#options.name, options, () => {
      granted = true;
      return this.#lead();
    });
    held.catch(() => {
      // Never granted: its place in the queue was given up, for a steal of our own or for good.
      if (!granted || this.#stopped) return;
      // Stolen from us.
      this.#mine = null;
      this.#options.onLose();
      this.start();
    });
  }
}
