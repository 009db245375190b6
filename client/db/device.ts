import { Dexie, type EntityTable } from "dexie";
import type { LockKind } from "@mochila/shared/users/device-key.ts";
import type { User } from "@mochila/shared/users/session.ts";
import type { ProfileChange } from "@mochila/shared/users/typed.ts";
import { DEVICE_NAME } from "./names.ts";

/** The key with which this device comes in again for a person, under their PIN or pictures (`users/lock/`). */
export interface DeviceLock {
  readonly kind: LockKind;
  readonly salt: Uint8Array<ArrayBuffer>;
  readonly iterations: number;
  readonly nonce: Uint8Array<ArrayBuffer>;
  readonly sealed: ArrayBuffer;
  /** Tries in a row that did not open it, one that is under way included; and before when there is no other, ms since 1970. */
  readonly tries: number;
  readonly notBefore: number;
}

/** How a person is here. `lock`: they come in again with it, without the password; `over`: to what is here alone. */
export interface Here {
  readonly shared: boolean;
  readonly lock: LockKind | null;
  readonly over?: boolean | undefined;
}

/** A person whose data is on this device. */
interface PersonRow {
  readonly id: string;
  readonly user: User;
  /** When they last opened the app here, ms since 1970. */
  readonly usedAt: number;
  /** What they changed of their profile here and the server has not taken yet: it wins on this device. Absent: nothing. */
  readonly unsent?: ProfileChange;
  /** They came in on a shared computer: everything of them leaves it when nothing waits any more (SC2). Holds until it has. */
  readonly shared?: true;
  readonly lock?: DeviceLock | undefined;
  /** The school has ended what the key of the lock hangs on: it still hides what is here, and brings them to the school no more. */
  readonly over?: boolean | undefined;
}

interface DeviceRow {
  /** `owed`: the server has not been told yet that the last person signed out, or has locked this device. */
  readonly name: "open" | "owed" | "sentinel";
  readonly value: string | null;
}

/** `lock`: they stay, and the cookie goes. */
export type Owed = "sign-out" | "lock";

const hereOf = (row: PersonRow | undefined): Here => ({ shared: row?.shared === true, lock: row?.lock?.kind ?? null, over: row?.over });
const shown = ({ user, unsent }: PersonRow): User => ({ ...user, ...(Object.fromEntries(Object.entries(unsent ?? {}).filter(([, value]) => value !== undefined)) as Partial<User>) });

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

  async hereOf(userId: string): Promise<Here> {
    return hereOf(await this.people.get(userId));
  }

  /** Who came in on a shared computer, and is not open. */
  async gone(): Promise<string[]> {
    const open = (await this.device.get("open"))?.value;
    return (await this.people.toArray()).flatMap(({ id, shared }) => (shared && id !== open ? [id] : []));
  }

  /** Remembers a person who came in, and opens their app on this device. By their password: then their PIN is over. Returns them as this device shows them. */
  remember(user: User, at: number, { shared, byLock }: { shared: boolean; byLock: boolean }): Promise<User> {
    return this.transaction("rw", this.people, this.device, async () => {
      const { lock, ...before } = (await this.people.get(user.id)) ?? {};
      const row = { ...before, id: user.id, user, usedAt: at, over: false, ...(shared && { shared }), ...(byLock && lock && { lock }) };
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

  /** Nobody is open, everything stays. The server is to be told. After a sign-out the password is asked for. */
  leave(owed: Owed): Promise<void> {
    return this.transaction("rw", this.people, this.device, async () => {
      const open = (await this.device.get("open"))?.value;
      if (open && owed === "sign-out") await this.putLock(open, undefined);
      await this.device.bulkPut([{ name: "open", value: null }, { name: "owed", value: owed }]);
    });
  }

  async owed(): Promise<Owed | null> {
    return ((await this.device.get("owed"))?.value as Owed | undefined) ?? null;
  }

  async putLock(userId: string, lock: DeviceLock | undefined): Promise<void> {
    await this.people.update(userId, { lock });
  }

  /** What their lock brings to the school is nothing any more, until they come in by the password. */
  async putOver(userId: string, over: boolean): Promise<void> {
    await this.people.update(userId, { over });
  }

  /** Counts a try before anybody knows how it ends, in all tabs. Answers what is tried, or for how many milliseconds there is no try. */
  tryLock(userId: string, now: number, waitMsAfter: (tries: number) => number): Promise<DeviceLock | number> {
    return this.transaction("rw", this.people, async () => {
      const lock = (await this.people.get(userId))?.lock;
      if (!lock) return waitMsAfter(1);
      // A clock that was put back does not make it longer.
      const waitMs = Math.min(lock.notBefore - now, waitMsAfter(lock.tries));
      if (waitMs > 0) return waitMs;
      const tried = { ...lock, tries: lock.tries + 1, notBefore: now + waitMsAfter(lock.tries + 1) };
      await this.putLock(userId, tried);
      return tried;
    });
  }

  /** Opens a person's app without the server. The try was right. */
  reopen(userId: string, lock: DeviceLock, at: number): Promise<User | null> {
    return this.transaction("rw", this.people, this.device, async () => {
      await this.device.put({ name: "open", value: userId });
      return this.#changeOpen(userId, (row) => ({ ...row, usedAt: at, lock: { ...lock, tries: 0, notBefore: 0 } }));
    });
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

  async known(): Promise<(Here & { user: User })[]> {
    return (await this.people.orderBy("usedAt").reverse().toArray()).map((row) => ({ user: shown(row), ...hereOf(row) }));
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
