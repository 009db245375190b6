import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import type { ServerRule } from "./documents.ts";
import { ensureEpoch } from "./epoch.ts";
import type { Hints } from "./hints.ts";
import { createPull, type Pull } from "./pull.ts";
import { createPush, type Push } from "./push.ts";
import { createStreams, type Streams } from "./stream.ts";
import { sweep } from "./tombstones.ts";

export interface SyncDependencies {
  readonly registry: readonly CollectionDefinition[];
  readonly database: Database;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly hints: Hints;
  /** What features do when devices have written. */
  readonly serverRules?: readonly ServerRule[];
}

export interface Sync {
  readonly pull: Pull;
  readonly push: Push;
  readonly streams: Streams;
  /** Before the first request: makes sure that checkpoints belong to this cluster. */
  start(): Promise<void>;
  /** Removes what has served its time; once a day or so, on one instance. */
  sweep(): Promise<void>;
}

/** The engine over the collections of `registry`. It knows no feature: a new collection is a line there and a table. */
export function createSync({ registry, database, clock, random, log, hints, serverRules = [] }: SyncDependencies): Sync {
  return {
    pull: createPull({ registry, database }),
    push: createPush({ registry, database, random, serverRules }),
    streams: createStreams({ database, hints, clock, collections: registry.map(({ name }) => name) }),
    start: async () => {
      if (await ensureEpoch({ database, random })) log.info("sync_epoch_began");
    },
    sweep: async () => {
      log.info("sync_swept", { rows: await sweep({ database, registry }) });
    },
  };
}
