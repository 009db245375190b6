import { TicketAnswer } from "@mochila/shared/collab/ticket-answer.ts";
import { TicketRequest } from "@mochila/shared/collab/ticket-request.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Database } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { roomAccess } from "./room-access.ts";
import { issueTicket } from "./ticket.ts";

export const collabRoutes = ({ database, random }: { readonly database: Database; readonly random: Random }): Route[] => [
  route({
    method: "POST",
    path: "/api/collab/ticket",
    access: "person",
    summary: "A one-use ticket, valid for 30 seconds, for the socket of a room",
    body: TicketRequest,
    answer: TicketAnswer,
    handle: async ({ body, actor, sessionId }) => {
      const access = actor && sessionId ? await roomAccess(database.sql, actor, body.room) : null;
      if (!actor || !sessionId || !access) throw new CodedError("forbidden", "this page cannot be edited by you");
      const ticket = await issueTicket(database.sql, random, { userId: actor.userId, sessionId, room: body.room });
      return { ticket, write: access.write };
    },
  }),
];
