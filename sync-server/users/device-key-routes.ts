import { CodedError } from "@mochila/shared/errors.ts";
import { DeviceKey, NewDeviceKey } from "@mochila/shared/users/device-key.ts";
import { WithPassword } from "@mochila/shared/users/second-factor.ts";
import { Session } from "@mochila/shared/users/session.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Database } from "../db/database.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import type { Accounts } from "./accounts.ts";
import type { DeviceKeys } from "./device-keys.ts";
import { opened, placeOf } from "./entrance.ts";
import { makeProvePassword } from "./own-password.ts";
import { noRefreshCookie } from "./refresh-cookie.ts";

export interface DeviceKeyRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly accounts: Accounts;
  readonly deviceKeys: DeviceKeys;
  readonly publicUrl: string | null;
}

const BODY_BYTES_MAX = 8 * 1024;
/** A school comes out of one address, and a class opens its devices at once. */
const PER_MINUTE_MAX = 600;

function ownOf({ actor, sessionId, context }: Pick<RouteRequest<unknown, unknown>, "actor" | "sessionId" | "context">) {
  if (!actor || sessionId === null) throw new CodedError("not_signed_in", "Sign in first.");
  return { userId: actor.userId, sessionId, by: { userId: actor.userId, sessionId, network: placeOf(context).network } };
}

/** A device that its person has locked with a PIN or pictures. */
export function deviceKeyRoutes({ database, clock, accounts, deviceKeys, publicUrl }: DeviceKeyRoutesParts): Route[] {
  const provePassword = makeProvePassword({ database, clock, accounts });
  return [
    route({
      method: "POST", path: "/api/me/device-key", access: "person", summary: "A key for this device, to come in again without the password", body: WithPassword, answer: NewDeviceKey, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const own = ownOf(request);
        await provePassword(own.userId, request.body.password);
        return { key: await deviceKeys.make(own) };
      },
    }),
    route({
      method: "DELETE", path: "/api/me/device-key", access: "person", summary: "This device's key opens nothing any more",
      handle: async (request) => {
        await deviceKeys.remove(ownOf(request));
        return new Response(null, { status: 204 });
      },
    }),
    route({
      method: "POST", path: "/api/auth/device-key", access: "cookie", summary: "Come in again with the key of a device", body: DeviceKey, answer: Session, bytesMax: BODY_BYTES_MAX, perMinuteMax: PER_MINUTE_MAX,
      handle: async ({ body, context }) => opened(context, publicUrl, await deviceKeys.open(body.key, placeOf(context))),
    }),
    route({
      method: "POST", path: "/api/auth/lock", access: "cookie", summary: "Take the cookie from a browser that its person has locked; the session stays", perMinuteMax: PER_MINUTE_MAX,
      handle: ({ context }) => Promise.resolve(new Response(null, { status: 204, headers: { "set-cookie": noRefreshCookie(context, publicUrl) } })),
    }),
  ];
}
