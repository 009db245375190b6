import { ActAs, Look } from "@mochila/shared/admin/acting.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { type Route, route } from "../http/route.ts";
import type { ActingSessions } from "../users/acting-sessions.ts";
import type { ProveOwnPassword } from "../users/own-password.ts";
import type { SessionCheck } from "../users/session-check.ts";
import { auditActorOf } from "./audit-actor.ts";

export interface ActingRoutesParts {
  readonly acting: ActingSessions;
  readonly check: Pick<SessionCheck, "forget">;
  readonly provePassword: ProveOwnPassword;
}

const BODY_BYTES_MAX = 8 * 1_024;

export function actingRoutes({ acting, check, provePassword }: ActingRoutesParts): Route[] {
  return [
    route({
      method: "POST", path: "/api/admin/people/:id/act", access: "administrator", summary: "Look at the school as a person, for an hour and without changing anything", body: ActAs, answer: Look, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const { userId, sessionId, network = null } = auditActorOf(request);
        if (userId === null || typeof sessionId !== "string") throw new CodedError("not_signed_in", "Sign in first.");
        const personId = request.params["id"] ?? "";
        await acting.check({ userId }, personId);
        await provePassword(userId, request.body.password);
        return acting.begin({ userId, sessionId, network }, personId, request.body.reason);
      },
    }),
    route({
      method: "DELETE", path: "/api/acting", access: "person", acting: "allowed", summary: "Stop looking at the school as somebody else",
      handle: async (request) => {
        const { actingBy, sessionId } = request;
        if (actingBy === null || sessionId === null) throw new CodedError("forbidden", "You are yourself.");
        await acting.end({ ...auditActorOf(request), sessionId });
        check.forget(sessionId);
        return new Response(null, { status: 204 });
      },
    }),
    route({
      method: "DELETE", path: "/api/admin/acting/:id", access: "administrator", summary: "End a look at the school that the page it was in could not end any more",
      handle: async (request) => {
        const by = auditActorOf(request);
        const id = request.params["id"] ?? "";
        if (by.userId === null) throw new CodedError("not_signed_in", "Sign in first.");
        await acting.endBegun({ ...by, userId: by.userId }, id);
        check.forget(id);
        return new Response(null, { status: 204 });
      },
    }),
  ];
}
