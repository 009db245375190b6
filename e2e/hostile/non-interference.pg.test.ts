import { assert } from "@mochila/shared/kernel/assert.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { setTimeout as pause } from "node:timers/promises";
import { type Seeded, seeded } from "../simulation/seeded.ts";
import { type Cast, type Hidden, hiddenActs } from "./hidden-life.ts";
import { type Device, studentActs, visibleActs } from "./student-script.ts";
import { sameTime, type Seen, World } from "./world.ts";

// QUALITY S-03: the same script in two worlds, one of which has a life that the student must not see. Everything that reaches the student is the same, byte by byte.

const SEEDS = Number(process.env["NON_INTERFERENCE_SEEDS"] ?? (process.env["TEST_LONG"] ? 50 : 6));
const FIRST_SEED = Number(process.env["NON_INTERFERENCE_SEED"] ?? 1);
const TURNS = 40;

let plain: World;
let busy: World;
/** Who is at the school through all seeds, in either world. */
const others = new Map<World, Omit<Cast, "student" | "courseId">>();

beforeAll(async () => {
  [plain, busy] = await Promise.all([World.open(), World.open()]);
  for (const world of [plain, busy]) {
    world.begin(seeded(0));
    others.set(world, { peer: await world.person("peer@school.example"), teacher: await world.person("teacher@school.example", "instructor"), admin: await world.person("admin@school.example", "administrator") });
  }
});
afterAll(() => Promise.all([plain.close(), busy.close()]));

/** Random revisions are what they are, and what is counted over them; which of them are equal is kept. So are moments of the database's own clock. */
function normaliser(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) =>
    text.replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (rev) => {
      const name = known.get(rev) ?? `rev ${known.size}`;
      known.set(rev, name);
      return name;
    }).replaceAll(/"digest":"[0-9a-f]{12}"/g, '"digest"').replaceAll(/\b1[78]\d{11}\b/g, (moment) => (Math.abs(Number(moment) - Date.now()) < 3_600_000 ? "now" : moment));
}

interface Side {
  readonly world: World;
  readonly cast: Cast;
  readonly device: Device;
  readonly normal: (text: string) => string;
  readonly stream: { text: string };
}

async function castOf(world: World, seed: number): Promise<Cast> {
  world.begin(seeded(seed).branch(0));
  const these = others.get(world);
  assert(these, "both worlds have their people");
  const student = await world.person(`student-${seed}@school.example`);
  const courseId = await world.course(these.teacher);
  for (const person of [student, these.peer]) await world.enrol(courseId, person, "student");
  return { student, ...these, courseId };
}

async function begin(world: World, seed: number): Promise<Side> {
  const cast = await castOf(world, seed);
  const stream = { text: "" };
  const answer = await world.ask(cast.student, "GET", "/api/sync/stream");
  const read = async (): Promise<void> => {
    for await (const part of answer.body ?? []) stream.text += new TextDecoder().decode(part);
  };
  void read().catch(() => undefined);
  return { world, cast, device: { checkpoints: new Map(), modules: [], items: [] }, normal: normaliser(), stream };
}

const pickOf = <Value>(random: Seeded, acts: Readonly<Record<string, Value>>): [string, Value] => {
  const entries = Object.entries(acts);
  return entries[random.below(entries.length)] as [string, Value];
};

/** The first difference that the student sees, or null. */
async function difference(seed: number): Promise<string | null> {
  const random = seeded(seed).branch(1);
  const sides = [await begin(plain, seed), await begin(busy, seed)] as const;
  const hidden: Hidden = { courses: [], modules: [], items: [], people: [], drafts: [] };
  const story: string[] = [];
  for (let turn = 0; turn < TURNS; turn += 1) {
    const stepRandom = seeded(seed).branch(100 + turn);
    const kind = random.fraction();
    for (const { world } of sides) {
      world.clock.pass(1_000);
      world.begin(stepRandom.branch(0));
    }
    if (kind < 0.35) {
      const [name, act] = pickOf(random, hiddenActs);
      story.push(`(${name})`);
      await act({ world: busy, cast: sides[1].cast, hidden, random: stepRandom.branch(1) });
      await sameTime(plain, busy);
    } else if (kind < 0.5) {
      const [name, act] = pickOf(random, visibleActs);
      story.push(name);
      for (const side of sides) await act({ ...side, hidden, random: stepRandom.branch(1) });
      await sameTime(plain, busy);
    } else {
      const [name, act] = pickOf(random, studentActs);
      story.push(`student ${name}`);
      const seen: string[] = [];
      for (const side of sides) seen.push(side.normal(textOf(await act({ ...side, hidden, random: stepRandom.branch(1) }))));
      tally.set(name, (tally.get(name) ?? 0) + 1);
      if (seen[0] !== seen[1]) return `seed ${seed}, turn ${turn}: ${story.join("; ")}\n${firstDifference(seen[0] ?? "", seen[1] ?? "")}`;
      await sameTime(plain, busy);
    }
  }
  await pause(30);
  if (sides[0].stream.text !== sides[1].stream.text) return `seed ${seed}: the stream told ${sides[0].stream.text.length} and ${sides[1].stream.text.length} characters: ${story.join("; ")}`;
  hints += sides[0].stream.text.split("event: hint").length - 1;
  return null;
}

const tally = new Map<string, number>();
let hints = 0;
const textOf = ({ status, headers, body }: Seen): string => `${status}\n${headers.map(([name, value]) => `${name}: ${value}`).join("\n")}\n\n${body}`;

function firstDifference(one: string, other: string): string {
  let at = 0;
  while (at < one.length && one[at] === other[at]) at += 1;
  const from = Math.max(0, at - 200);
  return `without: …${one.slice(from, at + 200)}\nwith:    …${other.slice(from, at + 200)}`;
}

test(`S-03 ${SEEDS} seeds: what a student sees is the same, whatever happens that is not theirs to see`, async () => {
  const begin_ = performance.now();
  const found: string[] = [];
  for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS && found.length === 0; seed += 1) {
    const seen = await difference(seed);
    if (seen !== null) found.push(seen);
  }
  console.log(`S-03: ${SEEDS} seeds of ${TURNS} turns in ${((performance.now() - begin_) / 1_000).toFixed(0)} s; answers compared ${[...tally.values()].reduce((sum, count) => sum + count, 0)} (${[...tally].map(([name, count]) => `${name} ${count}`).join(", ")}); hints heard ${hints}`);
  expect(found).toEqual([]);
  // It has power: the student saw things, and most of what they can do was done.
  expect(hints).toBeGreaterThan(SEEDS);
  expect(tally.size).toBeGreaterThan(Object.keys(studentActs).length * 0.8);
}, 600_000);
