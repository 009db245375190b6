import { sameValue } from "@mochila/shared/sync/change.ts";
import { registry } from "@mochila/shared/registry.ts";
import type { LocalWrite, SimulatedDevice } from "./simulated-device.ts";
import { visibleTo, type World } from "./world.ts";

/** Time for everything that is under way to end once all is well: the longest wait between tries is 15 s. */
const QUIET_MS_MAX = 120_000;
/** Looks for news after which a device must be right. */
const LOOKS_MAX = 3;

/** Heals everything, and looks whether every device is equal to the oracle (I3), which includes that nothing waits any more (I7). */
async function settle(world: World): Promise<string[]> {
  const { devices, schedule } = world;
  for (const device of devices) {
    device.link.faults = false;
    device.reopen();
    device.goOnline();
  }
  for (let looks = 1; ; looks += 1) {
    if (!(await schedule.drain(QUIET_MS_MAX))) return ["I7 there is no rest"];
    const differences: string[] = [];
    for (const device of devices) differences.push(...(await differencesOf(world, device)));
    if (differences.length === 0 || looks > LOOKS_MAX) return differences;
    for (const device of devices) device.resync();
  }
}

async function differencesOf({ school }: World, device: SimulatedDevice): Promise<string[]> {
  const expected = await visibleTo(school.database, device.options.userId);
  const found: string[] = [];
  for (const { name } of registry) {
    const [have, want] = [await device.documents(name), expected.get(name) ?? []];
    const byId = new Map(want.map((document) => [document.id, document]));
    for (const document of have) {
      const master = byId.get(document.id);
      byId.delete(document.id);
      if (!master) found.push(`I3 ${device.options.name} still has ${name} ${document.id}`);
      else if (!sameValue(master, document)) found.push(`I3 ${device.options.name} has another ${name} ${document.id}: ${JSON.stringify(document)} instead of ${JSON.stringify(master)}`);
    }
    for (const id of byId.keys()) found.push(`I3 ${device.options.name} misses ${name} ${id}`);
  }
  return found;
}

const TOKEN = /t\d+-\d+/g;
const tokensOf = (value: unknown): string[] => JSON.stringify(value ?? null).match(TOKEN) ?? [];

const writtenIds = (devices: World["devices"]): string[] => [...new Set(devices.flatMap(({ writes }) => writes.map(({ id }) => id)))];

/** I1: what the server took is there, or in the history. */
async function lostAcknowledged({ school, devices }: World): Promise<string[]> {
  const { sql } = school.database;
  const accepted = devices.flatMap((device) => [...device.accepted]).filter((key) => /^(modules|drafts)/.test(key));
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
async function lostTexts({ school, devices }: World): Promise<string[]> {
  const { sql } = school.database;
  const kept = new Set<string>();
  const ids = writtenIds(devices);
  const bodies = await sql`
    select body from doc_modules where id = any(${ids}::uuid[]) union all select body from doc_drafts where id = any(${ids}::uuid[])
    union all select body from doc_history where document = any(${ids}::uuid[])`;
  for (const { body } of bodies) for (const token of tokensOf(body)) kept.add(token);
  for (const device of devices) for (const work of device.rescued.values()) for (const token of tokensOf(work.fields)) kept.add(token);
  for (const device of devices) for (const { before, after } of device.writes) for (const token of tokensOf(before)) if (!tokensOf(after).includes(token)) kept.add(token);
  const written = devices.flatMap((device) => device.writes.flatMap(({ after, id }) => tokensOf(after).map((token) => ({ token, id, device: device.options.name }))));
  return [...new Set(written.filter(({ token }) => !kept.has(token)).map(({ token, id, device }) => `I2 written on ${device} and lost: ${token} in ${id}`))];
}

/** The same for what only grows: a score that was written is reached, unless it was refused and rescued. */
async function lostScores({ school, devices }: World): Promise<string[]> {
  const scores = devices.flatMap((device) => device.writes.filter((write): write is LocalWrite & { after: { score: number } } => write.collection === "progress" && typeof write.after?.["score"] === "number").map((write) => ({ device, write })));
  const rows = await school.database.sql`select id, (body ->> 'score')::float as score from doc_progress where id = any(${scores.map(({ write }) => write.id)}::uuid[])`;
  const masters = new Map(rows.map(({ id, score }) => [id as string, score as number | null]));
  const rescued = ({ device, write }: (typeof scores)[number]) => [...device.rescued.values()].some(({ documentId }) => documentId === write.id);
  return scores.filter((one) => (masters.get(one.write.id) ?? -1) < one.write.after.score && !rescued(one)).map(({ device, write }) => `I2 score of ${write.id} on ${device.options.name} lost`);
}

export async function violations(world: World): Promise<string[]> {
  const differences = await settle(world);
  return [...differences, ...(await lostAcknowledged(world)), ...(await lostTexts(world)), ...(await lostScores(world)), ...world.leaks.map((leak) => `I4 ${leak}`), ...world.faults.map((fault) => `the server failed: ${fault}`)];
}
