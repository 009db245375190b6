import { createSignal, Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Field } from "../../ui/Field.tsx";
import { accountCalls } from "./account-calls.ts";
import { createForm } from "./create-form.ts";
import { Problem } from "./Problem.tsx";
import { said } from "./words.ts";

/** Asks for the letter with which a new password is chosen. The answer is the same for everybody. */
export function Forgotten() {
  const words = useWords();
  const form = createForm();
  const [email, setEmail] = createSignal("");
  return (
    <section aria-labelledby="forgotten">
      <Show
        when={form.done()}
        fallback={
          <form onSubmit={(event) => void form.send(event, () => accountCalls.forgot(email().trim()))}>
            <h2 id="forgotten">{said("account.forgottenTitle")}</h2>
            <p class="soft mb-4">{said("account.forgottenText")}</p>
            <Problem problem={form.problem()} wrong={words("users.problem_other")} />
            <Field label={words("users.email")} type="email" name="email" autocomplete="username" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={email()} onInput={(event) => setEmail(event.currentTarget.value)} />
            <Button type="submit" wide busy={form.busy()}>
              {said("account.sendLetter")}
            </Button>
          </form>
        }
      >
        <div role="status">
          <h2 id="forgotten">{said("account.letterSentTitle")}</h2>
          <p>{said("account.letterSent", { email: email().trim() })}</p>
          <p class="soft mt-4">{said("account.letterMissing")}</p>
        </div>
      </Show>
    </section>
  );
}
