import { type Accessor, createEffect, createMemo, createSignal, on } from "solid-js";
import type { Member } from "@mochila/shared/courses/member.ts";
import type { Module } from "@mochila/shared/courses/module.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { CodedError, type ErrorCode } from "@mochila/shared/errors.ts";
import { HistoryAnswer } from "@mochila/shared/sync/history.ts";
import type { CollectionDefinition, SyncedDocument } from "@mochila/shared/sync/collection.ts";
import type { Item, PageItem } from "@mochila/shared/pages/schema.ts";
import type { RxCollection } from "rxdb/plugins/core";
import { onContact } from "../contact.ts";
import { useOne, useRows } from "../db/live-query.ts";
import { useOutbox } from "../outbox/queries.ts";
import { actorOf } from "../own-actor.ts";
import { usePerson } from "../person.ts";

export interface Place {
  readonly definition: CollectionDefinition;
  readonly id: string;
}

export interface AskedHistory {
  /** Undefined: nothing has come yet. */
  readonly history: Accessor<HistoryAnswer | undefined>;
  /** Of the last question. */
  readonly problem: Accessor<ErrorCode | null>;
  readonly asking: Accessor<boolean>;
  /** From the newest version on. */
  ask(): Promise<void>;
  /** The versions before those that are here. */
  askMore(): Promise<void>;
}

const codeOf = (error: unknown): ErrorCode => (error instanceof CodedError ? error.code : "internal");

/** The versions of a document as the school tells them. Not kept on the device: whoever holds it for long would see it grow without end. */
export function useHistory({ definition, id }: Place): AskedHistory {
  const { answers } = usePerson();
  const [history, setHistory] = createSignal<HistoryAnswer>();
  const [problem, setProblem] = createSignal<ErrorCode | null>(null);
  const [asking, setAsking] = createSignal(false);
  /** Something changed while the question was on its way: its answer may be older. */
  let outdated = false;
  const load = async (before: string | null): Promise<void> => {
    if (asking()) {
      outdated ||= before === null;
      return;
    }
    setAsking(true);
    try {
      const { value } = await answers.ask(`/api/sync/history?collection=${definition.name}&id=${id}${before === null ? "" : `&before=${before}`}`, { keep: false });
      const page = HistoryAnswer.parse(value);
      setHistory((loaded) => (before === null || !loaded ? page : { ...page, versions: [...loaded.versions, ...page.versions] }));
      setProblem(null);
    } catch (error) {
      setProblem(codeOf(error));
    } finally {
      setAsking(false);
    }
    if (!outdated) return;
    outdated = false;
    await load(null);
  };
  void load(null);
  onContact(() => problem() === "unavailable" && void load(null));
  return { history, problem, asking, ask: () => load(null), askMore: () => load(history()?.more ?? null) };
}

/** What the history is about, from this device; the document itself is null if it is not here. */
export function useSubject({ definition, id }: Place, known: Accessor<HistoryAnswer | undefined>) {
  const { collections, user, sync } = usePerson();
  const collection = (collections as unknown as Record<string, RxCollection<SyncedDocument>>)[definition.name];
  const document = useOne<SyncedDocument>(() => collection?.findOne(id) ?? null);
  const field = (name: string) =>
    createMemo(() => {
      const value = document()?.[name] ?? known()?.versions[0]?.fields[name];
      return typeof value === "string" ? value : "";
    });
  const [courseId, itemId] = [field("courseId"), field("itemId")];
  const page = useOne<Item>(() => (itemId() === "" ? null : collections.items.findOne(itemId())));
  const course = useOne<Course>(() => (courseId() === "" ? null : collections.courses.findOne(courseId())));
  const modules = useRows<Module>(() => collections.modules.find({ selector: { courseId: courseId() } }));
  const members = useRows<Member>(() => collections.members.find({ selector: { courseId: courseId() } }));
  const unsent = useOutbox();
  return {
    collection,
    document,
    courseId,
    /** The page that it is, or that it belongs to. */
    page: createMemo((): PageItem | null => {
      const row = page() ?? (document() as Item | null | undefined);
      return row?.kind === "page" ? row : null;
    }),
    course,
    modules,
    actor: createMemo(() => actorOf(user().id, members() ?? [])),
    /** A change of it waits to be sent. */
    waits: createMemo(() => unsent()?.some((entry) => entry.kind === "document" && entry.id === id) ?? false),
    /** Calls when the school has taken what waited. */
    onSettled: (listener: () => void) => createEffect(on(() => sync.status().pending, (now, before) => before !== undefined && now < before && listener())),
  };
}

export type Subject = ReturnType<typeof useSubject>;
