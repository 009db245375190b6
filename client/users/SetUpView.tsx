import { createSignal, Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX, PASSWORD_CHARACTERS_MIN } from "@mochila/shared/limits.ts";
import { useApp } from "../app-parts.ts";
import { language } from "../i18n/language.ts";
import { setUp as en } from "../i18n/en/set-up.ts";
import { setUp as es } from "../i18n/es/set-up.ts";
import { makeWords, useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { Door } from "./Door.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { problemOf, type SignInProblem } from "./sign-in-error.ts";

const said = makeWords({ setUp: en }, { setUp: es });

/** The one-time link carries its token behind the #, so that no server and no log sees it. */
const tokenOf = (hash: string): string => decodeURIComponent(hash.replace(/^#/, "").replace(/^token=/, ""));

/** The first administrator of a new school: once in its life, so nobody else loads this. */
export default function SetUpView() {
  const words = useWords();
  const { session } = useApp();
  const token = tokenOf(location.hash);
  const [name, setName] = createSignal("");
  const [email, setEmail] = createSignal("");
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [short, setShort] = createSignal(false);
  const [problem, setProblem] = createSignal<SignInProblem | null>(null);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    if (password().length < PASSWORD_CHARACTERS_MIN) {
      setShort(true);
      (event.currentTarget as HTMLFormElement).querySelector<HTMLInputElement>("input[name=password]")?.focus();
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await session.setUp({ token, name: name().trim(), email: email().trim(), password: password(), language: language() });
      history.replaceState(null, "", "/");
    } catch (error) {
      setProblem(problemOf(error));
    }
    setBusy(false);
  };
  const sentence = (kind: SignInProblem) => (kind === "wrong" ? said("setUp.used") : words(`users.problem_${kind}`));
  return (
    <Door title={said("setUp.title")}>
      <p class="soft mb-6">{said("setUp.intro")}</p>
      <form onSubmit={(event) => void submit(event)}>
        <div role="alert">
          <Show when={problem()}>{(kind) => <Banner icon="circle-alert" role="alert">{sentence(kind())}</Banner>}</Show>
        </div>
        <Field label={words("users.name")} name="name" autocomplete="name" required maxlength={NAME_CHARACTERS_MAX} value={name()} onInput={(event) => setName(event.currentTarget.value)} />
        <Field
          label={words("users.email")}
          type="email"
          name="email"
          autocomplete="username"
          required
          maxlength={EMAIL_CHARACTERS_MAX}
          value={email()}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordField
          fresh
          value={password()}
          onInput={(value) => {
            setPassword(value);
            if (value.length >= PASSWORD_CHARACTERS_MIN) setShort(false);
          }}
          error={short() ? said("setUp.passwordShort", { count: PASSWORD_CHARACTERS_MIN }) : undefined}
          hint={said("setUp.passwordHint", { count: PASSWORD_CHARACTERS_MIN })} />
        <Button type="submit" wide busy={busy()}>
          {said("setUp.make")}
        </Button>
      </form>
    </Door>
  );
}
