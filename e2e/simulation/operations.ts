import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { readDocuments, writeDocuments } from "@mochila/sync-server/sync/write-documents.ts";
import type { SimulatedDevice } from "./simulated-device.ts";
import type { Seeded } from "./seeded.ts";
import type { Person, World } from "./world.ts";

type Operation = (world: World) => Promise<void>;

const anyDevice = ({ random, devices }: World): SimulatedDevice => random.pick(devices) as SimulatedDevice;
const devicesOf = ({ devices, people }: World, ...persons: Person[]) => devices.filter(({ options }) => persons.some((person) => people[person] === options.userId));

async function anyModule(world: World, device: SimulatedDevice): Promise<SyncedDocument | undefined> {
  return world.random.pick(await device.documents("modules"));
}

const retitle = async (world: World, device: SimulatedDevice, module: SyncedDocument | undefined) => {
  if (module) await device.write("modules", module.id, (current) => ({ ...(current ?? module), title: { en: world.token() } }));
};

const editTitle: Operation = async (world) => {
  const device = world.random.pick(devicesOf(world, "ana", "luis")) as SimulatedDevice;
  await retitle(world, device, await anyModule(world, device));
};

/** Both teachers, the same module, neither knowing of the other. */
const editTogether: Operation = async (world) => {
  const [one, other] = [world.random.pick(devicesOf(world, "ana")), world.random.pick(devicesOf(world, "luis"))];
  const module = one && (await anyModule(world, one));
  if (!one || !other || !module) return;
  await retitle(world, one, module);
  if ((await other.documents("modules")).some(({ id }) => id === module.id)) await retitle(world, other, module);
};

const reorder: Operation = async (world) => {
  const device = world.random.pick(devicesOf(world, "ana", "luis")) as SimulatedDevice;
  const module = await anyModule(world, device);
  if (module) await device.write("modules", module.id, (current) => ({ ...(current ?? module), order: world.random.pick(["A", "F", "K", "V", "k"]) }));
};

const publishOrNot: Operation = async (world) => {
  const device = world.random.pick(devicesOf(world, "ana", "luis")) as SimulatedDevice;
  const module = await anyModule(world, device);
  if (!module) return;
  const state = module["state"] === "published" ? "draft" : "published";
  if (state === "draft") world.tally.unpublications += 1;
  await device.write("modules", module.id, (current) => ({ ...(current ?? module), state }));
};

const makeModule: Operation = async (world) => {
  const device = world.random.pick(devicesOf(world, "ana", "luis")) as SimulatedDevice;
  const courseId = world.random.pick(world.courses);
  await device.write("modules", newId(world.ids), () => ({ courseId, title: { en: world.token() }, order: "V", state: world.random.pick(["draft", "published"]) }));
};

/** Not theirs to write: it comes back as it was, and what they typed is rescued. */
const studentEdits: Operation = async (world) => {
  const device = world.random.pick(devicesOf(world, "sofia", "ben")) as SimulatedDevice;
  await retitle(world, device, await anyModule(world, device));
};

/** Two devices of Sofía make and change the same row. */
const progress: Operation = async (world) => {
  const { random, courses } = world;
  const device = random.pick(devicesOf(world, "sofia", "ben")) as SimulatedDevice;
  const courseId = random.pick(courses) as string;
  // Three items a course, the same on every device.
  const itemId = pairId(courseId, `00000000-0000-4000-8000-00000000000${random.below(3)}`);
  const userId = device.options.userId;
  const at = random.below(1_000);
  const [kind, value] = [random.below(3), random.below(100) / 100];
  await device.write("progress", pairId(userId, itemId), (current) => {
    const row = current ?? { userId, itemId, courseId };
    if (kind === 0) return { ...row, done: { value: value < 0.5, at } };
    if (kind === 1) return { ...row, score: Math.max(value, Number(current?.["score"] ?? 0)) };
    return { ...row, seenAt: Math.min(at, Number(current?.["seenAt"] ?? at)) };
  });
};

const writeNote: Operation = async (world) => {
  const { random, courses } = world;
  const device = random.pick(devicesOf(world, "sofia", "ben")) as SimulatedDevice;
  const userId = device.options.userId;
  const note = random.chance(0.7) ? random.pick(await device.documents("drafts")) : undefined;
  const append = (body: string) => (random.chance(0.5) ? `${body}\n${world.token()}` : `${world.token()}\n${body}`);
  const made = { userId, courseId: random.pick(courses), itemId: newId(world.ids), kind: "note" as const, createdAt: 1 };
  await device.write("drafts", note?.id ?? draftId(made), (current) => (current ? { ...current, body: append(String(current["body"])) } : { ...made, body: world.token() }));
};

const deleteNote: Operation = async (world) => {
  const device = world.random.pick(devicesOf(world, "sofia", "ben")) as SimulatedDevice;
  const note = world.random.pick(await device.documents("drafts"));
  if (note) await device.write("drafts", note.id, () => null);
};

const serverWrites: Operation = async ({ school, random, courses, token }) => {
  const row = random.pick(await school.database.sql`select id from doc_modules where course_id = any(${[...courses]}) order by id`);
  const module = row && (await readDocuments(school.database.sql, "modules", [row["id"] as string])).get(row["id"] as string);
  if (!module) return;
  const document = { ...module, title: { ...(module["title"] as object), es: token() }, state: random.chance(0.2) ? "trashed" : (module["state"] as string) };
  await school.database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document }]));
};

/** Gets its transaction number now and commits later: what others commit meanwhile has a higher one and is there before it. */
const slowWrite: Operation = async ({ school, random, schedule, courses, ids, token, tally }) => {
  tally.slowWrites += 1;
  const document = { id: newId(ids), courseId: random.pick(courses) as string, title: { en: token() }, order: "V", state: "published" };
  await new Promise<void>((held) => {
    const writing = school.database.transaction(async (transaction) => {
      await writeDocuments(transaction, [{ collection: "modules", document }]);
      await new Promise<void>((goOn) => {
        schedule.at(random.below(1_500), () => {
          goOn();
          return writing;
        });
        held();
      });
    });
  });
};

const comeOrGo: Operation = async (world) => {
  const { random, courses, school, people, tally } = world;
  const person = random.pick(["luis", "sofia", "ben"] as const) as Person;
  const course = random.pick(courses) as string;
  const isIn = (await school.actor(people[person])).courses.has(course);
  const mayTeach = person === "luis";
  if (isIn && !(mayTeach && random.chance(0.4))) {
    await school.leave(course, people[person]);
    tally.revocations += 1;
  } else await world.enrol(course, person, mayTeach && random.chance(0.7) ? "instructor" : "student");
};

const network: Operation = async (world) => {
  const device = anyDevice(world);
  if (device.link.online) device.link.online = false;
  else device.goOnline();
};

const crash: Operation = async (world) => {
  const device = anyDevice(world);
  device.crash(world.random.chance(0.6) ? world.random.below(6) : null);
  await world.schedule.advance(world.random.below(200));
  device.reopen();
};

/** A hint that arrived. Others are lost. */
const look: Operation = (world) => Promise.resolve(anyDevice(world).resync());
const wait: Operation = ({ random, schedule }) => schedule.advance(random.below(2_000));

const WEIGHTED: readonly (readonly [number, Operation])[] = [
  [8, editTitle],
  [6, editTogether],
  [3, reorder],
  [5, publishOrNot],
  [3, makeModule],
  [3, studentEdits],
  [8, progress],
  [8, writeNote],
  [1, deleteNote],
  [4, serverWrites],
  [2, slowWrite],
  [4, comeOrGo],
  [4, network],
  [3, crash],
  [10, look],
  [8, wait],
];
const TOTAL = WEIGHTED.reduce((sum, [weight]) => sum + weight, 0);

export function operationOf(random: Seeded): Operation {
  let left = random.below(TOTAL);
  for (const [weight, operation] of WEIGHTED) {
    if (left < weight) return operation;
    left -= weight;
  }
  return wait;
}
