import { Dexie, type EntityTable } from "dexie";
import type { User } from "@mochila/shared/users/session.ts";
import { DEVICE_NAME } from "./names.ts";

/** A person whose data is on this device. */
interface PersonRow {
  readonly id: string;
  readonly user: User;
  /** When they last opened the app here, ms since 1970. */
  readonly usedAt: number;
}

interface DeviceRow {
  readonly name: "open" | "sentinel";
  readonly value: string | null;
}

/** The only database that people share: who is known here and who is open. Nothing of anybody's work. */
export class DeviceDatabase extends Dexie {
  declare people: EntityTable<PersonRow, "id">;
  declare device: EntityTable<DeviceRow, "name">;

  constructor() {
    super(DEVICE_NAME);
    this.version(1).stores({ people: "id, usedAt", device: "name" });
  }

  /** The person whose app is open here, or null after a sign-out. */
  async openPerson(): Promise<User | null> {
    const id = (await this.device.get("open"))?.value;
    const row = id ? await this.people.get(id) : undefined;
    return row?.user ?? null;
  }

  /** Remembers a person and opens their app on this device. */
  async remember(user: User, at: number): Promise<void> {
    await this.transaction("rw", this.people, this.device, async () => {
      await this.people.put({ id: user.id, user, usedAt: at });
      await this.device.put({ name: "open", value: user.id });
    });
  }

  /** Locks: nobody is open, everything stays. */
  async lock(): Promise<void> {
    await this.device.put({ name: "open", value: null });
  }

  async forget(userId: string): Promise<void> {
    await this.transaction("rw", this.people, this.device, async () => {
      await this.people.delete(userId);
      if ((await this.device.get("open"))?.value === userId) await this.device.put({ name: "open", value: null });
    });
  }

  async known(): Promise<User[]> {
    return (await this.people.orderBy("usedAt").reverse().toArray()).map((row) => row.user);
  }
}

const SENTINEL = "mochila-installed";

/**
 * True if the browser has thrown our databases away since the last visit: the mark outside them is there, the one inside is not.
 * Leaves both marks.
 */
export async function storageWasCleared(device: DeviceDatabase): Promise<boolean> {
  const outside = localStorage.getItem(SENTINEL) !== null;
  const inside = (await device.device.get("sentinel")) !== undefined;
  await device.device.put({ name: "sentinel", value: "1" });
  localStorage.setItem(SENTINEL, "1");
  return outside && !inside;
}
