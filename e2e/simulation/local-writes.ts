import { draftId } from "@mochila/shared/drafts/schema.ts";
import { newId, pairId } from "@mochila/shared/kernel/ids.ts";
import type { SyncedDocument } from "@mochila/shared/sync/collection.ts";
import { TODAY } from "./apps.ts";
import type { SimulatedDevice } from "./simulated-device.ts";
import type { Person, World } from "./world.ts";

/** What somebody does with the device that they hold. */
export type LocalWriteOf = (world: World, device: SimulatedDevice) => Promise<void>;

const devicesOf = ({ devices, people }: World, person: Person) => devices.filter(({ options }) => people[person] === options.userId);

const anyModule = (world: World, device: SimulatedDevice): SyncedDocument | undefined => world.random.pick(device.documents("modules"));

const retitle = async (world: World, device: SimulatedDevice, module: SyncedDocument | undefined) => {
  if (module) await device.write("modules", module.id, (current) => ({ ...(current ?? module), title: { en: world.token() } }));
};

const editTitle: LocalWriteOf = (world, device) => retitle(world, device, anyModule(world, device));

/** Both teachers, the same module, neither knowing of the other. */
export const editTogether = async (world: World): Promise<void> => {
  const [one, other] = [world.random.pick(devicesOf(world, "ana")), world.random.pick(devicesOf(world, "luis"))];
  const module = one && anyModule(world, one);
  if (!one || !other || !module) return;
  await retitle(world, one, module);
  if (other.documents("modules").some(({ id }) => id === module.id)) await retitle(world, other, module);
};

const reorder: LocalWriteOf = async (world, device) => {
  const module = anyModule(world, device);
  if (module) await device.write("modules", module.id, (current) => ({ ...(current ?? module), order: world.random.pick(["A", "F", "K", "V", "k"]) }));
};

const publishOrNot: LocalWriteOf = async (world, device) => {
  const module = anyModule(world, device);
  if (!module) return;
  const state = module["state"] === "published" ? "draft" : "published";
  if (state === "draft") world.tally.unpublications += 1;
  await device.write("modules", module.id, (current) => ({ ...(current ?? module), state }));
};

const makeModule: LocalWriteOf = async (world, device) => {
  const courseId = world.random.pick(world.courses);
  await device.write("modules", newId(world.ids), () => ({ courseId, title: { en: world.token() }, order: "V", state: world.random.pick(["draft", "published"]) }));
};

/** Hidden from its students, shown again, or archived, which hides nothing. */
const hideOrShowCourse: LocalWriteOf = async (world, device) => {
  const course = world.random.pick(device.documents("courses").filter(({ id }) => id !== world.closed));
  if (!course) return;
  const state = course["state"] === "published" ? world.random.pick(["draft", "archived", "trashed"]) : "published";
  world.tally.coursesHidden += 1;
  await device.write("courses", course.id, (current) => ({ ...(current ?? course), state }));
};

/** Not theirs to write: it comes back as it was, and what they typed is rescued. */
const studentEdits: LocalWriteOf = (world, device) => retitle(world, device, anyModule(world, device));

/** Three items a course, the same on every device. */
function anyItem({ random, courses }: World, device: SimulatedDevice) {
  const courseId = random.pick(courses) as string;
  const itemId = pairId(courseId, `00000000-0000-4000-8000-00000000000${random.below(3)}`);
  return { userId: device.options.userId, itemId, courseId };
}

/** What only today's app can write. */
export const bookmark: LocalWriteOf = async (world, device) => {
  const { random, tally } = world;
  const item = anyItem(world, device);
  if (device.content.app !== TODAY) return;
  tally.bookmarks += 1;
  const mark = { value: random.chance(0.5), at: random.below(1_000) };
  await device.write("progress", pairId(item.userId, item.itemId), (current) => ({ ...(current ?? item), bookmark: mark.at > bookmarkedAt(current) ? mark : current?.["bookmark"] }));
};

/** -1: never. */
export const bookmarkedAt = (row: Readonly<Record<string, unknown>> | null): number => (row?.["bookmark"] as { at: number } | undefined)?.at ?? -1;

/** Two devices of Sofía make and change the same row. */
const progress: LocalWriteOf = async (world, device) => {
  const { random } = world;
  const { userId, itemId, courseId } = anyItem(world, device);
  const at = random.below(1_000);
  const [kind, value] = [random.below(3), random.below(100) / 100];
  await device.write("progress", pairId(userId, itemId), (current) => {
    const row = current ?? { userId, itemId, courseId };
    if (kind === 0) return { ...row, done: { value: value < 0.5, at } };
    if (kind === 1) return { ...row, score: Math.max(value, Number(current?.["score"] ?? 0)) };
    return { ...row, seenAt: Math.min(at, Number(current?.["seenAt"] ?? at)) };
  });
};

const writeNote: LocalWriteOf = async ({ random, courses, ids, token }, device) => {
  const userId = device.options.userId;
  const note = random.chance(0.7) ? random.pick(device.documents("drafts")) : undefined;
  const append = (body: string) => (random.chance(0.5) ? `${body}\n${token()}` : `${token()}\n${body}`);
  const made = { userId, courseId: random.pick(courses), itemId: newId(ids), kind: "note" as const, createdAt: 1 };
  await device.write("drafts", note?.id ?? draftId(made), (current) => (current ? { ...current, body: append(String(current["body"])) } : { ...made, body: token() }));
};

const deleteNote: LocalWriteOf = async ({ random }, device) => {
  const note = random.pick(device.documents("drafts"));
  if (note) await device.write("drafts", note.id, () => null);
};

export const TEACHING: readonly (readonly [number, LocalWriteOf])[] = [[16, editTitle], [6, reorder], [10, publishOrNot], [6, makeModule], [1, hideOrShowCourse]];
export const STUDYING: readonly (readonly [number, LocalWriteOf])[] = [[8, progress], [8, writeNote], [1, deleteNote], [4, studentEdits]];
