// What the steps of one import share.
import type { Clock } from "@mochila/shared/kernel/clock.ts";
import type { Random } from "@mochila/shared/kernel/random.ts";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import type { AuditActor } from "../audit/audit.ts";
import type { Database, Transaction } from "../db/database.ts";
import type { BlobStore } from "../files/blob-store.ts";
import type { Hints } from "../sync/hints.ts";
import type { CoursePlan } from "./course-plan.ts";
import type { NamedPeople, Participant } from "./import-people.ts";
import type { ImportedPart, ImportState } from "./import-state.ts";

export interface ImportDeps {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly hints: Pick<Hints, "publish">;
  readonly clock: Clock;
  readonly random: Random;
}
export interface ImportChoices {
  /** Whose work it is, for the log. */
  readonly by: AuditActor;
  /** Absent: a new course is called after its folder; one that exists keeps its title. */
  readonly title?: Localized<string>;
  readonly description?: Localized<string>;
  readonly people: NamedPeople;
  /** Say what would happen and leave everything as it is. */
  readonly dryRun?: boolean;
}

export interface Tally {
  made: number;
  updated: number;
  unchanged: number;
  /** Went to the bin because the folder holds them no more. */
  binned: string[];
  /** Somebody changed them since: left as they are, by title. */
  left: string[];
}
export interface ImportReport {
  readonly courseId: string;
  readonly title: Localized<string>;
  readonly isNew: boolean;
  readonly modules: Tally;
  readonly pages: Tally;
  readonly pictures: number;
  /** Who was put into the course by this run. */
  readonly people: readonly Participant[];
}

/** What the steps of one import share; lives as long as its transaction. */
export interface ImportRun {
  readonly transaction: Transaction;
  readonly deps: ImportDeps;
  readonly plan: CoursePlan;
  readonly courseId: string;
  readonly before: ImportState | null;
  readonly parts: Map<string, ImportedPart>;
  readonly scopes: Set<string>;
}

export const newTally = (): Tally => ({ made: 0, updated: 0, unchanged: 0, binned: [], left: [] });
