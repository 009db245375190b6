import { createSignal, For, lazy, onMount, Show, Suspense } from "solid-js";
import { EMAIL_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useApp } from "../app-parts.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Field, Switch } from "../ui/Field.tsx";
import { Bag, Icon } from "../ui/Icon.tsx";
import { Banner } from "../ui/Notice.tsx";
import { Door } from "./Door.tsx";
import { CLOSING_NOTE } from "./here.ts";
import { LocalFace } from "./LocalFace.tsx";
import { PasswordField } from "./PasswordField.tsx";
import { useKnownPeople } from "./queries.ts";
import type { KnownPerson } from "./session-control.ts";
import { problemOf } from "./sign-in-error.ts";
import { Unsent } from "./Unsent.tsx";

/** People whose locked work is on this device: a tap fills in who they are. */
function KnownPeople(props: { people: readonly KnownPerson[]; onChoose: (person: KnownPerson) => void }) {
  const words = useWords();
  return (
    <ul class="rows known" aria-label={words("users.knownHere")}>
      <For each={props.people}>
        {(person) => (
          <li>
            <button type="button" class="row row-button" onClick={() => props.onChoose(person)}>
              <LocalFace person={person} />
              <span class="row-main">
                <span class="row-title">{person.name}</span>
                <span class="row-meta">
                  <Show when={person.email}>
                    <span>{person.email}</span>
                  </Show>
                  <Unsent waiting={person.unsent} />
                </span>
              </span>
              <Show when={person.lock}>
                <Icon name="lock" small />
              </Show>
            </button>
          </li>
        )}
      </For>
    </ul>
  );
}

/** Rare, and where it cannot be fetched the letter says the same. */
const ClosingNote = lazy(() => import("./account/ClosingNote.tsx").catch(() => ({ default: () => null })));
const UnlockView = lazy(() => import("./lock/UnlockView.tsx"));

export function SignInView() {
  const words = useWords();
  const { session, cleared } = useApp();
  const people = useKnownPeople();
  const [email, setEmail] = createSignal("");
  const [password, setPassword] = createSignal("");
  const [shared, setShared] = createSignal(false);
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  /** They come in by their lock. */
  const [locked, setLocked] = createSignal<KnownPerson | null>(null);
  let form: HTMLFormElement | undefined;
  const choose = (person: KnownPerson) => (person.lock ? setLocked(person) : enterAs(person));
  const enterAs = (person: KnownPerson) => {
    setLocked(null);
    setEmail(person.email);
    setShared(person.shared);
    form?.querySelector<HTMLInputElement>(`input[name=${person.shared ? "email" : "password"}]`)?.focus();
  };
  // With a keyboard one begins to type; on a phone it would throw the keyboard over the page.
  onMount(() => {
    if (people().length === 0 && matchMedia("(pointer: fine)").matches) form?.querySelector<HTMLInputElement>("input[name=email]")?.focus();
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    // What was wrong before stays until the answer: a form that moves up takes the second touch of a hurried finger elsewhere.
    try {
      await session.signIn(email().trim(), password(), shared());
    } catch (error) {
      // Taken away and put back, so that it is read out again.
      setProblem(null);
      setProblem(words(`users.problem_${problemOf(error)}`));
      form?.querySelector<HTMLInputElement>("input[name=password]")?.focus();
    }
    setBusy(false);
  };
  const withPasskey = async () => {
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    const loaded = await import("./second-factor/passkey-sign-in.ts").catch(() => null);
    setProblem(loaded ? await loaded.signInWithPasskey(session, shared()) : words("users.problem_away"));
    setBusy(false);
  };
  return (
    <Door title={people().length > 0 ? words("users.helloAgain") : words("users.hello")}>
      <Show when={localStorage.getItem(CLOSING_NOTE)}>
        <Suspense>
          <ClosingNote />
        </Suspense>
      </Show>
      <Show when={locked()} keyed>
        {(person) => (
          <Suspense>
            <UnlockView person={person} onPassword={() => enterAs(person)} onOthers={() => setLocked(null)} />
          </Suspense>
        )}
      </Show>
      <Show when={!locked()}>
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
              {(text) => (
                <Banner icon="circle-alert" role="alert">
                  {text()}
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
          <div class="field-below">
            <Switch label={words("users.shared")} hint={words("users.sharedHint")} checked={shared()} onChange={setShared} />
          </div>
          <Button type="submit" wide busy={busy()}>
            {words("shell.signIn")}
          </Button>
        </form>
        <Show when={"PublicKeyCredential" in window}>
          <p class="mt-4">
            <Button look="soft" wide icon="lock" onClick={() => void withPasskey()}>
              {words("users.passkey")}
            </Button>
          </p>
        </Show>
        <p class="mt-4">
          <a href="/account" target="_self">
            {words("users.noWayIn")}
          </a>
        </p>
        <p class="line small soft mt-6 offline-note">
          <Bag />
          <span class="grow">{people().length > 0 ? words("users.offlineKnown") : words("users.offlineNote")}</span>
        </p>
      </Show>
    </Door>
  );
}
