import { createSignal, Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { language } from "../../i18n/language.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
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
  const [name, setName] = createSignal("");
  const [email, setEmail] = createSignal("");
  const submit = (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    if (!password.check(event.currentTarget)) return event.preventDefault();
    void form.send(event, () => accountCalls.signUp({ name: name().trim(), email: email().trim(), password: password.value(), language: language() }));
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
            <Field label={words("users.name")} name="name" autocomplete="name" required maxlength={NAME_CHARACTERS_MAX} value={name()} onInput={(event) => setName(event.currentTarget.value)} />
            <Field label={words("users.email")} type="email" name="email" autocomplete="username" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={email()} onInput={(event) => setEmail(event.currentTarget.value)} />
            <NewPasswordField password={password} />
            <Button type="submit" look="soft" wide busy={form.busy()}>
              {said("account.signUp")}
            </Button>
          </form>
        }
      >
        <div role="status">
          <h2 id="sign-up">{said("account.letterSentTitle")}</h2>
          <p>{said("account.signUpSent", { email: email().trim() })}</p>
          <p class="soft mt-4">{said("account.letterMissing")}</p>
        </div>
      </Show>
    </section>
  );
}
