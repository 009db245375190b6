import { createUniqueId, type JSX, Show, splitProps } from "solid-js";
import { Icon } from "./Icon.tsx";

interface Described {
  readonly label: string;
  readonly hint?: JSX.Element;
  readonly error?: string | undefined;
}

const Below = (props: { id: string; hint?: JSX.Element; error?: string | undefined }) => (
  <>
    <Show when={props.hint}>
      <p class="hint" id={`${props.id}-hint`}>{props.hint}</p>
    </Show>
    <Show when={props.error}>
      <p class="error" id={`${props.id}-error`}>
        <Icon name="circle-alert" small />
        {props.error}
      </p>
    </Show>
  </>
);

const describedBy = (id: string, props: Described): string | undefined =>
  [props.hint ? `${id}-hint` : "", props.error ? `${id}-error` : ""].filter(Boolean).join(" ") || undefined;

interface FieldProps extends Described, Omit<JSX.InputHTMLAttributes<HTMLInputElement>, "class" | "id"> {}

/** One line to fill in: label above, hint and error below and tied to it. */
export function Field(props: FieldProps) {
  const id = createUniqueId();
  const [own, rest] = splitProps(props, ["label", "hint", "error"]);
  return (
    <div class="field">
      <label for={id}>{own.label}</label>
      <input {...rest} class="input" id={id} aria-invalid={own.error ? "true" : undefined} aria-describedby={describedBy(id, own)} />
      <Below id={id} hint={own.hint} error={own.error} />
    </div>
  );
}

interface TextFieldProps extends Described, Omit<JSX.TextareaHTMLAttributes<HTMLTextAreaElement>, "class" | "id"> {
  readonly said?: boolean;
}

export function TextField(props: TextFieldProps) {
  const id = createUniqueId();
  const [own, rest] = splitProps(props, ["label", "hint", "error", "said"]);
  return (
    <div class="field">
      <label for={id}>{own.label}</label>
      <textarea {...rest} class="input" classList={{ said: own.said === true }} id={id} aria-invalid={own.error ? "true" : undefined} aria-describedby={describedBy(id, own)} />
      <Below id={id} hint={own.hint} error={own.error} />
    </div>
  );
}

export interface Option<Value extends string> {
  readonly value: Value;
  readonly label: string;
}

/** A choice of a few: the phone's own list. Once `onChoose` has ended it shows `value`: what was not taken is not shown as chosen. */
export function Choice<Value extends string>(props: { label: string; value: Value; options: readonly Option<Value>[]; hint?: JSX.Element; onChoose: (value: Value) => unknown }) {
  const id = createUniqueId();
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class="pick">
        <select
          class="input"
          id={id}
          aria-describedby={props.hint ? `${id}-hint` : undefined}
          onChange={({ currentTarget }) => void Promise.resolve(props.onChoose(currentTarget.value as Value)).finally(() => (currentTarget.value = props.value))}
        >
          {props.options.map((option) => (
            <option value={option.value} selected={option.value === props.value}>
              {option.label}
            </option>
          ))}
        </select>
        <Icon name="chevron-down" />
      </div>
      <Below id={id} hint={props.hint} />
    </div>
  );
}

/** Once `onChange` has ended it shows `checked`, as a choice does. */
export const Switch = (props: { label: string; hint?: string; checked: boolean; onChange: (checked: boolean) => unknown }) => (
  <label class="switch">
    <span>
      {props.label}
      <Show when={props.hint}>
        <small>{props.hint}</small>
      </Show>
    </span>
    <input type="checkbox" role="switch" checked={props.checked} onChange={({ currentTarget }) => void Promise.resolve(props.onChange(currentTarget.checked)).finally(() => (currentTarget.checked = props.checked))} />
  </label>
);
