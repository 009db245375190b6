import { describe, expect, test } from "vitest";
import { type Lease, Leadership, type LeadershipOptions } from "./leader.ts";

type Holder = { readonly end: (error: Error) => void };

/** Web Locks of one name, as the standard has them: a queue, `signal`, and `steal`, which ends the holder's request with an AbortError. */
class Locks {
  #holder: Holder | null = null;
  readonly #queue: (() => void)[] = [];

  request(_name: string, options: { signal?: AbortSignal; steal?: boolean }, work: () => Promise<unknown>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const run = () => {
        const holder: Holder = { end: reject };
        this.#holder = holder;
        void work().then((value) => {
          resolve(value);
          if (this.#holder === holder) this.#next();
        });
      };
      options.signal?.addEventListener("abort", () => {
        const place = this.#queue.indexOf(run);
        if (place >= 0) this.#queue.splice(place, 1);
        reject(new DOMException("gave up its place", "AbortError"));
      });
      if (options.steal === true) {
        this.#holder?.end(new DOMException("stolen", "AbortError"));
        run();
      } else if (this.#holder) this.#queue.push(run);
      else run();
    });
  }

  #next(): void {
    this.#holder = null;
    this.#queue.shift()?.();
  }
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

function browser() {
  const locks = new Locks() as unknown as LockManager;
  let generation = 0;
  const leaders: string[] = [];
  const answers = { alive: true };
  const tab = (name: string, options: Partial<LeadershipOptions> = {}) => {
    const leases: Lease[] = [];
    const leadership = new Leadership({
      locks,
      name: "leader",
      generation: { read: () => generation, advance: () => (generation += 1) },
      isVisible: () => true,
      leaderAnswers: () => Promise.resolve(answers.alive),
      onLead: (lease) => {
        leases.push(lease);
        leaders.push(name);
      },
      onLose: () => leaders.push(`not ${name}`),
      ...options,
    });
    leadership.start();
    return { leadership, leases };
  };
  return { tab, leaders, answers };
}

describe("one leader (DECISIONS 15)", () => {
  test("the first tab leads; the next follows when it closes", async () => {
    const { tab, leaders } = browser();
    const [first, second] = [tab("first"), tab("second")];
    expect([first.leadership.leading, second.leadership.leading]).toEqual([true, false]);
    first.leadership.stop();
    await settled();
    expect(leaders).toEqual(["first", "second"]);
    expect(first.leases[0]?.valid()).toBe(false);
    expect(second.leases[0]?.valid()).toBe(true);
  });

  test("a tab does not take over from a leader that answers", async () => {
    const { tab, leaders } = browser();
    tab("first");
    await tab("second").leadership.check();
    expect(leaders).toEqual(["first"]);
  });

  test("a visible tab takes over from one that is frozen, whose lease ends before it is told", async () => {
    const { tab, leaders, answers } = browser();
    const frozen = tab("frozen");
    const shown = tab("shown");
    answers.alive = false;
    const lease = frozen.leases[0];
    await shown.leadership.check();
    expect(lease?.valid()).toBe(false);
    expect(shown.leases.at(-1)?.valid()).toBe(true);
    await settled();
    expect(leaders).toEqual(["frozen", "shown", "not frozen"]);
  });

  test("a tab in the background takes nothing", async () => {
    const { tab, leaders, answers } = browser();
    tab("frozen");
    answers.alive = false;
    await tab("hidden", { isVisible: () => false }).leadership.check();
    expect(leaders).toEqual(["frozen"]);
  });

  test("the thawed tab queues again and leads when the other closes", async () => {
    const { tab, answers, leaders } = browser();
    const thawed = tab("thawed");
    const shown = tab("shown");
    answers.alive = false;
    await shown.leadership.check();
    await settled();
    shown.leadership.stop();
    await settled();
    expect(leaders.at(-1)).toBe("thawed");
    expect(thawed.leases).toHaveLength(2);
    expect([thawed.leases[0]?.valid(), thawed.leases[1]?.valid()]).toEqual([false, true]);
  });
});
