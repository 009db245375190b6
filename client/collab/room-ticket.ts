import { TicketAnswer } from "@mochila/shared/collab/ticket-answer.ts";
import { readError } from "../sync/request.ts";

export type TicketOutcome =
  | { readonly kind: "ticket"; readonly ticket: string; readonly write: boolean }
  /** No network, no session, or a server that is away: later. */
  | { readonly kind: "later" }
  | { readonly kind: "forbidden" };

export type AccessToken = (options: { renew: boolean }) => Promise<string | null>;

/** A connection that is dead without saying so must not keep an editor offline after the network is back. */
const TICKET_MS_MAX = 20_000;

async function ask(room: string, token: string): Promise<Response> {
  return fetch("/api/collab/ticket", {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify({ room }),
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(TICKET_MS_MAX),
  });
}

/** A ticket for one connection. Never throws. */
export async function askTicket(room: string, accessToken: AccessToken): Promise<TicketOutcome> {
  try {
    for (const renew of [false, true]) {
      const token = await accessToken({ renew });
      if (token === null) return { kind: "later" };
      const answer = await ask(room, token);
      // Only our server's word: a portal's 403 must not end anybody's writing.
      if (answer.status === 403) return { kind: (await readError(answer)).ours ? "forbidden" : "later" };
      if (answer.ok) return { kind: "ticket", ...TicketAnswer.parse(await answer.json()) };
      if (answer.status !== 401) return { kind: "later" };
    }
  } catch {
    // No network, or an answer that is not ours: a portal of a café.
  }
  return { kind: "later" };
}
