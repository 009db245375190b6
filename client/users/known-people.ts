import type { DeviceDatabase } from "../db/device.ts";
import { countWaiting } from "../db/unsent.ts";
import { countHeld } from "./gone.ts";
import type { KnownPerson } from "./session-control.ts";

/** Who stands at the door. Of a shared computer only who has something waiting there, by their name alone. */
export async function knownPeople(device: DeviceDatabase): Promise<KnownPerson[]> {
  const people = (await device.known()).map(async ({ user: { id, name, email, picture = null }, ...here }) => {
    const { shared } = here;
    return { ...here, id, name, picture, email: shared ? "" : email, unsent: shared ? await countHeld(device, id) : (await countWaiting(id)).changes };
  });
  return (await Promise.all(people)).filter(({ shared, unsent }) => !shared || unsent > 0);
}
