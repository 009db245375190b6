import { createSignal, For, onMount, Show } from "solid-js";
import { EMAIL_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Bag } from "../ui/Icon.tsx";
import { Banner } from "../ui/Notice.tsx";
import { Door } from "./Door.tsx";
import { initialsOf } from "./initials.ts";
import { PasswordField } from "./PasswordField.tsx";
import { useKnownPeople } from "./queries.ts";
import type { KnownPerson } from "./session-control.ts";
import { problemOf, type SignInProblem } from "./sign-in-error.ts";

/** People whose locked work is on this device: a tap fills in who they are. */
function KnownPeople(props: { people: readonly KnownPerson[]; onChoose: (person: KnownPerson) => void }) {
  const words = useWords();
  return (
    <ul class="rows known" aria-label={words("users.knownHere")}>
      <For each={props.people}>
        {(person) => (
          <li>
            <button type="button" class="row row-button" onClick={() => props.onChoose(person)}>
              <span class="face" aria-hidden="true">
                {initialsOf(person.name)}
              </span>
              <span class="row-main">
                <span class="row-title">{person.name}</span>
                <span class="row-meta">
                  <span>{person.email}</span>
                  <Show when={person.unsent > 0}>
                    <span class="kept">{words("users.unsent", { count: person.unsent })}</span>
                  </Show>
                </span>
              </span>
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}

export function SignInView() {
  const words = useWords();
  const { session, cleared } = useApp();
  const people = useKnownPeople();
  const [email, setEmail] = createSignal("");
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<SignInProblem | null>(null);
  let form: HTMLFormElement | undefined;
  const choose = (person: KnownPerson) => {
    setEmail(person.email);
    form?.querySelector<HTMLInputElement>("input[name=password]")?.focus();
  };
  // With a keyboard one begins to type; on a phone it would throw the keyboard over the page.
  onMount(() => {
    if (people().length === 0 && matchMedia("(pointer: fine)").matches) form?.querySelector<HTMLInputElement>("input[name=email]")?.focus();
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      await session.signIn(email().trim(), password());
    } catch (error) {
      setProblem(problemOf(error));
      form?.querySelector<HTMLInputElement>("input[name=password]")?.focus();
    }
    setBusy(false);
  };
  return (
    <Door title={people().length > 0 ? words("users.helloAgain") : words("users.hello")}>
      <Show when={people().length > 0}>
        <KnownPeople people={people()} onChoose={choose} />
      </Show>
      <form ref={(element) => (form = element)} onSubmit={(event) => void submit(event)}>
        <Show when={cleared}>
          <Banner icon="warn" role="alert">
            {words("shell.cleared")}
          </Banner>
        </Show>
        <div role="alert">
          <Show when={problem()}>
            {(kind) => (
              <Banner icon="circle-alert" role="alert">
                {words(`users.problem_${kind()}`)}
              </Banner>
            )}
          </Show>
        </div>
        <Field
          label={words("users.email")}
          type="email"
          name="email"
          autocomplete="username"
          autocapitalize="none"
          spellcheck={false}
          required
          maxlength={EMAIL_CHARACTERS_MAX}
          value={email()}
          onInput={(event) => setEmail(event.currentTarget.value)}
        />
        <PasswordField value={password()} onInput={setPassword} />
        <Button type="submit" wide busy={busy()}>
          {words("shell.signIn")}
        </Button>
      </form>
      <p class="mt-4">
        <a href="/account" target="_self">
          {words("users.noWayIn")}
        </a>
      </p>
      <p class="line small soft mt-6 offline-note">
        <Bag />
        <span class="grow">{people().length > 0 ? words("users.offlineKnown") : words("users.offlineNote")}</span>
      </p>
    </Door>
  );
}
