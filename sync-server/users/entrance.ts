import { SystemRole } from "@mochila/shared/access/actor.ts";
import type { PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import type { Session } from "@mochila/shared/users/session.ts";
import type { Context } from "hono";
import { networkOf, remoteAddress } from "../http/remote-address.ts";
import { deviceName } from "./device-name.ts";
import type { PersonRow } from "./people.ts";
import { noPendingCookie, pendingCookie, refreshCookie } from "./refresh-cookie.ts";
import type { PendingSignIns } from "./second-factor/pending-sign-ins.ts";
import type { Factor, Opened, Sessions } from "./sessions.ts";

export interface EntranceParts {
  readonly sessions: Sessions;
  readonly pending: PendingSignIns;
  readonly publicUrl: string | null;
}

/** Where a sign-in comes from, as people and the audit log name it. */
export const placeOf = (context: Context) => ({ device: deviceName(context.req.header("user-agent") ?? ""), network: networkOf(remoteAddress(context)) });

export function opened(context: Context, publicUrl: string | null, { accessToken, expiresAt, user, refreshToken, sharedComputer, closingTakenBack }: Opened): Response {
  const body: Session = { accessToken, expiresAt, user, ...(closingTakenBack && { closingTakenBack }) };
  const cookie = refreshCookie(context, publicUrl, { token: refreshToken, role: SystemRole.parse(user.systemRole), sharedComputer });
  return Response.json(body, { headers: { "set-cookie": cookie } });
}

/** The one way in after a password: a session where nothing more is asked of the person, else the word that something is. */
export async function enterWithPassword({ sessions, pending, publicUrl }: EntranceParts, context: Context, person: PersonRow, sharedComputer: boolean): Promise<Response> {
  const asked = await pending.begin(person, sharedComputer);
  if (!asked) return opened(context, publicUrl, await sessions.open(person, { ...placeOf(context), factor: "none", sharedComputer }));
  const body: { secondFactor: PendingSignIn } = { secondFactor: asked.pending };
  return Response.json(body, { headers: { "set-cookie": pendingCookie(context, publicUrl, asked.browser) } });
}

/** The way in of whoever has proved a second factor. */
export async function enterProved({ sessions, publicUrl }: Omit<EntranceParts, "pending">, context: Context, { person, factor, sharedComputer }: { person: PersonRow; factor: Factor; sharedComputer: boolean }): Promise<Response> {
  const answer = opened(context, publicUrl, await sessions.open(person, { ...placeOf(context), factor, sharedComputer }));
  answer.headers.append("set-cookie", noPendingCookie(context, publicUrl));
  return answer;
}
