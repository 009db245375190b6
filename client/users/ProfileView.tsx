import { createEffect, createSignal, lazy, Show, Suspense } from "solid-js";
import { NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useApp } from "../app-parts.ts";
import { chooseLanguage, language, languageNames } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { chooseLetters, chooseTheme, letters, theme } from "../ui/appearance.ts";
import { Button, LinkButton } from "../ui/Button.tsx";
import { Choice, Field, Switch } from "../ui/Field.tsx";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { About } from "./About.tsx";
import { initialsOf } from "./initials.ts";
import { useUser } from "./queries.ts";
import { SignOut } from "./SignOut.tsx";

/** Students do not carry it. Without a network, where it never came, there is nothing behind it either. */
const AdminLinks = lazy(() => import("../admin/AdminLinks.tsx").catch(() => ({ default: () => null })));

function NameForm() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const [name, setName] = createSignal(user().name);
  const [failed, setFailed] = createSignal(false);
  createEffect(() => setName(user().name));
  const changed = () => name().trim() !== user().name && name().trim() !== "";
  const save = async () => {
    if (!changed()) return;
    setFailed(false);
    try {
      const sent = await session.changeProfile({ name: name().trim() });
      showToast(words(sent ? "users.nameSaved" : "users.savedHere"));
    } catch {
      setFailed(true);
    }
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
      // As everything else here: what was chosen stands without a button.
      onFocusOut={(event) => !event.currentTarget.contains(event.relatedTarget as Node | null) && void save()}
    >
      <Field
        label={words("users.name")}
        autocomplete="name"
        required
        maxlength={NAME_CHARACTERS_MAX}
        value={name()}
        error={failed() ? words("users.nameFailed") : undefined}
        onInput={(event) => setName(event.currentTarget.value)}
      />
      <Show when={changed()}>
        <p class="btns mb-4">
          <Button type="submit" look="soft">
            {words("users.saveName")}
          </Button>
        </p>
      </Show>
    </form>
  );
}

/** Who I am here, how it looks, and this device. */
export default function ProfileView() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  const changeLanguage = async (next: "en" | "es") => {
    chooseLanguage(next);
    if (!(await session.changeProfile({ language: next }))) showToast(words("users.savedHere"));
  };
  return (
    <Page title={words("shell.you")}>
      <div class="title line">
        <span class="face face-l" aria-hidden="true">
          {initialsOf(user().name)}
        </span>
        <div class="grow">
          <h1>{user().name}</h1>
          <p class="mail">{user().email}</p>
        </div>
      </div>
      <div class="narrow-column">
        <section aria-labelledby="profile">
          <h2 id="profile" class="unseen">
            {words("users.profile")}
          </h2>
          <NameForm />
          <Choice
            label={words("users.language")}
            value={language()}
            options={[
              { value: "en", label: languageNames.en },
              { value: "es", label: languageNames.es },
            ]}
            onChoose={(next) => void changeLanguage(next)}
          />
          <Choice
            label={words("users.theme")}
            value={theme()}
            options={[
              { value: "system", label: words("users.theme_system") },
              { value: "light", label: words("users.theme_light") },
              { value: "dark", label: words("users.theme_dark") },
            ]}
            onChoose={chooseTheme}
          />
          <Switch label={words("users.plainLetters")} hint={words("users.plainLettersHint")} checked={letters() === "plain"} onChange={(plain) => chooseLetters(plain ? "plain" : "text")} />
        </section>
        <p class="section btns">
          <LinkButton href="/you/account" icon="lock">
            {words("users.account")}
          </LinkButton>
          <Show when={user().systemRole === "administrator"}>
            <Suspense>
              <AdminLinks />
            </Suspense>
          </Show>
        </p>
        <section class="section" aria-labelledby="device">
          <div class="section-head">
            <h2 id="device">{words("users.thisDevice")}</h2>
          </div>
          <SignOut />
        </section>
        <About />
      </div>
    </Page>
  );
}

