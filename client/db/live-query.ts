import type { RxDocument, RxQuery } from "rxdb/plugins/core";
import { type Accessor, createRenderEffect, createSignal, on, onCleanup } from "solid-js";
import { createLive } from "../ui/live.ts";

type Query<Result> = RxQuery<never, Result> | { readonly $: { subscribe(listener: (result: Result) => void): { unsubscribe(): void } } };

/** The rows of a query, redrawn row by row as they change; undefined until the device has answered. */
export const useRows = <Row>(query: () => Query<RxDocument<Row>[]> | null): Accessor<readonly Row[] | undefined> =>
  createLive<readonly Row[]>(() => {
    const current = query();
    return current && { subscribe: (listener) => current.$.subscribe((documents) => listener(documents.map((document) => document.toJSON() as Row))) };
  });

/** Rows by their ids, those that are here. */
export const useRowsById = <Row>(query: () => Query<Map<string, RxDocument<Row>>> | null): Accessor<readonly Row[] | undefined> =>
  createLive<readonly Row[]>(() => {
    const current = query();
    return current && { subscribe: (listener) => current.$.subscribe((documents) => listener([...documents.values()].map((document) => document.toJSON() as Row))) };
  });

/**
 * One document as a plain object: null if it is not on this device, undefined until that is known. Not a store: a page's text
 * is large and is drawn whole, so each revision is one new value.
 */
export function useOne<Row extends { readonly rev: string }>(query: () => Query<RxDocument<Row> | null> | null): Accessor<Row | null | undefined> {
  const [row, setRow] = createSignal<Row | null | undefined>(undefined, { equals: (a, b) => a === b || (!!a && !!b && a.rev === b.rev) });
  createRenderEffect(
    on(query, (current) => {
      setRow(undefined);
      const subscription = current?.$.subscribe((document) => setRow(() => (document ? (document.toJSON() as Row) : null)));
      onCleanup(() => subscription?.unsubscribe());
    }),
  );
  return row;
}
