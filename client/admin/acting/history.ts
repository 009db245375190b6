import type { MemoryHistory } from "@solidjs/router";
import { addressOf, placeAt } from "./place.ts";

/** The app's own router, over the addresses of `place.ts`. Each of them carries which look it belongs to, as the first did. */
export const actingHistory: MemoryHistory = {
  get: () => placeAt(location),
  set: ({ value, scroll = false, replace = false }) => {
    if (replace) history.replaceState(history.state, "", addressOf(value));
    else history.pushState(history.state, "", addressOf(value));
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (target) target.scrollIntoView();
    else if (scroll) window.scrollTo(0, 0);
  },
  go: (steps) => history.go(steps),
  listen: (listener) => {
    const tell = () => listener(placeAt(location));
    window.addEventListener("popstate", tell);
    return () => window.removeEventListener("popstate", tell);
  },
};
