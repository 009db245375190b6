import type { Answer, Attempt, Permission, Relation } from "./declaration.ts";
import { routeOf } from "./declarations.ts";
import type { Sql } from "../db/database.ts";
import { ORIGIN } from "./test-application.ts";
import type { Caller } from "./test-callers.ts";
import type { School } from "./test-school.ts";

export interface Sent {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array<ArrayBuffer> | null;
}

export interface Told extends Answer {
  readonly text: string;
  readonly code: string;
  readonly headers: Headers;
  /** Whether anything was written or locked in the database. */
  readonly wrote: boolean;
}

/** What a browser adds to a request of our own page. */
const OUR_PAGE = { origin: ORIGIN, "sec-fetch-site": "same-origin" };

/** The request of a use, as this caller sends it. */
export function requestOf(use: string, { params = {}, query, headers = {}, body, bytes }: Attempt, caller: Pick<Caller, "headers">): Sent {
  const [method = "", template = ""] = routeOf(use).split(" ");
  const path = template.replaceAll(/:(\w+)(\{[^}]*\})?/gu, (_, name: string) => encodeURIComponent(params[name] ?? ""));
  const json = body === undefined ? {} : { "content-type": "application/json" };
  return {
    method, path: query ? `${path}?${new URLSearchParams(query).toString()}` : path,
    headers: { host: new URL(ORIGIN).host, ...OUR_PAGE, ...json, ...caller.headers, ...headers },
    body: bytes ?? (body === undefined ? null : JSON.stringify(body)),
  };
}

export type Watched = NonNullable<ReturnType<NonNullable<Permission["watches"]>>>;

/** Everything of a document that is stored; null: it was never there. */
async function versionOf(sql: Sql, { collection, id }: Watched): Promise<string | null> {
  const [row] = await sql<{ version: string }[]>`select concat(rev, deleted, md5(body::text)) as version from ${sql(`doc_${collection}`)} where id = ${id}`;
  return row?.version ?? null;
}

/** Sends it to the application in this process; whatever it changes is undone. A stream is read no further than its head. */
export async function tell({ application }: School, { method, path, headers, body }: Sent, { caller, watched }: { caller: Pick<Caller, "address">; watched?: Watched | undefined }): Promise<Told> {
  const { app, clock, undone } = application;
  clock.nextCase();
  const { result, wrote } = await undone(async (sql) => {
    const before = watched && (await versionOf(sql, watched));
    const answer = await app.hono.request(`${ORIGIN}${path}`, { method, headers, body }, { incoming: { socket: { remoteAddress: caller.address } } });
    const isStream = answer.headers.get("content-type")?.startsWith("text/event-stream");
    const text = isStream ? "" : await answer.text();
    if (isStream) await answer.body?.cancel();
    const changed = watched !== undefined && before !== (await versionOf(sql, watched));
    return { status: answer.status, headers: answer.headers, text, changed };
  });
  const isJson = result.headers.get("content-type")?.startsWith("application/json") === true && result.text !== "";
  const json = isJson ? (JSON.parse(result.text) as Record<string, unknown>) : {};
  return { ...result, json, wrote, code: (json["error"] as { code?: string } | undefined)?.code ?? "" };
}

export const isAllowed = (school: School, { may }: Permission, { caller, relation }: { caller: Caller; relation: Relation }): boolean => {
  const standings = school.standingsOf(caller, relation);
  return Object.entries(may).some(([standing, where]) => standings.has(standing as never) && where.includes(relation));
};
