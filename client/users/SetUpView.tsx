import { Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { SetUpState } from "@mochila/shared/users/account.ts";
import { useApp } from "../app-parts.ts";
import { language } from "../i18n/language.ts";
import { setUp as en } from "../i18n/en/set-up.ts";
import { setUp as es } from "../i18n/es/set-up.ts";
import { makeWords, useWords } from "../i18n/words.ts";
import { createAsked } from "../ui/asked.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { callOrUnavailable } from "./account-call.ts";
import { behindHash } from "./account/behind-hash.ts";
import { createForm } from "./account/create-form.ts";
import { createNewPassword, NewPasswordField } from "./account/NewPasswordField.tsx";
import { Problem } from "./account/Problem.tsx";
import { Door } from "./Door.tsx";
import { createTypedAtDoor } from "./typed.ts";

const said = makeWords({ setUp: en }, { setUp: es });

/** The one-time link carries its token behind the #, so that no server and no log sees it. */
const tokenOf = (hash: string): string => behindHash(hash).replace(/^token=/, "");

const Already = () => {
  const words = useWords();
  return (
    <section role="status">
      <p class="mb-4">{said("setUp.already")}</p>
      <a class="btn btn-wide" href="/" target="_self">
        {words("shell.signIn")}
      </a>
    </section>
  );
};

/** The first administrator of a new school: once in its life, so nobody else loads this. */
export default function SetUpView() {
  const words = useWords();
  const { session } = useApp();
  const token = tokenOf(location.hash);
  const typed = createTypedAtDoor("set-up", () => ({ name: "", email: "" }));
  const password = createNewPassword();
  const form = createForm();
  // Asked before anybody fills in a form for nothing; null: not to be had, and the form goes without.
  const { answer: isOpen } = createAsked(() => callOrUnavailable("/api/setup", {}).then(async (answer) => SetUpState.parse(await answer.json()).open, () => null));
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    if (!password.check(event.currentTarget as HTMLFormElement)) return;
    void form.send(event, async () => {
      await session.setUp({ token, name: typed.value().name.trim(), email: typed.value().email.trim(), password: password.value(), language: language() });
      typed.done();
      history.replaceState(null, "", "/");
    });
  };
  return (
    <Door title={said("setUp.title")}>
      <Show when={isOpen() !== false} fallback={<Already />}>
        <p class="soft mb-6">{said("setUp.intro")}</p>
        <form onSubmit={submit}>
          <Problem problem={form.problem()} wrong={said("setUp.used")} />
          <Field label={words("users.name")} name="name" autocomplete="name" required maxlength={NAME_CHARACTERS_MAX} value={typed.value().name} onInput={(event) => typed.set({ ...typed.value(), name: event.currentTarget.value })} />
          <Field
            label={words("users.email")}
            type="email"
            name="email"
            autocomplete="username"
            required
            maxlength={EMAIL_CHARACTERS_MAX}
            value={typed.value().email}
            onInput={(event) => typed.set({ ...typed.value(), email: event.currentTarget.value })}
          />
          <NewPasswordField password={password} />
          <Button type="submit" wide busy={form.busy()}>
            {said("setUp.make")}
          </Button>
        </form>
      </Show>
    </Door>
  );
}
