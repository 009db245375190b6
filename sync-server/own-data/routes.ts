import { CodedError } from "@mochila/shared/errors.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import { DataExportState, WithPassword } from "@mochila/shared/users/own-data.ts";
import { auditActorOf } from "../admin/audit-actor.ts";
import { writeAudit } from "../audit/audit.ts";
import type { Database } from "../db/database.ts";
import { type BucketLimit, takeFromBucket } from "../http/rate-bucket.ts";
import { type Route, route, type RouteRequest } from "../http/route.ts";
import type { ProveOwnPassword } from "../users/own-password.ts";
import { askForExport, exportOf, readParts } from "./export-queue.ts";

export interface OwnDataRoutesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly provePassword: ProveOwnPassword;
  /** A copy is to be prepared. */
  readonly onAsked: () => void;
}

const BODY_BYTES_MAX = 8 * 1_024;
/** Each reads everything of a person. */
const COPIES: BucketLimit = { size: 3, refillMs: 8 * 3_600_000 };

function asker({ actor }: Pick<RouteRequest<unknown, unknown>, "actor">): string {
  if (!actor) throw new CodedError("not_signed_in", "Sign in first.");
  return actor.userId;
}

/** A copy of everything that the school has of whoever asks; of nobody else. */
export function ownDataRoutes({ database, clock, random, provePassword, onAsked }: OwnDataRoutesParts): Route[] {
  const stateOf = async (userId: string): Promise<DataExportState> => ({ export: await exportOf(database.sql, userId, clock.now()) });
  return [
    route({
      method: "GET", path: "/api/me/data-export", access: "person", summary: "Whether a copy of my data is prepared or ready", answer: DataExportState,
      handle: (request) => stateOf(asker(request)),
    }),
    route({
      method: "POST", path: "/api/me/data-export", access: "person", summary: "Ask for a copy of all my data; a letter tells when it is ready", body: WithPassword, answer: DataExportState, bytesMax: BODY_BYTES_MAX,
      handle: async (request) => {
        const userId = asker(request);
        await provePassword(userId, request.body.password);
        await takeFromBucket(database.sql, `copy of data ${userId}`, COPIES, clock.now());
        await database.transaction(async (transaction) => {
          await askForExport(transaction, { clock, random }, userId);
          await writeAudit(transaction, { clock }, { by: auditActorOf(request), action: "data.ask", object: { kind: "person", id: userId } });
        });
        onAsked();
        return stateOf(userId);
      },
    }),
    route({
      method: "DELETE", path: "/api/me/data-export", access: "person", summary: "Take the request back, or throw the copy away",
      handle: async (request) => {
        await database.sql`delete from data_export where person_id = ${asker(request)}`;
        return new Response(null, { status: 204 });
      },
    }),
    route({
      method: "GET", path: "/api/me/data-export/file", access: "person", summary: "The copy of my data, a ZIP", perMinuteMax: 10,
      handle: (request) => deliver({ database, clock }, request),
    }),
  ];
}

async function deliver({ database, clock }: Pick<OwnDataRoutesParts, "database" | "clock">, request: RouteRequest<unknown, unknown>): Promise<Response> {
  const userId = asker(request);
  const found = await database.transaction(async (transaction) => {
    const [row] = await transaction<{ id: string; bytes: string; ready_at: Date }[]>`
      select id, bytes, ready_at from data_export where person_id = ${userId} and ready_at is not null and expires_at > ${new Date(clock.now())}`;
    if (!row) throw new CodedError("not_found", "There is no copy of your data here; ask for one.");
    await writeAudit(transaction, { clock }, { by: auditActorOf(request), action: "data.deliver", object: { kind: "person", id: userId } });
    return row;
  });
  const parts = readParts(database.sql, found.id);
  const body = new ReadableStream<Uint8Array>({
    pull: async (controller) => {
      const { value, done } = await parts.next();
      if (done) controller.close();
      else controller.enqueue(new Uint8Array(value));
    },
  });
  const name = `mochila-${found.ready_at.toISOString().slice(0, 10)}.zip`;
  return new Response(body, { headers: { "content-type": "application/zip", "content-length": found.bytes, "content-disposition": `attachment; filename="${name}"`, "cache-control": "no-store" } });
}
