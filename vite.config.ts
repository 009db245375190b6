import { fileURLToPath } from "node:url";
import { defaultClientConditions, defineConfig } from "vite";
import { VitePWA } from "vite-plugin-pwa";
import solid from "vite-plugin-solid";
import { classicStart } from "./infra/vite/classic-start.ts";
import { unusedParts } from "./infra/vite/unused-parts.ts";
import { precompress } from "./infra/vite/precompress.ts";
import { staffChunks } from "./infra/vite/staff-chunks.ts";
import { trustedTemplates } from "./infra/vite/trusted-templates.ts";
import { manifest } from "./infra/vite/web-manifest.ts";

const root = fileURLToPath(new URL("client", import.meta.url));

/** Code that only those who teach load, or that shows only what the network has: never precached, fetched on first use, then kept by the service worker. */
const staff = staffChunks([/\/client\/pages\/editor\//i, /\/client\/pages\/Editor/, /\/client\/collab\//, /\/client\/reports\//, /\/client\/history\//, /\/client\/courses\/(?:entry\/|CourseBuilder|CoursePeople|NewCourse|LeftNotes)/, /\/client\/users\/SetUp/, /\/client\/users\/(?:account|second-factor)\//, /\/client\/admin\//, /\/client\/home\/FirstSteps/, /\/client\/files\/upload\.ts/]);

/**
 * What is evaluated at a start is one chunk: cut into pieces by who shares them, each piece would leave a file of its own that only hands on
 * (`classic-start.ts`).
 */
const start = { name: "app", test: /\/client\/(?:app|person-space)\.tsx?$/, includeDependenciesRecursively: true };

export default defineConfig({
  root,
  // RxJS as classes of today, not as functions of 2009 with their helpers.
  // Dexie as a module of today: its default is a script of 2009's language, from which nothing can be left out.
  resolve: { conditions: ["es2015", ...defaultClientConditions], alias: { dexie: "dexie/dist/modern/dexie.mjs" } },
  // Chromium 100 is what the oldest phones that still get updates run.
  build: { target: "es2022", outDir: "dist", emptyOutDir: true, assetsInlineLimit: 0, chunkSizeWarningLimit: 400, modulePreload: { polyfill: false }, rolldownOptions: { output: { codeSplitting: { groups: [start] } } } },
  plugins: [
    solid(),
    trustedTemplates(),
    unusedParts(),
    staff.plugin,
    classicStart(),
    VitePWA({
      strategies: "injectManifest",
      srcDir: ".",
      filename: "service-worker.ts",
      injectRegister: false,
      registerType: "prompt",
      manifestFilename: "manifest.webmanifest",
      manifest,
      includeManifestIcons: false,
      injectManifest: {
        globPatterns: ["**/*.{html,js,css,svg,png,woff2,webmanifest}"],
        // Launcher icons are fetched by the system when it installs the app; one is enough for the shortcuts of the app itself.
        globIgnores: ["icons/{maskable,apple}-*", "icons/icon-512.png", "service-worker.js"],
        maximumFileSizeToCacheInBytes: 2 * 1024 * 1024,
        manifestTransforms: [(entries) => Promise.resolve({ manifest: entries.filter((entry) => !staff.has(entry.url)), warnings: [] })],
      },
    }),
    precompress(),
  ],
});
