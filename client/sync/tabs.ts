import { openTabChannel, type TabChannel } from "../tab-channel.ts";
import type { Progress } from "./status.ts";

/** What the tabs of one person tell each other. */
export type TabMessage =
  | { readonly kind: "who-leads" }
  /** The leader, when asked and at each change. */
  | { readonly kind: "progress"; readonly progress: Progress }
  | { readonly kind: "sync-now" }
  | { readonly kind: "round-ended" };

export interface Tabs extends TabChannel<TabMessage> {
  listen(listener: (message: TabMessage) => void): () => void;
  /** Resolves true if a message of this kind comes within `ms`. */
  expect(kind: TabMessage["kind"], ms: number): Promise<boolean>;
}

export function makeTabs(userId: string): Tabs {
  const listeners = new Set<(message: TabMessage) => void>();
  const channel = openTabChannel<TabMessage>(`mochila-${userId}-tabs`, (message) => {
    for (const listener of [...listeners]) listener(message);
  });
  const listen = (listener: (message: TabMessage) => void) => {
    listeners.add(listener);
    return () => void listeners.delete(listener);
  };
  return {
    tell: channel.tell,
    listen,
    expect: (kind, ms) =>
      new Promise((resolve) => {
        const settle = (came: boolean) => {
          clearTimeout(timer);
          stop();
          resolve(came);
        };
        const timer = setTimeout(() => settle(false), ms);
        const stop = listen((message) => {
          if (message.kind === kind) settle(true);
        });
      }),
    close: channel.close,
  };
}
