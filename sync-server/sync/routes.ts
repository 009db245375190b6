import { assert } from "@mochila/shared/kernel/assert.ts";
import { REQUEST_BYTES_MAX } from "@mochila/shared/limits.ts";
import { HistoryAnswer } from "@mochila/shared/sync/history.ts";
import { HistoryQuery } from "@mochila/shared/sync/history-query.ts";
import { NEXT_PAGES_HEADER, nextPagesOf } from "@mochila/shared/sync/next-pages.ts";
import { PullRequest } from "@mochila/shared/sync/pull-request.ts";
import { PullResponse } from "@mochila/shared/sync/pull-response.ts";
import { PushRequest } from "@mochila/shared/sync/push-request.ts";
import { PushResponse } from "@mochila/shared/sync/push-response.ts";
import { type Route, route } from "../http/route.ts";
import type { Hints } from "./hints.ts";
import { pagesText, type PulledPages } from "./pulled-pages.ts";
import type { Sync } from "./sync.ts";

/** Twelve checkpoints of a walk under way are below 2 KB. */
const PULL_REQUEST_BYTES_MAX = 64 * 1024;

/** A device asks when it is told of news, at most each second; what it asks for at once is a first sync, of which nobody shall be made to wait (DECISIONS 36). */
const PULLS_PER_MINUTE_MAX = 120;
const PULLS_AT_ONCE_MAX = 600;
const PUSHES_PER_MINUTE_MAX = 240;
/** What somebody types in a minute is a few KiB; what a month without a network brings is sent in some minutes. */
const PUSHED_KIB_PER_MINUTE_MAX = 5 * 1_024;

/** What a person may see and write is decided inside, for the resolved documents; here only that somebody is signed in. */
export function syncRoutes({ sync, hints }: { sync: Sync; hints: Hints }): Route[] {
  return [
    route({
      method: "POST",
      path: "/api/sync/pull",
      access: "person",
      acting: "allowed",
      summary: "What this person's device does not have yet, of all collections",
      body: PullRequest,
      answer: PullResponse,
      bytesMax: PULL_REQUEST_BYTES_MAX,
      perMinuteMax: PULLS_PER_MINUTE_MAX,
      burstMax: PULLS_AT_ONCE_MAX,
      handle: ({ actor, actingBy, body }) => {
        assert(actor, "the route is for persons");
        return actingBy === null ? sync.pull(actor.userId, body) : sync.pullActing(actor.userId, body);
      },
      textOf: (answer) => pagesText(answer as PulledPages),
      headersOf: (answer) => {
        const next = nextPagesOf(answer as PulledPages);
        return Object.keys(next).length > 0 ? { [NEXT_PAGES_HEADER]: JSON.stringify(next) } : {};
      },
    }),
    route({
      method: "POST",
      path: "/api/sync/push",
      access: "person",
      summary: "What this person wrote on a device",
      body: PushRequest,
      answer: PushResponse,
      bytesMax: REQUEST_BYTES_MAX,
      perMinuteMax: PUSHES_PER_MINUTE_MAX,
      kibPerMinuteMax: PUSHED_KIB_PER_MINUTE_MAX,
      handle: async ({ actor, body }) => {
        assert(actor, "the route is for persons");
        const { response, touched } = await sync.push(actor, body);
        hints.publish(touched);
        return response;
      },
    }),
    route({
      method: "GET",
      path: "/api/sync/history",
      access: "person",
      summary: "Who changed one document when: its versions, newest first. For the staff of its course, or the person whose it is",
      query: HistoryQuery,
      answer: HistoryAnswer,
      handle: ({ actor, query }) => {
        assert(actor, "the route is for persons");
        return sync.history({ actor, ...query });
      },
    }),
    route({
      method: "GET",
      path: "/api/sync/stream",
      access: "person",
      acting: "allowed",
      summary: "Server-sent hints that there is something to pull; ends when the token does",
      handle: ({ actor, sessionId, expiresAt, context }) => {
        assert(actor && sessionId !== null && expiresAt !== null, "the route is for persons");
        return sync.streams.open({ userId: actor.userId, sessionId, expiresAt, signal: context.req.raw.signal });
      },
    }),
  ];
}
