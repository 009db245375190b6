/// <reference lib="webworker" />
import { cleanupOutdatedCaches, createHandlerBoundToURL, precacheAndRoute } from "workbox-precaching";
import { NavigationRoute, registerRoute } from "workbox-routing";

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: (string | { url: string; revision: string | null })[] };

/** Chunks that only those who teach load. Their names hold the hash of their content, so one that is here is right for ever. */
const STAFF_CACHE = "staff-chunks";
/** About three builds of editor and reports. */
const STAFF_ENTRIES_MAX = 60;

precacheAndRoute(self.__WB_MANIFEST, { cleanURLs: false });
// Caches of other Workbox versions only. What a running page may still ask for stays until no page uses it.
cleanupOutdatedCaches();

// Every address of the app is the shell; what belongs to the server is left to it.
registerRoute(new NavigationRoute(createHandlerBoundToURL("/index.html"), { denylist: [/^\/api\//u, /^\/collab\//u, /^\/(?:healthz|readyz|metrics)$/u] }));

registerRoute(
  ({ url, sameOrigin, request }) => sameOrigin && request.method === "GET" && url.pathname.startsWith("/assets/"),
  async ({ request }) => {
    const cache = await caches.open(STAFF_CACHE);
    const kept = await cache.match(request);
    if (kept) return kept;
    const answer = await fetch(request);
    if (answer.ok) {
      await cache.put(request, answer.clone());
      const keys = await cache.keys();
      await Promise.all(keys.slice(0, Math.max(0, keys.length - STAFF_ENTRIES_MAX)).map((old) => cache.delete(old)));
    }
    return answer;
  },
);

self.addEventListener("install", (event) => {
  // No skipWaiting over a running version: assets would change under its pages. The first worker of all has nobody to wait for.
  if (!self.registration.active) event.waitUntil(self.skipWaiting());
});

self.addEventListener("activate", (event) => {
  // The first visit ends with the app usable offline: the page that installed the worker is its client at once.
  event.waitUntil(self.clients.claim());
});

self.addEventListener("message", (event) => {
  const message = event.data as { type?: unknown } | null;
  if (message?.type === "SKIP_WAITING") void self.skipWaiting();
});
