import { createSignal } from "solid-js";
import { Workbox } from "workbox-window";
import type { UpdateControl } from "./app-parts.ts";

/** A phone keeps an app open for days. */
const LOOK_EVERY_MS = 3_600_000;

/**
 * Registers the service worker, and tells when a newer one waits. It takes over when the person says so, or at the next start: never
 * under a page in use, whose code would then come from two versions (DECISIONS 31).
 */
export function makeUpdateControl(): UpdateControl {
  const [waiting, setWaiting] = createSignal(false);
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return { waiting, apply: () => undefined };
  const workbox = new Workbox("/service-worker.js", { scope: "/" });
  let asked = false;
  const apply = () => {
    asked = true;
    workbox.messageSkipWaiting();
  };

  // Found waiting at this start: nothing has been typed yet, so it may take over now.
  workbox.addEventListener("waiting", (event) => {
    if (event.wasWaitingBeforeRegister === true) apply();
    else setWaiting(true);
  });
  // On the first visit a worker takes control of a page that had none: no change of version.
  let controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
    // Another tab updated: this one follows as soon as nobody looks at it.
    else if (controlled) document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && location.reload());
    controlled = true;
  });
  void workbox.register({ immediate: true });
  const look = () => void (document.visibilityState === "visible" && workbox.update().catch(() => undefined));
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  return { waiting, apply };
}
