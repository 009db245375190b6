import { sameValue } from "@mochila/shared/sync/change.ts";
import { registry } from "@mochila/shared/registry.ts";
import { bookmarkedAt } from "./local-writes.ts";
import { visibleTo } from "./oracle.ts";
import type { World } from "./world.ts";

/** Time for everything that is under way to end once all is well: the longest wait between tries is 15 s. */
const QUIET_MS_MAX = 120_000;
/** Looks for news after which a device must be right. */
const LOOKS_MAX = 3;

/** Heals everything, and looks whether every device is equal to the oracle (I3), which includes that nothing waits any more (I7). */
async function settle(world: World): Promise<string[]> {
  const { devices, schedule, backup } = world;
  for (const device of devices) {
    Object.assign(device.content.disk, { failing: false, full: false, losesNextRow: false });
    device.content.link.faults = false;
    device.reopen();
    device.goOnline();
  }
  for (let looks = 1; ; looks += 1) {
    if (!(await schedule.drain(QUIET_MS_MAX))) return ["I7 there is no rest"];
    const differences = await differencesOf(world);
    if (differences.length === 0 || looks > LOOKS_MAX) return differences;
    // The first look after the start of an app, where something was lost on the way into the storage, or by the server (D11).
    for (const device of devices) if (device.lostRows > 0 || backup.restores > 0) device.checkGaps();
    await schedule.drain(QUIET_MS_MAX);
    for (const device of devices) device.resync();
  }
}

async function differencesOf({ database, people, devices }: World): Promise<string[]> {
  const seen = await visibleTo(database, Object.values(people));
  const found: string[] = [];
  for (const device of devices) {
    for (const { name } of registry) {
      const [have, want] = [device.documents(name), seen.get(device.options.userId)?.get(name) ?? []];
      const byId = new Map(want.map((document) => [document.id, document]));
      for (const document of have) {
        const master = byId.get(document.id);
        byId.delete(document.id);
        // What the backup does not hold stays on a device that has seen a restore (D11; SPEC, Gaps).
        if (!master) found.push(...(device.content.forgotten.size > 0 ? [] : [`I3 ${device.options.name} still has ${name} ${document.id}`]));
        else if (!sameValue(master, document)) found.push(`I3 ${device.options.name} has another ${name} ${document.id}: ${JSON.stringify(document)} instead of ${JSON.stringify(master)}`);
      }
      for (const id of byId.keys()) found.push(`I3 ${device.options.name} misses ${name} ${id}`);
    }
  }
  return found;
}

const TOKEN = /t\d+-\d+/g;
export const tokensOf = (value: unknown): string[] => JSON.stringify(value ?? null).match(TOKEN) ?? [];

const writtenIds = (devices: World["devices"]): string[] => [...new Set(devices.flatMap(({ writes }) => writes.map(({ id }) => id)))];

/** I1: what the server took is there, or in the history. */
export async function lostAcknowledged({ database, devices }: World): Promise<string[]> {
  const { sql } = database;
  const accepted = devices.flatMap((device) => [...device.content.acknowledged]).filter((key) => /^(modules|drafts)/.test(key));
  const ids = [...new Set(accepted.map((key) => key.split("/")[1] ?? ""))];
  const known = new Set(
    (
      await sql<{ key: string }[]>`
      select id || '/' || rev as key from doc_modules where id = any(${ids}::uuid[]) union all select id || '/' || rev from doc_drafts where id = any(${ids}::uuid[])
      union all select document || '/' || rev from doc_history where document = any(${ids}::uuid[])`
    ).map(({ key }) => key),
  );
  return accepted.filter((key) => !known.has(key.slice(key.indexOf("/") + 1))).map((key) => `I1 acknowledged and gone: ${key}`);
}

/** I2: every text that somebody wrote is in a master, in the history, among the rescued work, or was taken out by its own writer. */
async function lostTexts({ database, devices, excused }: World): Promise<string[]> {
  const { sql } = database;
  const kept = new Set(excused);
  const ids = writtenIds(devices);
  const bodies = await sql`
    select body from doc_modules where id = any(${ids}::uuid[]) union all select body from doc_drafts where id = any(${ids}::uuid[])
    union all select body from doc_history where document = any(${ids}::uuid[])`;
  for (const { body } of bodies) for (const token of tokensOf(body)) kept.add(token);
  for (const device of devices) for (const work of device.content.rescued.values()) for (const token of tokensOf(work.fields)) kept.add(token);
  for (const device of devices) for (const { before, after } of device.writes) for (const token of tokensOf(before)) if (!tokensOf(after).includes(token)) kept.add(token);
  const written = devices.flatMap((device) => device.writes.flatMap(({ after, id }) => tokensOf(after).map((token) => ({ token, id, device: device.options.name }))));
  return [...new Set(written.filter(({ token }) => !kept.has(token)).map(({ token, id, device }) => `I2 written on ${device} and lost: ${token} in ${id}`))];
}

type Reached = (row: Readonly<Record<string, unknown>> | null) => number;

/** Of what only grows: the best score, and the last bookmark. -1: none. */
const GROWING: Readonly<Record<string, Reached>> = { score: (row) => Number(row?.["score"] ?? -1), bookmark: bookmarkedAt };

/**
 * The same for what only grows: what was written is reached, unless it was refused and rescued. After a restore it may be another device that
 * offers what was merged of both, and keeps it when it is refused.
 */
async function lostMarks({ database, devices, excused }: World): Promise<string[]> {
  const writes = devices.flatMap((device) => device.writes.filter(({ collection }) => collection === "progress").map((write) => ({ device, write })));
  const rows = await database.sql`select id, body from doc_progress where id = any(${writes.map(({ write }) => write.id)}::uuid[])`;
  const masters = new Map(rows.map(({ id, body }) => [id as string, body as Record<string, unknown>]));
  const rescued = devices.flatMap((device) => [...device.content.rescued.values()].map((work) => ({ device, ...work })));
  const lost = ({ device, write }: (typeof writes)[number], reached: Reached) => {
    const least = reached(write.after);
    const isKept = excused.has(write.id) || rescued.some((work) => work.documentId === write.id && (work.device === device || reached(work.fields) >= least));
    return reached(masters.get(write.id) ?? null) < least && !isKept;
  };
  return Object.entries(GROWING).flatMap(([what, reached]) => writes.filter((one) => lost(one, reached)).map(({ device, write }) => `I2 ${what} of ${write.id} on ${device.options.name} lost`));
}

/** I6: a page that was asked for after a version was known brings no older one. In the order in which versions were replaced. */
async function olderAfterNewer({ database: { sql }, devices, backup }: World): Promise<string[]> {
  // What comes back after a restore comes in another order than it was written in (SPEC, Gaps).
  if (backup.restores > 0) return [];
  const steps = devices.flatMap(({ options, content }) => content.versions.steps.map((step) => ({ ...step, device: options.name })));
  if (steps.length === 0) return [];
  const ids = [...new Set(steps.map(({ id }) => id))];
  const rows = await sql<{ key: string; place: string }[]>`
    select document || '/' || rev as key, max(place)::text as place from (
      select document, rev, id as place from doc_history union all select id, rev, 9e15 from doc_modules union all select id, rev, 9e15 from doc_drafts) as version
    where document = any(${ids}::uuid[]) group by 1`;
  const places = new Map(rows.map(({ key, place }) => [key, Number(place)]));
  // A version that is nowhere was taken back with a restore, or is of a collection without history.
  const older = steps.filter(({ id, known, brought }) => (places.get(`${id}/${known}`) ?? 0) > (places.get(`${id}/${brought}`) ?? Infinity));
  return older.map(({ device, id, known, brought }) => `I6 ${device} was told ${brought} of ${id} after ${known}`);
}

export async function violations(world: World): Promise<string[]> {
  const differences = await settle(world);
  const lost = [...(await lostAcknowledged(world)), ...(await lostTexts(world)), ...(await lostMarks(world))];
  return [...differences, ...lost, ...(await olderAfterNewer(world)), ...world.leaks.map((leak) => `I4 ${leak}`), ...world.faults.map((fault) => `what nobody expected: ${fault}`)];
}
