import type { AuditActor } from "../audit/audit.ts";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import type { RouteRequest } from "../http/route.ts";

/** Who acts in a request, for the audit log. */
export const auditActorOf = ({ actor, actingBy, sessionId, context }: Pick<RouteRequest<unknown, unknown>, "actor" | "actingBy" | "sessionId" | "context">): AuditActor => ({
  userId: actor?.userId ?? null,
  realUserId: actingBy,
  sessionId,
  network: networkOf(remoteAddress(context)),
});
