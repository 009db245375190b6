import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { CollectionDefinition } from "@mochila/shared/sync/collection.ts";
import type { HistoryAnswer } from "@mochila/shared/sync/history.ts";
import type { Database } from "../db/database.ts";
import type { Log } from "../log.ts";
import type { ServerRule } from "./documents.ts";
import { ensureEpoch } from "./epoch.ts";
import { Eras, StoreRestarted } from "./eras.ts";
import type { Hints } from "./hints.ts";
import { type FindAuthors, type HistoryRequest, readHistory } from "./history.ts";
import { createPull, type Pull } from "./pull.ts";
import { pullWithoutPersonal } from "./pull-acting.ts";
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
  /** Who asked for what the server wrote. */
  readonly findAuthors?: FindAuthors;
}

export interface Sync {
  readonly pull: Pull;
  /** For an administrator who looks at the school as this person. */
  readonly pullActing: Pull;
  readonly push: Push;
  readonly streams: Streams;
  /** Throws `forbidden`, also for what does not exist. */
  history(request: HistoryRequest): Promise<HistoryAnswer>;
  /** Before the first request: makes sure that checkpoints belong to this cluster. */
  start(): Promise<void>;
  /** Removes what has served its time; once a day or so, on one instance. */
  sweep(): Promise<void>;
}

/** The engine over the collections of `registry`. It knows no feature: a new collection is a line there and a table. */
export function createSync({ registry, database, clock, random, log, hints, serverRules = [], findAuthors }: SyncDependencies): Sync {
  const eras = new Eras();
  let beginning: Promise<void> | null = null;
  const begin = async () => {
    const { renewed, startedAt } = await ensureEpoch({ database, random });
    if (renewed) log.info("sync_epoch_began");
    eras.renewed(startedAt);
  };
  /** One for all requests that find the store restarted. */
  const beginOnce = () => (beginning ??= begin().finally(() => (beginning = null)));
  const inThisEra =
    <Args extends readonly unknown[], Answer>(work: (...args: Args) => Promise<Answer>) =>
    (...args: Args): Promise<Answer> =>
      work(...args).catch(async (error: unknown) => {
        if (!(error instanceof StoreRestarted)) throw error;
        await beginOnce();
        return work(...args);
      });
  const pull = inThisEra(createPull({ registry, database, eras, log }));
  return {
    pull,
    pullActing: pullWithoutPersonal(registry, pull),
    push: inThisEra(createPush({ registry, database, random, eras, serverRules })),
    streams: createStreams({ database, hints, clock, collections: registry.map(({ name }) => name) }),
    history: (request) => readHistory({ registry, sql: database.sql, findAuthors }, request),
    start: begin,
    sweep: async () => {
      log.info("sync_swept", { rows: await sweep({ database, registry }) });
    },
  };
}
