import type { ImportEdge } from "./imports.ts";
import { isTest } from "./source-files.ts";

const ENGINES = new Set(["sync", "access", "collab", "activity", "files", "mail", "audit"]);
const FEATURES = new Set([
  "users", "courses", "pages", "assignments", "quizzes", "grades", "progress", "drafts", "forums", "calendar", "notifications", "badges",
  "meetings", "lti", "transfer", "reports", "admin", "imports", "home", "outbox", "storage", "search", "history", "fields", "backup", "doctor",
]);

interface Rule {
  readonly refuses: (edge: ImportEdge) => boolean;
  readonly why: string;
}

const layer = (path: string): string => path.split("/")[0] ?? "";
const folder = (path: string): string => path.split("/")[1] ?? "";
const isOurs = (path: string): boolean => ["shared", "client", "sync-server", "analytics", "infra", "e2e"].includes(layer(path)) && path.includes("/");
/** A file that stands directly in its layer composes: `registry.ts`, `app.tsx`, `main.ts`, `person.ts`. */
const composes = (path: string): boolean => path.split("/").length === 2;

const rules: readonly Rule[] = [
  {
    refuses: ({ from, to }) => layer(from) === "shared" && !isTest(from) && (isOurs(to) ? layer(to) !== "shared" : to !== "zod/mini" && !(to === "lib0/hash/sha256" && from === "shared/kernel/ids.ts")),
    why: "shared imports nothing but the schema library, and one hash for derived ids: it must run on every side",
  },
  {
    refuses: ({ from, to }) => layer(from) === "client" && !isTest(from) && isOurs(to) && !["client", "shared"].includes(layer(to)),
    why: "client imports shared only: not even a type of the server may reach it",
  },
  {
    refuses: ({ from, to }) => layer(from) === "sync-server" && isOurs(to) && layer(to) === "client",
    why: "server and client meet in shared only",
  },
  {
    refuses: ({ from, to }) =>
      layer(from) === "sync-server" && !isTest(from) && layer(to) === "analytics" && isOurs(to) && from !== "sync-server/main.ts",
    why: "one arrow from the server to analytics, in main.ts",
  },
  {
    refuses: ({ from, to }) => layer(from) === "analytics" && !isTest(from) && isOurs(to) && !["analytics", "shared"].includes(layer(to)),
    why: "analytics imports shared only",
  },
  {
    refuses: ({ from, to }) =>
      !isTest(from) && isOurs(to) && layer(from) === layer(to) && !composes(from) && !composes(to) && ENGINES.has(folder(from)) && FEATURES.has(folder(to)),
    why: "an engine knows no feature: declare the feature in the registry, or hand it in where things are composed",
  },
  {
    refuses: ({ from, to }) =>
      to === "postgres" && !isTest(from) && !from.startsWith("sync-server/db/"),
    why: "only sync-server/db knows the SQL driver",
  },
  {
    refuses: ({ from, to }) => isOurs(to) && layer(to) === "client" && folder(to) === "db" && layer(from) === "client" && from.endsWith(".tsx") && !composes(from),
    why: "views call queries and actions, never the database",
  },
];

/** One sentence for each arrow that goes where it must not. */
export const wrongDirections = (edges: readonly ImportEdge[]): string[] =>
  edges.flatMap((edge) => rules.filter((rule) => rule.refuses(edge)).map((rule) => `${edge.from} imports ${edge.to}: ${rule.why}`));

/** Each cycle of the value imports once, as the path that closes it. Types may refer to each other. */
export function cycles(edges: readonly ImportEdge[]): string[] {
  const next = new Map<string, string[]>();
  for (const { from, to, typeOnly } of edges) if (!typeOnly && isOurs(to)) next.set(from, [...(next.get(from) ?? []), to]);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) found.push([...trail.slice(start), path].join(" → "));
    if (start >= 0 || done.has(path)) return;
    for (const to of next.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
}
