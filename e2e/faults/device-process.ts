// A device in a process of its own: RxDB opens no more than sixteen collections in one. `device-process.ts <e-mail> <url> <course>`
import "fake-indexeddb/auto";
import { WholeDevice } from "./whole-device.ts";

const [email = "", url = "", courseId = ""] = process.argv.slice(2);
const network = globalThis.fetch;
/** The app names paths; a Request it never makes. */
globalThis.fetch = (path, init) => network(path instanceof Request ? path : new URL(path, url), { ...init, cache: "default" });
Object.assign(globalThis, { document: { visibilityState: "visible" } });

const device = await WholeDevice.open(email, url, courseId);
const answers = {
  act: (times: number, items: readonly string[]) => device.act(times, items),
  work: () => Promise.resolve(device.work),
  wake: () => Promise.resolve(device.wake()),
  unsent: () => device.unsent(),
  attention: () => Promise.resolve(device.attention()),
  recorded: () => device.recorded(),
};
export type DeviceAnswers = typeof answers;

process.on("message", ({ id, ask, about }: { id: number; ask: keyof DeviceAnswers; about: readonly unknown[] }) => {
  const work = answers[ask] as (...about: readonly unknown[]) => Promise<unknown>;
  void work(...about).then(
    (answer) => process.send?.({ id, answer }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.send?.({ id: 0 });
