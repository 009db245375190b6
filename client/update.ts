import { createSignal } from "solid-js";
import type { UpdateControl } from "./app-parts.ts";

/** A phone keeps an app open for days. */
const LOOK_EVERY_MS = 3_600_000;

const WORKER = "/service-worker.js";

type ScriptAddress = Parameters<ServiceWorkerContainer["register"]>[0];

/** As much of it as is used here; TypeScript's list of the DOM does not have it yet. */
interface TrustingWindow {
  readonly trustedTypes?: { createPolicy(name: string, rules: { createScriptURL(): string }): { createScriptURL(address: string): ScriptAddress } };
}

/** The page's policy takes no address of a script that is only a string; this one is ours, whatever is asked (decision 0441). */
const workerAddress = (): ScriptAddress =>
  (window as TrustingWindow).trustedTypes?.createPolicy("service-worker", { createScriptURL: () => WORKER }).createScriptURL("") ?? WORKER;

/**
 * Registers the service worker, and tells when a newer one waits. It takes over when the person says so, or at the next start: never
 * under a page in use, whose code would then come from two versions (DECISIONS 31).
 */
export function makeUpdateControl(): UpdateControl {
  const [waiting, setWaiting] = createSignal(false);
  if (!("serviceWorker" in navigator) || import.meta.env.DEV) return { waiting, apply: () => undefined };
  let registration: ServiceWorkerRegistration | undefined;
  let asked = false;
  const apply = () => {
    asked = true;
    registration?.waiting?.postMessage({ type: "SKIP_WAITING" });
  };
  const begin = async () => {
    const registered = await navigator.serviceWorker.register(workerAddress(), { scope: "/" });
    registration = registered;
    // Found waiting at this start: nothing has been typed yet, so it may take over now.
    if (registered.waiting) apply();
    const watch = () => {
      const worker = registered.installing;
      // The first one of all waits for nobody.
      worker?.addEventListener("statechange", () => worker.state === "installed" && registered.active && setWaiting(true));
    };
    watch();
    registered.addEventListener("updatefound", watch);
  };
  // On the first visit a worker takes control of a page that had none: no change of version.
  let controlled = navigator.serviceWorker.controller !== null;
  navigator.serviceWorker.addEventListener("controllerchange", () => {
    if (asked) location.reload();
    // Another tab updated: this one follows as soon as nobody looks at it.
    else if (controlled) document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && location.reload());
    controlled = true;
  });
  void begin().catch(console.error);
  const look = () => void (document.visibilityState === "visible" && registration?.update().catch(() => undefined));
  setInterval(look, LOOK_EVERY_MS);
  document.addEventListener("visibilitychange", look);
  return { waiting, apply };
}
