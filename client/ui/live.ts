import { type Accessor, createRenderEffect, createSignal, on, onCleanup } from "solid-js";
import { createStore, reconcile } from "solid-js/store";

/** What RxDB's queries offer; anything with this shape will do. */
interface Source<Value> {
  subscribe(listener: (value: Value) => void): { unsubscribe(): void };
}

/**
 * A live query as something Solid can draw. `source` is asked again when a signal that it reads changes; until the first answer
 * the accessor gives undefined, so that a view can tell «nothing yet» from «nothing». Rows are kept by `id`: a change of one
 * row redraws that row only. The owner's end is the subscription's end.
 */
export function createLive<Value>(source: () => Source<Value> | null): Accessor<Value | undefined> {
  const [state, setState] = createStore<{ value: Value | undefined }>({ value: undefined });
  const [known, setKnown] = createSignal(false);
  createRenderEffect(
    on(source, (current) => {
      setKnown(false);
      const subscription = current?.subscribe((value) => {
        setState("value", reconcile(value as Value & object, { key: "id", merge: false }) as (previous: Value | undefined) => Value);
        setKnown(true);
      });
      onCleanup(() => subscription?.unsubscribe());
    }),
  );
  return () => (known() ? state.value : undefined);
}

/** The same value, kept row by row (by `id`), so that a list redraws only what changed and the focus stays where it is. */
export function createReconciled<Value extends object>(source: Accessor<Value | undefined>): Accessor<Value | undefined> {
  const [state, setState] = createStore<{ value: Value | undefined }>({ value: undefined });
  createRenderEffect(() => {
    const next = source();
    setState("value", next === undefined ? undefined : (reconcile(next, { key: "id" }) as unknown as Value));
  });
  return () => state.value;
}
