import { Dexie, type EntityTable } from "dexie";
import type { ProfileChange, User } from "@mochila/shared/users/session.ts";
import { DEVICE_NAME } from "./names.ts";

/** A person whose data is on this device. */
interface PersonRow {
  readonly id: string;
  readonly user: User;
  /** When they last opened the app here, ms since 1970. */
  readonly usedAt: number;
  /** What they changed of their profile here and the server has not taken yet: it wins on this device. Absent: nothing. */
  readonly unsent?: ProfileChange;
}

interface DeviceRow {
  /** `owed`: the server has not been told yet that the last person signed out. */
  readonly name: "open" | "owed" | "sentinel";
  readonly value: string | null;
}

const shown = ({ user, unsent }: PersonRow): User => ({ ...user, ...(unsent?.name === undefined ? {} : { name: unsent.name }), ...(unsent?.language === undefined ? {} : { language: unsent.language }) });

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
    return row ? shown(row) : null;
  }

  /** Remembers a person and opens their app on this device. Returns them as this device shows them. */
  remember(user: User, at: number): Promise<User> {
    return this.transaction("rw", this.people, this.device, async () => {
      const row = { ...(await this.people.get(user.id)), id: user.id, user, usedAt: at };
      await this.people.put(row);
      await this.device.put({ name: "open", value: user.id });
      // The cookie is theirs now.
      await this.device.delete("owed");
      return shown(row);
    });
  }

  /** The server's word about the person who is open. Opens nobody: null if another tab has signed them out meanwhile. */
  renew(user: User, at: number): Promise<User | null> {
    return this.transaction("rw", this.people, this.device, () => this.#changeOpen(user.id, (row) => ({ ...row, user, usedAt: at })));
  }

  /** Keeps a change of the open person's profile until the server has it. Returns them with it, null if they are no longer open. */
  keepChange(userId: string, change: ProfileChange): Promise<User | null> {
    return this.transaction("rw", this.people, this.device, () => this.#changeOpen(userId, (row) => ({ ...row, unsent: { ...row.unsent, ...change } })));
  }

  async unsentChange(userId: string): Promise<ProfileChange | null> {
    return (await this.people.get(userId))?.unsent ?? null;
  }

  /** The server took `change` and says how the profile stands, or refused it (`user` null). What was changed anew meanwhile waits on. */
  settleChange(userId: string, change: ProfileChange, user: User | null): Promise<User | null> {
    return this.transaction("rw", this.people, this.device, () =>
      this.#changeOpen(userId, ({ unsent, ...row }) => {
        const waiting = Object.entries(unsent ?? {}).filter(([field, value]) => change[field as keyof ProfileChange] !== value);
        return { ...row, user: user ?? row.user, ...(waiting.length > 0 ? { unsent: Object.fromEntries(waiting) as ProfileChange } : {}) };
      }),
    );
  }

  async #changeOpen(userId: string, change: (row: PersonRow) => PersonRow): Promise<User | null> {
    const row = await this.people.get(userId);
    if (!row || (await this.device.get("open"))?.value !== userId) return null;
    const next = change(row);
    await this.people.put(next);
    return shown(next);
  }

  /** Locks: nobody is open, everything stays. The server is to be told. */
  async lock(): Promise<void> {
    await this.device.bulkPut([{ name: "open", value: null }, { name: "owed", value: "sign-out" }]);
  }

  async owesSignOut(): Promise<boolean> {
    return (await this.device.get("owed")) !== undefined;
  }

  /** The server has ended the session, or knows of none. */
  async signOutSettled(): Promise<void> {
    await this.device.delete("owed");
  }

  async forget(userId: string): Promise<void> {
    await this.transaction("rw", this.people, this.device, async () => {
      await this.people.delete(userId);
      if ((await this.device.get("open"))?.value === userId) await this.device.put({ name: "open", value: null });
    });
  }

  async known(): Promise<User[]> {
    return (await this.people.orderBy("usedAt").reverse().toArray()).map(shown);
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
  if (!inside) await device.device.put({ name: "sentinel", value: "1" });
  localStorage.setItem(SENTINEL, "1");
  return outside && !inside;
}
