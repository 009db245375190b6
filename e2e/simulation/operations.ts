import { newId } from "@mochila/shared/kernel/ids.ts";
import { writeDocuments } from "@mochila/sync-server/sync/write-documents.ts";
import { putBack, takeBackup } from "./restores.ts";
import { BEFORE } from "./apps.ts";
import { bookmark, editTogether, STUDYING, TEACHING } from "./local-writes.ts";
import type { Person, World } from "./world.ts";
import type { Seeded } from "./seeded.ts";
import type { SimulatedDevice } from "./simulated-device.ts";

/** `device`: the one in somebody's hands. */
type Operation = (world: World, device: SimulatedDevice) => Promise<void> | void;

const YEAR_MS = 365 * 24 * 3_600_000;

const localWrite: Operation = (world, device) => {
  const teaches = [world.people.ana, world.people.luis].includes(device.options.userId);
  return weighted(teaches ? TEACHING : STUDYING, world.random)(world, device);
};

const serverWrites: Operation = async ({ database, random, courses, token }) => {
  const row = random.pick(await database.sql<{ id: string; body: { title: object; state: string } }[]>`select id, body from doc_modules where course_id = any(${[...courses]}::uuid[]) order by id`);
  if (!row) return;
  const document = { id: row.id, ...row.body, title: { ...row.body.title, es: token() }, state: random.chance(0.2) ? "trashed" : row.body.state };
  await database.transaction((transaction) => writeDocuments(transaction, [{ collection: "modules", document }]));
};

class Ended extends Error {}

/** Gets its transaction number now and commits later: what others commit meanwhile has a higher one and is there before it. */
const slowWrite: Operation = async ({ database, random, schedule, courses, ids, token, tally, open }) => {
  tally.slowWrites += 1;
  const document = { id: newId(ids), courseId: random.pick(courses) as string, title: { en: token() }, order: "V", state: "published" };
  await new Promise<void>((held) => {
    const writing: Promise<void> = database
      .transaction(async (transaction) => {
        await writeDocuments(transaction, [{ collection: "modules", document }]);
        await new Promise<void>((goOn, end) => {
          const rollBack = () => {
            end(new Ended());
            return writing;
          };
          open.add(rollBack);
          schedule.at(random.below(1_500), () => {
            open.delete(rollBack);
            goOn();
            return writing;
          });
          held();
        });
      })
      .catch((error: unknown) => {
        if (!(error instanceof Ended)) throw error;
      });
  });
};

const comeOrGo: Operation = async (world) => {
  const { random, courses, tally, roles } = world;
  const person = random.pick(["luis", "luis", "sofia", "ben"] as const) as Person;
  const course = random.pick(courses) as string;
  const role = roles.get(`${course}/${person}`);
  const mayTeach = person === "luis";
  if (role !== undefined && !(mayTeach && random.chance(0.4))) {
    await world.leave(course, person);
    tally.revocations += 1;
    return;
  }
  const next = mayTeach && random.chance(0.7) ? "instructor" : "student";
  if (role !== undefined && role !== next) tally.roleChanges += 1;
  await world.enrol(course, person, next);
};

const network: Operation = (_world, device) => (device.online ? device.goOffline() : device.goOnline());

const crash: Operation = async (world, device) => {
  device.crash(world.random.chance(0.6) ? world.random.below(6) : null);
  await world.schedule.advance(world.random.below(200));
  device.reopen();
};

const otherTabLeads: Operation = ({ random, tally }, device) => {
  tally.leaderChanges += 1;
  device.changeLeader(random.below(2_000));
};

/** The app is closed, somebody sets the clock on or back, and opens it again. */
const clockJumps: Operation = ({ random, tally }, device) => {
  tally.clockJumps += 1;
  device.content.disk.clockOffsetMs += random.pick([-2 * YEAR_MS, -60_000, 60_000, 24 * 3_600_000, 2 * YEAR_MS]) ?? 0;
  device.crash();
  device.reopen();
};

/** The next version of the app comes to a device, whatever waits there. */
const update: Operation = async ({ random, tally }, device) => {
  if (device.content.app !== BEFORE) return;
  tally.updates += 1;
  await device.update(random.chance(0.4) ? random.below(3) : null);
};

const fillDisk: Operation = ({ random, schedule }, device) => {
  device.content.disk.full = true;
  schedule.at(random.below(3_000), () => {
    device.content.disk.full = false;
  });
};

const loseRow: Operation = (_world, device) => {
  device.content.disk.losesNextRow = true;
  device.resync();
};

const checkGaps: Operation = (_world, device) => device.checkGaps();

/** A hint that arrived. Others are lost. */
const look: Operation = (_world, device) => device.resync();
const wait: Operation = ({ random, schedule }) => schedule.advance(random.below(2_000));

const WEIGHTED: readonly (readonly [number, Operation])[] = [
  [410, localWrite],
  [60, editTogether],
  [40, serverWrites],
  [20, slowWrite],
  [40, comeOrGo],
  [40, network],
  [30, crash],
  [10, otherTabLeads],
  [8, clockJumps],
  [8, fillDisk],
  [8, loseRow],
  [6, checkGaps],
  [100, look],
  [80, wait],
];

/** What only some worlds have: a server that lost work in each would hide what else goes wrong. */
export interface Kind {
  /** The server is put back to copies of itself. */
  readonly restores: boolean;
  /** Most devices begin with the app before the last change of a form, and are updated. */
  readonly updates: boolean;
}

/** SIMULATION_ALL: what all seeds have, such as `restores,updates`. */
const ALL = (process.env["SIMULATION_ALL"] ?? "").split(",");

export const kindOf = (seed: number): Kind => ({ restores: ALL.includes("restores") || seed % 7 === 2, updates: ALL.includes("updates") || seed % 7 === 5 });

const RESTORING: readonly (readonly [number, Operation])[] = [[6, takeBackup], [4, putBack]];
const UPDATING: readonly (readonly [number, Operation])[] = [[30, update], [60, bookmark]];

function weighted<Element>(elements: readonly (readonly [number, Element])[], random: Seeded): Element {
  let left = random.below(elements.reduce((sum, [weight]) => sum + weight, 0));
  for (const [weight, element] of elements) {
    if (left < weight) return element;
    left -= weight;
  }
  throw new Error("the weights have a sum");
}

export const operationOf = (random: Seeded, { restores, updates }: Kind): Operation => weighted([...WEIGHTED, ...(restores ? RESTORING : []), ...(updates ? UPDATING : [])], random);
