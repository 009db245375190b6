import { createSignal } from "solid-js";
import type { PersonLine } from "@mochila/shared/admin/person.ts";
import { isAway, isRefused } from "../failure.ts";

export interface Left {
  readonly person: PersonLine;
  readonly why: "refused" | "away" | "other" | "stopped";
}

export interface Outcome {
  readonly done: readonly PersonLine[];
  readonly left: readonly Left[];
}

/** Does one thing to several people, one after the other, so that each stands in the log by itself and a wrong one holds up nobody; it can be stopped in between. */
export function createBulkRun() {
  const [progress, setProgress] = createSignal<{ readonly done: number; readonly all: number } | null>(null);
  let stopped = false;
  const run = async (people: readonly PersonLine[], one: (person: PersonLine) => Promise<unknown>): Promise<Outcome> => {
    const done: PersonLine[] = [];
    const left: Left[] = [];
    stopped = false;
    for (const [index, person] of people.entries()) {
      if (stopped) {
        left.push({ person, why: "stopped" });
        continue;
      }
      setProgress({ done: index, all: people.length });
      await one(person).then(
        () => done.push(person),
        (error: unknown) => left.push({ person, why: isRefused(error) ? "refused" : isAway(error) ? "away" : "other" }),
      );
    }
    setProgress(null);
    return { done, left };
  };
  return { progress, run, stop: () => void (stopped = true) };
}
