import { draftId } from "@mochila/shared/drafts/schema.ts";
import { pageRoom } from "@mochila/shared/collab/room.ts";
import { newRev, pairId } from "@mochila/shared/kernel/ids.ts";
import type { Seeded } from "../simulation/seeded.ts";
import type { Person, World } from "./world.ts";

/** Who is at the school of one seed; the same people in both worlds. */
export interface Cast {
  readonly student: Person;
  readonly peer: Person;
  readonly teacher: Person;
  readonly admin: Person;
  /** The course that the student is in, with the peer and the teacher. */
  readonly courseId: string;
}

/** What only one world has. Its ids are known to the script, so that the student may ask for them in both. */
export interface Hidden {
  readonly courses: string[];
  readonly modules: string[];
  readonly items: string[];
  readonly people: Omit<Person, "token">[];
  readonly drafts: string[];
}

interface Scene {
  readonly world: World;
  readonly cast: Cast;
  readonly hidden: Hidden;
  readonly random: Seeded;
}

export const push = (world: World, person: Person, collection: string, document: Record<string, unknown>, master?: Record<string, unknown>) =>
  world.send(person, "POST", "/api/sync/push", { pushes: [{ collection, rows: [{ newDocumentState: { rev: newRev(), ...document }, ...(master && { assumedMasterState: master }) }] }] });

const module_ = (world: World, courseId: string, state: "draft" | "published") => ({ id: world.newId(), rev: newRev({ random: { bytes: (count) => new Uint8Array(count), fraction: () => 0 } }), courseId, title: { en: "A module" }, order: "V", state });

/** Each writes something that the student may not learn of, the way its author would. */
export const hiddenActs: Readonly<Record<string, (scene: Scene) => Promise<unknown>>> = {
  "a course of others": async ({ world, cast, hidden }) => {
    const courseId = await world.course(cast.teacher);
    hidden.courses.push(courseId);
    await world.enrol(courseId, cast.peer, "student");
    const made = module_(world, courseId, "published");
    hidden.modules.push(made.id);
    await push(world, cast.teacher, "modules", made);
  },
  "a module that is not published": async ({ world, cast, hidden }) => {
    const made = module_(world, cast.courseId, "draft");
    hidden.modules.push(made.id);
    await push(world, cast.teacher, "modules", made);
  },
  "a page in it": async ({ world, cast, hidden, random }) => {
    const moduleId = random.pick(hidden.modules) ?? world.newId();
    const id = world.newId();
    hidden.items.push(id);
    await push(world, cast.teacher, "items", { id, courseId: cast.courseId, kind: "page", moduleId, title: { en: "A page" }, order: "V", state: "draft" });
  },
  "a peer's note": async ({ world, cast: { peer, courseId }, hidden }) => {
    const itemId = world.newId();
    const kind = "note" as const;
    const id = draftId({ userId: peer.id, itemId, kind });
    hidden.drafts.push(id);
    await push(world, peer, "drafts", { id, userId: peer.id, courseId, itemId, kind, body: "what a peer writes", createdAt: 0 });
  },
  "a peer's progress": async ({ world, cast: { peer, courseId } }) => {
    const itemId = world.newId();
    await push(world, peer, "progress", { id: pairId(peer.id, itemId), userId: peer.id, courseId, itemId, done: { value: true, at: world.clock.now() } });
  },
  "an account of somebody": async ({ world, hidden, random }) => {
    hidden.people.push(await world.account(`somebody-${random.below(1e9)}@school.example`));
  },
  "somebody in a course of others": async ({ world, cast, hidden, random }) => {
    const courseId = random.pick(hidden.courses);
    if (courseId !== undefined) await world.send(cast.teacher, "POST", `/api/courses/${courseId}/members`, { email: cast.admin.email, role: "student" });
  },
  "a suspension of somebody": async ({ world, cast, hidden, random }) => {
    const person = random.pick(hidden.people);
    if (person) await world.send(cast.admin, "PATCH", `/api/admin/people/${person.id}`, { state: "suspended" });
  },
  "a room of staff": async ({ world, cast, hidden, random }) => {
    const itemId = random.pick(hidden.items);
    if (itemId !== undefined) await world.send(cast.teacher, "POST", "/api/collab/ticket", { room: pageRoom(itemId, "en") });
  },
  "a course in the making": async ({ world, cast, hidden }) => {
    const id = world.newId();
    hidden.courses.push(id);
    await world.send(cast.teacher, "POST", "/api/courses", { id, title: { en: "Later" }, languages: ["en"] });
  },
};
