import { openTabChannel } from "../tab-channel.ts";
import type { Leaving } from "./session-control.ts";

/** What the tabs of one browser tell each other about who is signed in. */
export type SessionMessage =
  /** Signed out, or about to be forgotten: whoever shows this person closes. */
  | { readonly kind: "closed"; readonly userId: string }
  /** Leaves this shared computer; null: stays after all. */
  | { readonly kind: "leaving"; readonly userId: string; readonly how: Leaving | null }
  /** The profile was changed here. */
  | { readonly kind: "changed"; readonly userId: string }
  /** Another person is known on this device, or one less. */
  | { readonly kind: "people" };

export interface SessionTabs {
  tell(message: SessionMessage): void;
}

const CHANNEL = "mochila-session";

/**
 * `heard` for what another tab tells; `look` when this tab may have missed it: a frozen tab, or one from the back-forward cache, hears
 * nothing, and must look at the device before anybody looks at it.
 */
export function openSessionTabs({ heard, look }: { heard(message: SessionMessage): void; look(): void }): SessionTabs {
  const channel = openTabChannel(CHANNEL, heard);
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
  window.addEventListener("focus", look);
  window.addEventListener("pageshow", look);
  return { tell: channel.tell };
}
