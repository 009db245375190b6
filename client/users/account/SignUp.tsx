import { createSignal, Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { language } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { createTypedAtDoor } from "../typed.ts";
import { accountCalls } from "./account-calls.ts";
import { createForm } from "./create-form.ts";
import { createNewPassword, NewPasswordField } from "./NewPasswordField.tsx";
import { Problem } from "./Problem.tsx";
import { said } from "./words.ts";

/** Where the school lets everybody in. */
export function SignUp() {
  const words = useWords();
  const form = createForm();
  const password = createNewPassword();
  const typed = createTypedAtDoor("sign-up", () => ({ name: "", email: "" }));
  const [sentTo, setSentTo] = createSignal("");
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    if (!password.check(event.currentTarget)) return event.preventDefault();
    void form.send(event, async () => {
      const [name, email] = [typed.value().name.trim(), typed.value().email.trim()];
      await accountCalls.signUp({ name, email, password: password.value(), language: language() });
      setSentTo(email);
      typed.done();
    });
  };
  return (
    <section class="section" aria-labelledby="sign-up">
      <Show
        when={form.done()}
        fallback={
          <form onSubmit={submit}>
            <h2 id="sign-up">{said("account.signUpTitle")}</h2>
            <p class="soft mb-4">{said("account.signUpText")}</p>
            <Problem problem={form.problem()} wrong={said("account.signUpClosed")} />
            <Field label={words("users.name")} name="name" autocomplete="name" required maxlength={NAME_CHARACTERS_MAX} value={typed.value().name} onInput={(event) => typed.set({ ...typed.value(), name: event.currentTarget.value })} />
            <Field label={words("users.email")} type="email" name="email" autocomplete="username" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={typed.value().email} onInput={(event) => typed.set({ ...typed.value(), email: event.currentTarget.value })} />
            <NewPasswordField password={password} />
            <Button type="submit" look="soft" wide busy={form.busy()}>
              {said("account.signUp")}
            </Button>
          </form>
        }
      >
        <div role="status">
          <h2 id="sign-up">{said("account.letterSentTitle")}</h2>
          <p>{said("account.signUpSent", { email: sentTo() })}</p>
          <p class="soft mt-4">{said("account.letterMissing")}</p>
        </div>
      </Show>
    </section>
  );
}
