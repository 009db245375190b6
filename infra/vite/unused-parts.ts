import type { Plugin } from "vite";

/** What stands in the place of a module of a library. */
interface Replacement {
  readonly module: RegExp;
  readonly code: string;
}

const never = (name: string): string => `export const ${name} = () => { throw new Error("left out of the app: ${name}"); };`;

const replacements: readonly Replacement[] = [
  // RxDB speaks between tabs through `broadcast-channel`, which brings two ways for browsers without a BroadcastChannel of their own. Every
  // browser that we support has one.
  {
    module: /broadcast-channel\/.*\/methods\/(?:indexed-db|localstorage)\.js$/,
    code: "const never = { type: 'none', canBeUsed: () => false }; export { never as IndexedDBMethod, never as LocalstorageMethod };",
  },
  // The replication registers an election of its own, which nobody calls: whoever leads is decided by a Web Lock (`client/sync/leader.ts`).
  { module: /rxdb\/.*\/plugins\/leader-election\/index\.js$/, code: "export const RxDBLeaderElectionPlugin = { name: 'leader-election', rxdb: true };" },
  // RxDB asks mingo whether a document matches; sorting is its own, and no query asks for parts of documents.
  { module: /mingo\/.*\/operators\/pipeline\/project\.js$/, code: never("$project") },
  { module: /mingo\/.*\/operators\/pipeline\/sort\.js$/, code: never("$sort") },
  // RxJS makes observables of streams and of async iterables too, with helpers that write `for await` in the language of 2015. Nothing here hands it one.
  {
    module: /rxjs\/.*\/util\/isReadableStreamLike\.js$/,
    code: `export const isReadableStreamLike = () => false; ${never("readableStreamLikeToAsyncGenerator")}`,
  },
  { module: /\/tslib\/tslib\.es6\.mjs$/, code: `${never("__awaiter")} ${never("__asyncValues")}` },
];

/** A paragraph about other products that RxDB prints on each start: half a kilobyte, in the place where people look for what is wrong. */
const NOTICE = { module: /rxdb\/.*\/storage-dexie\/rx-storage-instance-dexie\.js$/, text: /console\.warn\(\['-+ RxDB Open Core RxStorage[^\]]*\]\.join\('\\n'\)\);/ };

/** Leaves out what libraries bring and the app never runs: 8 KB of what a phone would load. */
export const unusedParts = (): Plugin => ({
  name: "mochila:unused-parts",
  enforce: "pre",
  load: (id) => replacements.find(({ module }) => module.test(id))?.code ?? null,
  transform(code, id) {
    if (!NOTICE.module.test(id)) return null;
    const without = code.replace(NOTICE.text, "");
    if (without === code) this.error("the notice of RxDB stands elsewhere now: look for it, or take this away");
    return { code: without, map: null };
  },
});
