import { createSignal } from "solid-js";
import { PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";
import { PasswordField } from "../PasswordField.tsx";
import { said } from "./words.ts";

/** The value of a new password, and whether it is long enough; says so where it is not. */
export function createNewPassword() {
  const [value, setValue] = createSignal("");
  const [short, setShort] = createSignal(false);
  return {
    value,
    short,
    set: (next: string) => {
      setValue(next);
      if (next.length >= PASSWORD_CHARACTERS_MIN) setShort(false);
    },
    /** False, with the field in focus, where it is too short. */
    check: (form: HTMLFormElement): boolean => {
      const long = value().length >= PASSWORD_CHARACTERS_MIN;
      setShort(!long);
      if (!long) form.querySelector<HTMLInputElement>('input[autocomplete="new-password"]')?.focus();
      return long;
    },
  };
}

export const NewPasswordField = (props: { password: ReturnType<typeof createNewPassword>; label?: string }) => (
  <PasswordField
    fresh
    {...(props.label !== undefined && { label: props.label })}
    value={props.password.value()}
    onInput={props.password.set}
    error={props.password.short() ? said("account.passwordShort", { count: PASSWORD_CHARACTERS_MIN }) : undefined}
    hint={said("account.passwordHint", { count: PASSWORD_CHARACTERS_MIN })}
  />
);
