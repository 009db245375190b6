import { Field } from "../../ui/Field.tsx";

/** Six digits of an app; phones offer what they have. */
export const CodeField = (props: { label: string; value: string; onInput: (value: string) => void }) => (
  <Field label={props.label} name="code" inputmode="numeric" autocomplete="one-time-code" maxlength={12} required spellcheck={false} value={props.value} onInput={(event) => props.onInput(event.currentTarget.value)} />
);
