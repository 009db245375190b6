import { registry } from "@mochila/shared/registry.ts";
import { lostAcknowledged, tokensOf } from "./invariants.ts";
import type { World } from "./world.ts";

export const takeBackup = ({ backup, schedule }: World): Promise<void> => backup.take(schedule.clock.now());

interface Row {
  readonly id: string;
  readonly rev: string;
  readonly body: unknown;
  readonly replaced: boolean;
}

/** Every version that the server holds of what is in this school. */
function versions({ database: { sql }, courses, closed }: World): PromiseLike<Row[]> {
  const all = [...courses, closed];
  const living = registry.map(({ name }) => sql`select id, rev, body, false as replaced from ${sql(`doc_${name}`)} where course_id = any(${all}::uuid[]) union all`);
  return sql<Row[]>`${living} select document, rev, body, true from doc_history where (body ->> 'courseId')::uuid = any(${all}::uuid[])`;
}

/**
 * The server's folder is put back to its copy. Requests that are on their way get no answer, transactions that are open are gone. What is lost for
 * good by the rules (SPEC, Gaps) is noted: only the newest version of a document comes back, and only if the device whose work the server took for
 * it still has that very version.
 */
export async function putBack(world: World): Promise<void> {
  const { backup, open, tally, devices, excused, faults } = world;
  if (!backup.taken) return;
  for (const rollBack of [...open]) await rollBack();
  open.clear();
  faults.push(...(await lostAcknowledged(world)));
  const offered = new Set(devices.flatMap(({ content }) => [...content.accepted.values()].filter((one) => content.has(one)).map(({ key }) => key)));
  const before = await versions(world);
  const comesBack = ({ id, rev, replaced }: Row) => !replaced && offered.has(`${id}/${rev}`);
  for (const row of before) if (!comesBack(row)) for (const trace of [row.id, ...tokensOf(row.body)]) excused.add(trace);
  await backup.putBack();
  for (const row of [...before.filter(comesBack), ...(await versions(world))]) for (const trace of [row.id, ...tokensOf(row.body)]) excused.delete(trace);
  for (const { content } of devices) content.acknowledged.clear();
  tally.restores += 1;
}
