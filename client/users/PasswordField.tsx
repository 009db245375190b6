import { createSignal } from "solid-js";
import { PASSWORD_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useWords } from "../i18n/words.ts";
import { Field, Switch } from "../ui/Field.tsx";

interface PasswordFieldProps {
  readonly value: string;
  readonly onInput: (value: string) => void;
  readonly error?: string | undefined;
  /** A new password is chosen, not an old one asked for. */
  readonly fresh?: boolean;
  readonly hint?: string;
  /** Where it is not simply the password. */
  readonly label?: string;
}

/** A password that can be looked at: on a phone nobody types blind. */
export function PasswordField(props: PasswordFieldProps) {
  const words = useWords();
  const [shown, setShown] = createSignal(false);
  return (
    <>
      <Field
        label={props.label ?? words("users.password")}
        type={shown() ? "text" : "password"}
        name="password"
        autocomplete={props.fresh === true ? "new-password" : "current-password"}
        autocapitalize="none"
        spellcheck={false}
        required
        maxlength={PASSWORD_CHARACTERS_MAX}
        value={props.value}
        hint={props.hint}
        error={props.error}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
      <div class="field-below">
        <Switch label={words("users.showPassword")} checked={shown()} onChange={setShown} />
      </div>
    </>
  );
}
