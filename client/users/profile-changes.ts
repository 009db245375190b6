import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { User } from "@mochila/shared/users/session.ts";
import type { ProfileChange } from "@mochila/shared/users/typed.ts";
import type { DeviceDatabase } from "../db/device.ts";
import { createTurns } from "../ui/turns.ts";
import { callOrUnavailable } from "./account-call.ts";

const AGAIN_MS = 10_000;

export interface ProfileChangesOptions {
  readonly device: DeviceDatabase;
  readonly clock: Clock;
  /** The person as the device shows them from now on; null: their app is no longer open. */
  show(user: User | null): Promise<void>;
  /** Tells the other tabs. */
  changed(userId: string): void;
}

export interface ProfileChanges {
  /** Keeps it on the device, then sends it. Answers whether the server has it. Throws CodedError `invalid_input` if it was refused. */
  change(userId: string, change: ProfileChange, token: () => Promise<string | null>): Promise<boolean>;
  /** There is contact: sends what waits, if anything does. */
  sendSoon(userId: string, token: string): void;
  /** Something may wait that another tab kept. */
  look(): void;
}

/**
 * Duty: what a person changes of their profile holds on this device at once, and reaches the server at the next contact.
 * Invariant: it wins over the server's word until the server has it. It is in the device's database before anything is sent.
 * What breaks: the network, the tab. How it recovers: every start takes the change from the device, and every contact tries again.
 */
export function makeProfileChanges({ device, clock, show, changed }: ProfileChangesOptions): ProfileChanges {
  let mayWait = true;
  let notBefore = 0;
  /** The older of two changes does not arrive last. */
  const inTurn = createTurns();

  const settle = async (userId: string, change: ProfileChange, user: User | null) => {
    await show(await device.settleChange(userId, change, user));
    changed(userId);
  };

  const send = async (userId: string, token: string): Promise<boolean> => {
    const change = await device.unsentChange(userId);
    if (!change) {
      mayWait = false;
      return true;
    }
    try {
      const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
      const answer = await callOrUnavailable("/api/me", { method: "PATCH", headers, body: JSON.stringify(change) });
      await settle(userId, change, User.parse(await answer.json()));
      return true;
    } catch (error) {
      notBefore = clock.monotonic() + AGAIN_MS;
      if (!(error instanceof CodedError) || error.code !== "invalid_input") return false;
      // No repetition makes it valid.
      await settle(userId, change, null);
      throw error;
    }
  };

  return {
    change: async (userId, change, token) => {
      await show(await device.keepChange(userId, change));
      mayWait = true;
      changed(userId);
      // The token within the turn: whoever asks for one sends what waits (`sendSoon`), and would hear in the place of who changed it that it was refused.
      return inTurn(() => token().then((text) => text !== null && send(userId, text)));
    },
    sendSoon: (userId, token) => {
      // The time is asked when its turn comes: the one before may have found no network.
      if (mayWait) inTurn(async () => clock.monotonic() >= notBefore && send(userId, token)).catch(console.error);
    },
    look: () => {
      mayWait = true;
    },
  };
}
