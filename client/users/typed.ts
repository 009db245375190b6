import { type Accessor, createMemo, createSignal, on } from "solid-js";
import { useUser } from "./queries.ts";

interface Typed<Value> {
  readonly value: Accessor<Value>;
  readonly set: (value: Value) => void;
  /** It went where it belongs, or the person has let it go: the form is as it was. */
  readonly done: () => void;
  /** Whether the form began with what was typed before. */
  readonly isKept: boolean;
}

const read = (key: string): unknown => {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") as unknown;
  } catch {
    return null;
  }
};
const write = (key: string, value: unknown): void => {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Blocked or full: the form holds it until it is left.
  }
};

function keep<Value>(place: string, fresh: () => Value): Typed<Value> {
  const key = `mochila-typed-${place}`;
  const kept = read(key) as Value | null;
  const [value, setValue] = createSignal<Value>(kept ?? fresh());
  return {
    value,
    set: (next) => {
      setValue(() => next);
      write(key, next);
    },
    done: () => {
      setValue(fresh);
      write(key, null);
    },
    isKept: kept !== null,
  };
}

/**
 * What a person types into a form that only the school can take: kept in this tab until it went there, so that a touch beside it, a reload or a crash takes
 * nothing. Never a secret. `place`: which form, of what; `fresh`: as it is before anything is typed.
 */
export const createTyped = <Value>(place: string, fresh: () => Value): Typed<Value> => keep(`${useUser()().id}-${place}`, fresh);

/** The same for a dialog that opens for one thing after another: what is typed is of the one that it is open for. */
export const createTypedOf = <Value>(place: Accessor<string>, fresh: () => Value): Accessor<Typed<Value>> => createMemo(on(createMemo(place), (now) => createTyped(now, fresh)));

/** The same before anybody is signed in. */
export const createTypedAtDoor = <Value>(place: string, fresh: () => Value): Typed<Value> => keep(`door-${place}`, fresh);
