import type { Plugin } from "vite";

const REPLACED = /broadcast-channel\/.*\/methods\/(?:indexed-db|localstorage)\.js$/;

/**
 * RxDB speaks between tabs through `broadcast-channel`, which brings two ways for browsers without a BroadcastChannel of their own. Every
 * browser that we support has one: 3 KB of what a phone loads.
 */
export const nativeChannelOnly = (): Plugin => ({
  name: "native-channel-only",
  enforce: "pre",
  load: (id) => (REPLACED.test(id) ? "const never = { type: 'none', canBeUsed: () => false }; export { never as IndexedDBMethod, never as LocalstorageMethod };" : null),
});
