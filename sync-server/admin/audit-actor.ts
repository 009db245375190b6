import type { AuditActor } from "../audit/audit.ts";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import type { RouteRequest } from "../http/route.ts";

/** Who acts in a request, for the audit log. */
export const auditActorOf = ({ actor, sessionId, context }: Pick<RouteRequest<unknown, unknown>, "actor" | "sessionId" | "context">): AuditActor => ({
  userId: actor?.userId ?? null,
  sessionId,
  network: networkOf(remoteAddress(context)),
});
