import { type Accessor, createEffect, createSignal, on } from "solid-js";
import { CataloguePage, CourseEntry, CourseOffer, type EntryChange, type JoinRequest, OwnJoins } from "@mochila/shared/courses/entry.ts";
import { createTurns } from "../../ui/turns.ts";
import { useAsk } from "../../users/own-calls.ts";

/** What somebody asks who comes into a course. Each throws CodedError. */
export function useJoinCalls() {
  const ask = useAsk();
  const offerOf = async (answer: Promise<Response>) => CourseOffer.parse(await (await answer).json());
  return {
    catalogue: async ({ search, after }: { search: string; after: string | undefined }) => {
      const query = new URLSearchParams({ ...(search !== "" && { search }), ...(after !== undefined && { after }) });
      return CataloguePage.parse(await (await ask(`/api/catalogue?${query.toString()}`)).json());
    },
    own: async () => OwnJoins.parse(await (await ask("/api/join")).json()),
    look: (request: JoinRequest) => offerOf(ask("/api/join/look", "POST", request)),
    join: (request: JoinRequest) => offerOf(ask("/api/join", "POST", request)),
    /** Waits no longer, or leaves what they joined by themselves. */
    undo: async (courseId: string) => void (await ask(`/api/join/${courseId}`, "DELETE")),
  };
}

/**
 * The ways into a course, for who `may` know them. `entry`: undefined while it is asked for, null where the school cannot be asked. What changes something throws
 * CodedError.
 */
export function createEntry(courseId: Accessor<string>, may: Accessor<boolean>) {
  const ask = useAsk();
  const [entry, setEntry] = createSignal<CourseEntry | null>();
  const path = () => `/api/courses/${courseId()}/entry`;
  const inTurn = createTurns();
  const take = (...question: Parameters<typeof ask>): Promise<CourseEntry> => {
    const asked = courseId();
    return inTurn(async () => {
      const now = CourseEntry.parse(await (await ask(...question)).json());
      if (asked === courseId()) setEntry(now);
      return now;
    });
  };
  /** Null: the school could not be asked; what it said before still stands in `entry`. */
  const load = (): Promise<CourseEntry | null> =>
    take(path()).catch(() => {
      setEntry((before) => before ?? null);
      return null;
    });
  createEffect(
    on([courseId, may], ([, known]) => {
      setEntry(undefined);
      if (known) void load();
    }),
  );
  const waiting = (userId: string) => `/api/courses/${courseId()}/waiting/${userId}`;
  return {
    entry,
    load,
    decide: (change: EntryChange) => take(path(), "PATCH", change),
    letIn: (userId: string) => take(waiting(userId), "POST", {}),
    sendAway: (userId: string) => take(waiting(userId), "DELETE"),
  };
}

export type Entry = ReturnType<typeof createEntry>;
