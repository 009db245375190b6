import { LocalDatabase } from "@mochila/client/db/local.ts";
import { openPersonDatabase } from "@mochila/client/db/open.ts";
import { makeTitleOf } from "@mochila/client/db/titles.ts";
import type { Collections } from "@mochila/client/person.ts";
import { conflictHandlerFor } from "@mochila/client/sync/conflict-handler.ts";
import { makeOutcomes, type Outcomes } from "@mochila/client/sync/outcome.ts";
import { systemClock as clock } from "@mochila/shared/kernel/clock.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { systemRandom as random } from "@mochila/shared/kernel/random.ts";
import type { RxDatabase } from "rxdb/plugins/core";

export interface TestPerson {
  readonly userId: string;
  readonly local: LocalDatabase;
  readonly database: RxDatabase<Collections>;
  readonly outcomes: Outcomes;
  close(): Promise<void>;
}

/** The databases of a person, a new one if none is named, as the app opens them, on a device that has no older ones. */
export async function openTestPerson(userId: string = newId()): Promise<TestPerson> {
  const local = new LocalDatabase(userId);
  const titleOf = makeTitleOf(() => database.collections);
  const outcomes = makeOutcomes({ local, clock, titleOf, pause: () => Promise.resolve() });
  const database: RxDatabase<Collections> = await openPersonDatabase({
    titleOf,
    userId,
    local,
    clock,
    random,
    conflictHandlerOf: (definition) => conflictHandlerFor(definition, outcomes, clock),
    storage: { wait: () => Promise.resolve(), onFailure: () => Promise.resolve() },
    moveStores: () => Promise.reject(new Error("nothing is older here")),
  });
  const close = async () => {
    await database.close();
    local.close();
  };
  return { userId, local, database, outcomes, close };
}
