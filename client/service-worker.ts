/// <reference lib="webworker" />

interface Entry {
  readonly url: string;
  /** Of a file whose name does not tell its content; else null. */
  readonly revision: string | null;
}

declare const self: ServiceWorkerGlobalScope & { readonly __WB_MANIFEST: readonly Entry[] };

/** The app, as fetched whole when a version is installed. Name and keys are those that earlier versions wrote: what has not changed is not fetched again. */
const APP_CACHE = `workbox-precache-v2-${self.registration.scope}`;
const SHELL = "/index.html";
/** Addresses of the app's files, and what each lies under. */
const keys = new Map(
  self.__WB_MANIFEST.map(({ url, revision }) => {
    const address = new URL(url, self.location.href).href;
    return [address, revision === null ? address : `${address}?__WB_REVISION__=${revision}`] as const;
  }),
);

/** Chunks that only those who teach load. Their names hold the hash of their content, so one that is here is right for ever. */
const STAFF_CACHE = "staff-chunks";
/** About three builds of editor and reports. */
const STAFF_ENTRIES_MAX = 60;

/** What belongs to the server is left to it; every other address is the app's own. */
const SERVER = /^\/(?:api\/|collab\/|(?:healthz|readyz|metrics)$)/u;

/** One file after another: a line that breaks has brought some, and they stay. */
async function fetchApp(): Promise<void> {
  const cache = await caches.open(APP_CACHE);
  const here = new Set((await cache.keys()).map(({ url }) => url));
  for (const [address, key] of keys) {
    if (here.has(key)) continue;
    // A file without a hash in its name may lie in the browser's own cache as it was.
    const answer = await fetch(new Request(address, { cache: key === address ? "default" : "reload", credentials: "same-origin" }));
    if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
    await cache.put(key, answer);
  }
}

/** Once no page uses the version before any more. */
async function removeFormer(): Promise<void> {
  const cache = await caches.open(APP_CACHE);
  const ours = new Set(keys.values());
  await Promise.all((await cache.keys()).filter(({ url }) => !ours.has(url)).map((request) => cache.delete(request)));
}

async function ofApp(key: string, request: Request): Promise<Response> {
  const cache = await caches.open(APP_CACHE);
  return (await cache.match(key)) ?? fetch(request);
}

async function ofStaff(request: Request): Promise<Response> {
  const cache = await caches.open(STAFF_CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) {
    await cache.put(request, answer.clone());
    const all = await cache.keys();
    await Promise.all(all.slice(0, Math.max(0, all.length - STAFF_ENTRIES_MAX)).map((old) => cache.delete(old)));
  }
  return answer;
}

self.addEventListener("install", (event) => {
  // No skipWaiting over a running version: assets would change under its pages. The first worker of all has nobody to wait for.
  event.waitUntil(fetchApp().then(() => (self.registration.active ? undefined : self.skipWaiting())));
});

self.addEventListener("activate", (event) => {
  // The first visit ends with the app usable offline: the page that installed the worker is its client at once.
  event.waitUntil(Promise.all([removeFormer(), self.clients.claim()]));
});

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  const isPage = request.mode === "navigate" && !SERVER.test(pathname);
  const key = keys.get(origin + pathname) ?? (isPage ? keys.get(origin + SHELL) : undefined);
  if (key !== undefined) event.respondWith(ofApp(key, request));
  else if (pathname.startsWith("/assets/")) event.respondWith(ofStaff(request));
});

self.addEventListener("message", (event) => {
  const message = event.data as { type?: unknown } | null;
  if (message?.type === "SKIP_WAITING") void self.skipWaiting();
});
