import { type Accessor, createRoot, createSignal, type JSX, onCleanup } from "solid-js";
import type { Look } from "@mochila/shared/admin/acting.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { ACTING_SECONDS } from "@mochila/shared/limits.ts";
import type { User } from "@mochila/shared/users/session.ts";
import { setStandIn } from "../../stand-in.ts";
import { call } from "../../users/account-call.ts";
import { type HowEnded, setLastEnded } from "./ended.ts";
import { ACTING_PATH, addressOf, lookState } from "./place.ts";

/** What a look as somebody is to its screens. */
export interface Acting {
  readonly user: User;
  /** Whole minutes that are left, the one under way included. */
  readonly minutesLeft: Accessor<number>;
  /** The one token that there is. `renew`: the server refused it, so it is over. */
  token(options: { readonly renew: boolean }): Promise<string | null>;
  end(how: HowEnded): void;
  /** Its screens are gone, because somebody has signed out or in over them. */
  leave(): void;
}

const MINUTE_MS = 60_000;
const TICK_MS = 5_000;
/** Said by the server so long before the end by this device's clock, it was the time. */
const NEAR_END_MS = 30_000;
/** Nobody's session any more. */
const ENDED = 401;

/** It must also go where the page is being closed. Answers whether the server knows now. */
export const tellServer = (token: string): Promise<boolean> =>
  call("/api/acting", { method: "DELETE", keepalive: true, headers: { authorization: `Bearer ${token}` } }).then(
    ({ ok, status }) => ok || status === ENDED,
    () => false,
  );

/**
 * Duty: one look at the school as somebody, from its beginning to the way back.
 * Invariant: the token is in the memory of this page alone and goes with it; the administrator's own session, stores and other tabs are not touched.
 * What breaks: the page is closed, loaded again or killed. The server is told on the way out, which now and then does not leave a closing page; the page that
 * is loaded again says it anew (`ActingOver`). Closed or killed unheard, nobody has the token any more, and the session ends by itself within the hour.
 */
export function beginActing({ look, clock, screen }: { look: Look; clock: Clock; screen(acting: Acting): JSX.Element }): void {
  const { accessToken, user, lookId } = look;
  const from = `${location.pathname}${location.search}`;
  const endsAt = clock.monotonic() + ACTING_SECONDS * 1_000;
  const leftMs = (): number => Math.max(0, endsAt - clock.monotonic());
  let over = false;
  const ending = new AbortController();

  const close = (): void => {
    over = true;
    ending.abort();
    dispose();
  };
  const end = (how: HowEnded): void => {
    if (over) return;
    close();
    setLastEnded({ how, name: user.name });
    // Also where this device found that the hour is over: its clock may be the faster one.
    if (how !== "ended") void tellServer(accessToken).then((told) => told || how === "time" || setLastEnded((shown) => shown && { ...shown, how: "untold" }));
    if (location.pathname === ACTING_PATH) history.replaceState(null, "", from);
    setStandIn(null);
  };
  const { minutesLeft, dispose } = createRoot((stop) => {
    const [left, setLeft] = createSignal(leftMs());
    const timer = setInterval(() => (leftMs() > 0 ? setLeft(leftMs()) : end("time")), TICK_MS);
    onCleanup(() => clearInterval(timer));
    return { minutesLeft: () => Math.ceil(left() / MINUTE_MS), dispose: stop };
  });

  const { signal } = ending;
  // The way back of the browser, past the first of its screens.
  window.addEventListener("popstate", () => location.pathname !== ACTING_PATH && end("stopped"), { signal });
  // Not at `pagehide`: a request that passes a service worker goes no more then. Where the page stays after all, it is over too.
  window.addEventListener("beforeunload", () => void tellServer(accessToken).then(() => end("stopped")), { signal });
  // Out of the browser's memory of closed pages.
  window.addEventListener("pageshow", ({ persisted }) => persisted && end("stopped"), { signal });

  setLastEnded(null);
  history.pushState(lookState(lookId), "", addressOf("/"));
  const acting: Acting = {
    user,
    minutesLeft,
    token: ({ renew }) => {
      if (renew) end(leftMs() < NEAR_END_MS ? "time" : "ended");
      return Promise.resolve(over ? null : accessToken);
    },
    end,
    leave: () => {
      if (over) return;
      close();
      void tellServer(accessToken);
      setStandIn(null);
    },
  };
  setStandIn(() => () => screen(acting));
}
