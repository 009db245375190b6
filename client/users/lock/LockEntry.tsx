import { createEffect, createSignal, createUniqueId, For, Match, on, onMount, Switch } from "solid-js";
import type { LockKind } from "@mochila/shared/users/device-key.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { pictureNames, pictures, PICTURES_MAX, PICTURES_MIN, type PictureName, PIN_DIGITS_MAX, PIN_DIGITS_MIN, textOf } from "./pictures.ts";
import { said } from "./words.ts";
import "./lock.css";

interface EntryProps {
  readonly label?: string | undefined;
  /** Empty: nothing whole was entered. */
  readonly value: string;
  onInput(entered: string): void;
}

function PinField(props: EntryProps) {
  let group: HTMLDivElement | undefined;
  // The first of two; a second one waits its turn.
  onMount(() => props.label === undefined && group?.querySelector("input")?.focus());
  return (
    <div ref={(element) => (group = element)}>
      <Field
        label={props.label ?? said("lock.pin")}
        hint={said("lock.pinHint")}
        type="password"
        name="pin"
        inputmode="numeric"
        autocomplete="off"
        required
        pattern={`[0-9]{${PIN_DIGITS_MIN},${PIN_DIGITS_MAX}}`}
        maxlength={PIN_DIGITS_MAX}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </div>
  );
}

/** Three or four of twelve, one after the other, the same again too. What was chosen is a row of dots: who looks over the shoulder sees only the finger. */
function PictureField(props: EntryProps) {
  const id = createUniqueId();
  const [chosen, setChosen] = createSignal<readonly PictureName[]>([]);
  // Emptied from outside, after a try.
  createEffect(on(() => props.value, (value) => value === "" && chosen().length >= PICTURES_MIN && setChosen([])));
  const choose = (names: readonly PictureName[]) => {
    setChosen(names);
    props.onInput(names.length < PICTURES_MIN ? "" : textOf(names));
  };
  return (
    <fieldset class="lock-pictures">
      <legend class="label" id={id}>
        {props.label ?? said("lock.pictures")}
      </legend>
      <div class="lock-grid">
        <For each={pictureNames}>
          {(name) => (
            <button type="button" aria-label={said(`lock.picture_${name}`)} aria-disabled={chosen().length >= PICTURES_MAX} onClick={() => chosen().length < PICTURES_MAX && choose([...chosen(), name])}>
              <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d={pictures[name]} />
              </svg>
            </button>
          )}
        </For>
      </div>
      <p class="line">
        <span class="grow lock-dots" aria-hidden="true">
          {"●".repeat(chosen().length) + "○".repeat(PICTURES_MAX - chosen().length)}
        </span>
        <span class="unseen" role="status">
          {said("lock.chosen", { count: chosen().length })}
        </span>
        <Button look="bare" onClick={() => choose([])}>
          {said("lock.again")}
        </Button>
      </p>
    </fieldset>
  );
}

/** A PIN or pictures, to choose or to come in with. */
export const LockEntry = (props: EntryProps & { readonly kind: LockKind }) => (
  <Switch>
    <Match when={props.kind === "pin"}>
      <PinField label={props.label} value={props.value} onInput={props.onInput} />
    </Match>
    <Match when={props.kind === "pictures"}>
      <PictureField label={props.label} value={props.value} onInput={props.onInput} />
    </Match>
  </Switch>
);
