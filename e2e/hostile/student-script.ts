import { draftId } from "@mochila/shared/drafts/schema.ts";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { Seeded } from "../simulation/seeded.ts";
import { type Cast, type Hidden, push } from "./hidden-life.ts";
import type { Seen, World } from "./world.ts";

const collections = registry.map(({ name }) => name);

export interface Device {
  readonly checkpoints: Map<string, unknown>;
  /** Modules and pages that the student may see. */
  readonly modules: string[];
  readonly items: string[];
}

interface Turn {
  readonly world: World;
  readonly cast: Cast;
  /** What may exist in the other world only: the student guesses it all the same. */
  readonly hidden: Hidden;
  readonly device: Device;
  readonly random: Seeded;
}

async function pull({ world, cast, device }: Turn, more: Record<string, unknown> = {}, limit?: number): Promise<Seen> {
  const pulls = collections.map((collection) => ({ collection, checkpoint: device.checkpoints.get(collection) ?? null, ...(limit !== undefined && { limit }) }));
  const answer = await world.send(cast.student, "POST", "/api/sync/pull", { pulls, ...more });
  if (answer.status === 200) {
    const { results } = JSON.parse(answer.body) as { results: { collection: string; checkpoint?: unknown }[] };
    for (const { collection, checkpoint } of results) if (checkpoint !== undefined) device.checkpoints.set(collection, checkpoint);
  }
  return answer;
}

const anyId = ({ hidden, device, random, world }: Turn): string =>
  random.pick([random.pick(hidden.courses), random.pick(hidden.modules), random.pick(hidden.items), random.pick(hidden.drafts), random.pick(hidden.people)?.id, random.pick(device.items), world.newId()].filter((id) => id !== undefined)) ?? "";

const ownDraft = ({ cast: { student, courseId } }: Turn, itemId: string) => {
  const kind = "note" as const;
  return { id: draftId({ userId: student.id, itemId, kind }), userId: student.id, courseId, itemId, kind, body: "mine", createdAt: 0 };
};

/** What the student does, and tries: the right thing, and what should not work. Each answers with what they see. */
export const studentActs: Readonly<Record<string, (turn: Turn) => Promise<Seen>>> = {
  "pulls": (turn) => pull(turn),
  "pulls page by page": (turn) => pull(turn, {}, 1 + turn.random.below(2)),
  "pulls from the beginning": (turn) => {
    turn.device.checkpoints.clear();
    return pull(turn, {}, turn.random.pick([1, 3, 400]));
  },
  "has it checked": (turn) => pull(turn, { check: true }),
  "marks a page": (turn) => {
    const itemId = turn.random.pick(turn.device.items) ?? turn.world.newId();
    const { student, courseId } = turn.cast;
    return push(turn.world, student, "progress", { id: pairId(student.id, itemId), userId: student.id, courseId, itemId, done: { value: true, at: turn.world.clock.now() } });
  },
  "marks what is hidden": (turn) => {
    const itemId = anyId(turn);
    const { student } = turn.cast;
    return push(turn.world, student, "progress", { id: pairId(student.id, itemId), userId: student.id, courseId: turn.random.pick(turn.hidden.courses) ?? turn.cast.courseId, itemId, done: { value: true, at: turn.world.clock.now() } });
  },
  "writes a note": (turn) => push(turn.world, turn.cast.student, "drafts", ownDraft(turn, anyId(turn))),
  "overwrites a peer's note": (turn) => push(turn.world, turn.cast.student, "drafts", { ...ownDraft(turn, anyId(turn)), id: turn.random.pick(turn.hidden.drafts) ?? turn.world.newId(), userId: turn.cast.peer.id }),
  "writes over a module": (turn) => push(turn.world, turn.cast.student, "modules", { id: anyId(turn), courseId: turn.cast.courseId, title: { en: "x" }, order: "V", state: "published" }),
  "takes a course's id": (turn) => turn.world.send(turn.cast.student, "POST", "/api/courses", { id: anyId(turn), title: { en: "x" }, languages: ["en"] }),
  "asks for a history": (turn) => turn.world.send(turn.cast.student, "GET", `/api/sync/history?collection=${turn.random.pick(collections) ?? ""}&id=${anyId(turn)}`),
  "asks for a file": (turn) => turn.world.send(turn.cast.student, "GET", `/api/files/${anyId(turn)}`),
  "asks for a room": (turn) => turn.world.send(turn.cast.student, "POST", "/api/collab/ticket", { room: pageRoom(anyId(turn), "en") }),
  "puts somebody into a course": (turn) => turn.world.send(turn.cast.student, "POST", `/api/courses/${anyId(turn)}/members`, { email: turn.random.pick(turn.hidden.people)?.email ?? "nobody@school.example", role: "student" }),
  "asks for a report": (turn) => turn.world.send(turn.cast.student, "GET", `/api/reports/course-activity?course=${anyId(turn)}`),
  "looks for people": (turn) => turn.world.send(turn.cast.student, "GET", `/api/admin/people?search=${turn.random.pick(turn.hidden.people)?.email ?? "x"}`),
  "asks for a person": (turn) => turn.world.send(turn.cast.student, "GET", `/api/admin/people/${anyId(turn)}`),
  "asks who they are": (turn) => turn.world.send(turn.cast.student, "GET", "/api/me"),
  "takes somebody's e-mail": (turn) => turn.world.send(null, "POST", "/api/accounts", { name: "X", email: turn.random.pick(turn.hidden.people)?.email ?? "nobody@school.example", password: "a long password", language: "en" }),
};

/** What happens in the student's course for everybody to see. */
export const visibleActs: Readonly<Record<string, (turn: Turn) => Promise<unknown>>> = {
  "a module is published": async ({ world, cast, device }) => {
    const id = world.newId();
    device.modules.push(id);
    await push(world, cast.teacher, "modules", { id, rev: newRev(), courseId: cast.courseId, title: { en: "Seen" }, order: "V", state: "published" });
  },
  "a page is published": async ({ world, cast, device, random }) => {
    const id = world.newId();
    const moduleId = random.pick(device.modules) ?? world.newId();
    device.items.push(id);
    await push(world, cast.teacher, "items", { id, courseId: cast.courseId, kind: "page", moduleId, title: { en: "Seen" }, order: "V", state: "published" });
  },
  "somebody joins": async ({ world, cast, random }) => {
    await world.send(cast.teacher, "POST", `/api/courses/${cast.courseId}/members`, { email: random.pick([cast.admin, cast.peer])?.email, role: "student" });
  },
};
