import { expect, test, vi } from "vitest";
import { createTestDatabase } from "../db/test-database.ts";
import { readRoom, toDocument } from "./store.ts";
import { readEditingTrace, replay } from "./test-editing-trace.ts";
import { Device, RoomSchool, runRooms } from "./test-rooms.ts";

const sorted = (text: string): string => [...text].sort().join("");

const recorded = readEditingTrace();

test.skipIf(!recorded)("RO-11 a real text by two people, 26,078 edits with 2,258 merges, whole through the server: every replica holds the final text", async () => {
  const trace = recorded as NonNullable<typeof recorded>;
  const cluster = await createTestDatabase();
  const server = await runRooms(cluster.database);
  try {
    const school = await RoomSchool.open(cluster.database);
    const devices = await Promise.all([0, 1, 2].map(async () => new Device(school, await school.person("instructor"), server)));
    await Promise.all(devices.map((device) => device.connect()));
    await vi.waitFor(() => expect(devices.every(({ provider }) => provider.synced)).toBe(true), 10_000);
    const started = performance.now();
    await replay(trace, devices);
    await vi.waitFor(() => expect(devices.every((device) => device.settled && device.text.toJSON() === devices[2]?.text.toJSON())).toBe(true), { timeout: 60_000, interval: 50 });
    const seconds = (performance.now() - started) / 1_000;
    const text = devices[0]?.text.toJSON() ?? "";
    expect(toDocument(await readRoom(cluster.database.sql, school.room)).getText("probe").toJSON()).toBe(text);
    expect(sorted(text)).toBe(sorted(trace.endContent));
    console.log(`trace: ${trace.txns.length} edits in ${seconds.toFixed(1)} s, equal to the recorded text: ${text === trace.endContent}`);
    for (const device of devices) device.destroy();
  } finally {
    await server.stop();
    await cluster.drop();
  }
}, 90_000);
