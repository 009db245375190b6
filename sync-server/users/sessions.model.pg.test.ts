import { systemRandom } from "@mochila/shared/kernel/random.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { silentLog } from "../log.ts";
import { findById, type PersonRow } from "./people.ts";
import { SessionCheck } from "./session-check.ts";
import { type Opened, Sessions } from "./sessions.ts";
import { SigningKeys } from "./signing-keys.ts";
import { makePerson } from "./test-browser.ts";
import { TestClock } from "./test-clock.ts";

// Fault S-06, its random half: sequences of refreshes against the real `Sessions` on PostgreSQL, over two instances.
// Named by the engine's rule: nobody honest is signed out by a bad line, a killed browser or a second tab; whoever uses a stolen token is caught.

const LONG = Boolean(process.env["TEST_LONG"]);
const SEQUENCES = LONG ? 10_000 : 160;
const STEPS_MAX = 14;
const AT_ONCE = 12;
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
/** What Chromium holds in memory before a cookie is on its disk. */
const UNWRITTEN_MS = 30 * SECOND;

let test_: Awaited<ReturnType<typeof createTestDatabase>>;
let person: PersonRow;
let keys: SigningKeys;

beforeAll(async () => {
  test_ = await createTestDatabase();
  const row = await findById(test_.database.sql, (await makePerson(test_.database)).id);
  if (!row) throw new Error("nobody was made");
  person = row;
  keys = new SigningKeys({ database: test_.database, clock: new TestClock(), random: systemRandom });
});
afterAll(() => test_.drop());

/** Numbers of one seed (mulberry32). */
function numbersOf(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

type Outcome = { readonly kind: "opened"; readonly opened: Opened } | { readonly kind: "ended" };

/** One family of tokens on two instances, with its own time. */
class Family {
  readonly clock = new TestClock();
  readonly #instances: { sessions: Sessions; check: SessionCheck }[];
  readonly history: string[] = [];
  caught = false;

  constructor(readonly below: (below: number) => number) {
    const { database } = test_;
    this.#instances = [0, 1].map(() => ({
      sessions: new Sessions({ database, keys, clock: this.clock, random: systemRandom, log: silentLog, hints: { publish: () => undefined } }),
      check: new SessionCheck({ database, keys, clock: this.clock }),
    }));
  }

  get #instance() {
    const instance = this.#instances[this.below(2)];
    if (!instance) throw new Error("two instances");
    return instance;
  }

  open = (): Promise<Opened> => this.#instance.sessions.open(person, { device: "", network: "", factor: "none", sharedComputer: false });

  async refresh(token: string): Promise<Outcome> {
    try {
      return { kind: "opened", opened: await this.#instance.sessions.refresh(token, "") };
    } catch {
      return { kind: "ended" };
    }
  }

  /** Speaks with the server: true if it was let in. */
  async use(accessToken: string): Promise<boolean> {
    return this.#instance.check.authenticate(accessToken).then(() => true, () => false);
  }
}

/** A browser: the cookie in its memory and what is on its disk, the access token of its page, which has none before its first refresh. */
class Holder {
  #written: { readonly token: string; readonly at: number }[];
  /** The answer to the last refresh was lost: the server is a token ahead already. */
  #behind = false;

  constructor(readonly name: string, readonly family: Family, cookie: string, private accessToken: string | null) {
    this.#written = [{ token: cookie, at: -Infinity }];
  }

  get cookie(): string {
    return this.#written.at(-1)?.token ?? "";
  }

  #take(opened: Opened): void {
    this.accessToken = opened.accessToken;
    this.#behind = false;
    if (opened.refreshToken !== this.cookie) this.#written.push({ token: opened.refreshToken, at: this.family.clock.now() });
  }

  /** `lost`: it reached the server, and the answer did not come back. `tabs`: so many at the same moment. */
  async refresh({ lost = false, tabs = 1 } = {}): Promise<boolean> {
    const { cookie } = this;
    const answers = await Promise.all(Array.from({ length: tabs }, () => this.family.refresh(cookie)));
    this.family.history.push(`${this.name} refresh${lost ? " lost" : ""}${tabs > 1 ? ` by ${tabs} tabs` : ""}: ${answers.map(({ kind }) => kind).join()}`);
    for (const answer of answers) if (answer.kind === "opened" && !lost) this.#take(answer.opened);
    if (lost) this.#behind = true;
    const brought = new Set(answers.map((answer) => (answer.kind === "opened" ? answer.opened.refreshToken : "")));
    if (brought.size > 1) throw new Error("tabs got different tokens");
    return answers.every(({ kind }) => kind === "opened");
  }

  /**
   * The system takes its memory: the newest cookie is gone, if it was not on the disk yet. Only that one, and only if the server is not a token
   * ahead besides: who is two behind cannot be told from a thief (SPEC, gaps).
   */
  kill(): void {
    this.accessToken = null;
    const newest = this.#written.at(-1);
    const unwritten = newest !== undefined && !this.#behind && this.family.clock.now() - newest.at < UNWRITTEN_MS;
    // What is left is on the disk.
    this.#written = this.#written.slice(0, unwritten && this.family.below(2) === 0 ? -1 : undefined).map(({ token }) => ({ token, at: -Infinity }));
    this.family.history.push(`${this.name} killed`);
  }

  async use(): Promise<boolean> {
    const letIn = this.accessToken !== null && (await this.family.use(this.accessToken));
    this.family.history.push(`${this.name} uses: ${letIn ? "in" : "out"}`);
    return letIn;
  }
}

async function begin(family: Family): Promise<Holder> {
  const { refreshToken, accessToken } = await family.open();
  return new Holder("browser", family, refreshToken, accessToken);
}

const times = [SECOND, 10 * SECOND, 29 * SECOND, 32 * SECOND, 59 * SECOND, 61 * SECOND, 9 * MINUTE, 11 * MINUTE, 3 * HOUR, 2 * DAY];

function pass(family: Family): void {
  const milliseconds = times[family.below(times.length)] ?? 0;
  family.clock.pass(milliseconds);
  family.history.push(`${milliseconds / SECOND} s pass`);
}

/** What happens to an honest browser. Answers whether it still is signed in. */
async function live(holder: Holder): Promise<boolean> {
  switch (holder.family.below(8)) {
    case 0:
    case 1:
      return holder.refresh();
    case 2:
      return holder.refresh({ lost: true });
    case 3:
      return holder.refresh({ tabs: 2 + holder.family.below(2) });
    case 4:
      holder.kill();
      return true;
    case 5:
      // An access token that ran out is no sign-out.
      await holder.use();
      return true;
    default:
      pass(holder.family);
      return true;
  }
}

/** Nothing but bad luck: nobody is signed out. */
async function honest(family: Family): Promise<void> {
  const browser = await begin(family);
  const steps = 4 + family.below(STEPS_MAX);
  for (let step = 0; step < steps; step += 1) if (!(await live(browser))) throw new Error("an honest person was signed out");
  if (!(await browser.refresh()) || !(await browser.use())) throw new Error("an honest person was signed out at the end");
}

/** Somebody copies the cookie; from then on both live. As soon as both have gone on for a while, one of them was caught, and all of it is over. */
async function stolen(family: Family): Promise<void> {
  const browser = await begin(family);
  const before = family.below(5);
  for (let step = 0; step < before; step += 1) if (!(await live(browser))) throw new Error("an honest person was signed out before the theft");
  const thief = new Holder("thief", family, browser.cookie, null);
  family.history.push("the cookie is stolen");
  const both = family.below(6);
  for (let step = 0; step < both && !family.caught; step += 1) if (!(await live(family.below(2) === 0 ? browser : thief))) family.caught = true;
  for (let rounds = 0; rounds < 4 && !family.caught; rounds += 1) {
    for (const holder of [browser, thief]) {
      family.clock.pass(2 * MINUTE);
      if (!(await holder.refresh())) family.caught = true;
      // At work: the page is used after its first minute too.
      family.clock.pass(2 * MINUTE);
      await holder.use();
    }
  }
  if (!family.caught) throw new Error("a reuse was not caught");
  family.clock.pass(5_001);
  for (const holder of [browser, thief]) if ((await holder.use()) || (await holder.refresh())) throw new Error("the family goes on after a reuse");
}

test(`S-06 RT1 ${SEQUENCES} random sequences of refreshes: no honest person is signed out, every reuse is caught`, { timeout: 3_600_000 }, async () => {
  const seeds = Array.from({ length: SEQUENCES }, (_, index) => index + 1);
  const counts = { honest: 0, stolen: 0, refreshes: 0 };
  const work = async (): Promise<void> => {
    for (let seed = seeds.pop(); seed !== undefined; seed = seeds.pop()) {
      const below = numbersOf(seed);
      const family = new Family(below);
      const kind = below(2) === 0 ? "honest" : "stolen";
      try {
        await (kind === "honest" ? honest(family) : stolen(family));
      } catch (error) {
        throw new Error(`seed ${seed}, ${kind}: ${String(error)}\n${family.history.join("\n")}`, { cause: error });
      }
      counts[kind] += 1;
      if ((counts.honest + counts.stolen) % 500 === 0) console.log(`S-06: ${counts.honest + counts.stolen} sequences`);
      counts.refreshes += family.history.filter((line) => line.includes("refresh")).length;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  console.log(`S-06: ${counts.honest} honest and ${counts.stolen} stolen families, ${counts.refreshes} refreshes`);
  expect(counts.honest + counts.stolen).toBe(SEQUENCES);
  expect(counts.refreshes).toBeGreaterThan(SEQUENCES * 3);
});
