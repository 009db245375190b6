import { isTest, type SourceFile } from "./source-files.ts";

const CHANCE = /\bDate\.now\(|\bnew Date\(\)|\bperformance\.now\(|\bMath\.random\(|\bcrypto\.(randomUUID|getRandomValues)\(|\brandomUUID\(/;
const ALLOWED = new Set(["shared/kernel/clock.ts", "shared/kernel/random.ts", "sync-server/main.ts", "client/main.tsx"]);
const NETWORK = /\bfetch\(|\bnew (WebSocket|EventSource|XMLHttpRequest)\(|\bsendBeacon\(/;
const NETWORK_ALLOWED = new Set([
  // The worker answers for the network.
  "client/service-worker.ts",
  "client/sync/transport.ts", "client/sync/request.ts", "client/collab/room-client.ts", "client/collab/room-ticket.ts", "client/activity/sender.ts", "client/files/download.ts", "client/users/session.ts", "client/users/account-call.ts",
]);

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, "$1");

function linesWith(file: SourceFile, pattern: RegExp, why: string): string[] {
  return withoutComments(file.text)
    .split("\n")
    .flatMap((line) => (pattern.test(line) ? [`${file.path}: ${line.trim().slice(0, 90)}: ${why}`] : []));
}

/** Places that read the clock or make randomness themselves, so that a simulation could not replay them. */
export const hiddenChance = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => /^(shared|client|sync-server|analytics)\//.test(path) && !isTest(path) && !ALLOWED.has(path))
    .flatMap((file) => linesWith(file, CHANCE, "take a Clock or a Random as parameter"));

/** Places of the client that reach for the network outside the few files that own it. */
export const hiddenNetwork = (files: readonly SourceFile[]): string[] =>
  files
    .filter(({ path }) => path.startsWith("client/") && !isTest(path) && !NETWORK_ALLOWED.has(path))
    .flatMap((file) => linesWith(file, NETWORK, "only the engines' senders touch the network"));
