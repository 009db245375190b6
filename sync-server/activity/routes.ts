import { EventAnswer } from "@mochila/shared/activity/event-answer.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import { EVENT_BATCH_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { Database } from "../db/database.ts";
import { type Route, route } from "../http/route.ts";
import { takeBatch } from "./intake.ts";
import { readBatch } from "./read-batch.ts";

export interface ActivityDependencies {
  readonly database: Database;
  readonly clock: Clock;
  /** Tells the forwarder that rows wait; losing the word costs time only. */
  readonly onAccepted?: () => void;
}

export const activityRoutes = ({ database, clock, onAccepted }: ActivityDependencies): Route[] => [
  route({
    method: "POST",
    path: "/api/events",
    access: "person",
    summary: "Takes a batch of activity events of this person, once a number. gzip is accepted.",
    answer: EventAnswer,
    reads: "raw",
    bytesMax: EVENT_BATCH_BYTES_MAX,
    handle: async ({ actor, context }) => {
      assert(actor, "a person route has an actor");
      const receivedAt = clock.now();
      const answer = await takeBatch(database, { batch: await readBatch(context.req.raw), actor, receivedAt });
      onAccepted?.();
      return answer;
    },
  }),
];
