import { CodedError } from "@mochila/shared/errors.ts";
import { ClosingAsked, Closure, TypedEmail, WithPassword } from "@mochila/shared/users/own-data.ts";
import { auditActorOf } from "../admin/audit-actor.ts";
import { type Route, route } from "../http/route.ts";
import type { ProveOwnPassword } from "../users/own-password.ts";
import type { SessionCheck } from "../users/session-check.ts";
import type { Closing } from "./closing.ts";

const BODY_BYTES_MAX = 8 * 1_024;

export interface ClosingRoutesParts {
  readonly closing: Closing;
  readonly provePassword: ProveOwnPassword;
  readonly check: Pick<SessionCheck, "forget">;
}

export function closingRoutes({ closing, provePassword, check }: ClosingRoutesParts): Route[] {
  const asker = ({ userId }: ReturnType<typeof auditActorOf>): string => {
    if (userId === null) throw new CodedError("not_signed_in", "Sign in first.");
    return userId;
  };
  return [
    route({
      method: "GET", path: "/api/me/closure", access: "person", summary: "Whether my account can be closed, and when it will be", answer: Closure,
      handle: (request) => closing.stateOf(asker(auditActorOf(request))),
    }),
    route({
      method: "POST", path: "/api/me/closure", access: "person", summary: "Close my account in two weeks; a sign-in takes it back", body: WithPassword, answer: ClosingAsked, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const by = auditActorOf(request);
        await provePassword(asker(by), request.body.password);
        const closingAt = await closing.ask(by, asker(by));
        // As after a sign-out, whoever has this page open reads nothing more with it.
        if (request.sessionId !== null) check.forget(request.sessionId);
        return { closingAt };
      },
    }),
    route({
      method: "POST", path: "/api/admin/people/:id/closure", access: "administrator", summary: "Close a person's account at once, for ever", body: TypedEmail, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        await closing.closeNow(auditActorOf(request), request.params["id"] ?? "", request.body.email);
        return new Response(null, { status: 204 });
      },
    }),
    route({
      method: "GET", path: "/api/admin/people/:id/closure", access: "administrator", summary: "What keeps a person's account from being closed", answer: Closure,
      handle: (request) => closing.stateOf(request.params["id"] ?? ""),
    }),
  ];
}
