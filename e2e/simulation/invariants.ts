import { sameValue } from "@mochila/shared/sync/change.ts";
import { registry } from "@mochila/shared/registry.ts";
import { pause, type LocalWrite, type SimulatedDevice } from "./simulated-device.ts";
import { visibleTo, type World } from "./world.ts";

/** I3 says 10 s for a hundred pending documents; a run has fewer and no network. */
const QUIET_MS_MAX = 10_000;
const LOOK_EVERY_MS = 20;

/** Heals everything, and waits until every device is equal to the oracle (I3), which includes that nothing waits any more (I7). */
async function settle(world: World): Promise<string[]> {
  for (const device of world.devices) {
    Object.assign(device.link, { online: true, faults: false });
    device.reopen();
  }
  const until = performance.now() + QUIET_MS_MAX;
  for (let turn = 0; ; turn += 1) {
    if (turn % 5 === 0) for (const device of world.devices) device.resync();
    await pause(LOOK_EVERY_MS);
    const differences = (await Promise.all(world.devices.map((device) => differencesOf(world, device)))).flat();
    if (differences.length === 0 || performance.now() > until) return differences;
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

/** I1: what the server took is there, or in the history. */
async function lostAcknowledged({ school, devices }: World): Promise<string[]> {
  const { sql } = school.database;
  const known = new Set(
    (
      await sql<{ key: string }[]>`
      select id || '/' || rev as key from doc_modules union all select id || '/' || rev from doc_drafts
      union all select document || '/' || rev from doc_history`
    ).map(({ key }) => key),
  );
  const accepted = devices.flatMap((device) => [...device.accepted]).filter((key) => /^(modules|drafts)/.test(key));
  return accepted.filter((key) => !known.has(key.slice(key.indexOf("/") + 1))).map((key) => `I1 acknowledged and gone: ${key}`);
}

/** I2: every text that somebody wrote is in a master, in the history, among the rescued work, or was taken out by its own writer. */
async function lostTexts({ school, devices }: World): Promise<string[]> {
  const { sql } = school.database;
  const kept = new Set<string>();
  for (const { body } of await sql`select body from doc_modules union all select body from doc_drafts union all select body from doc_history`) for (const token of tokensOf(body)) kept.add(token);
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
  return [...differences, ...(await lostAcknowledged(world)), ...(await lostTexts(world)), ...(await lostScores(world)), ...world.leaks.map((leak) => `I4 ${leak}`)];
}
