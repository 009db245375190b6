import { createSignal, lazy, onMount, Show, Suspense } from "solid-js";
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
import { Face } from "./Face.tsx";
import { useUser } from "./queries.ts";
import { SignOut } from "./SignOut.tsx";

/** Students do not carry it. Without a network, where it never came, there is nothing behind it either. */
const AdminLinks = lazy(() => import("../admin/AdminLinks.tsx").catch(() => ({ default: () => null })));

/** Changing it needs the school, and so does what asks for it. */
function PictureAway(props: { onClose: () => void }) {
  const words = useWords();
  onMount(() => {
    showToast(words("users.problem_away"));
    props.onClose();
  });
  return null;
}
const PictureDialog = lazy(() => import("./account/PictureDialog.tsx").catch(() => ({ default: PictureAway })));

function NameForm() {
  const words = useWords();
  const { session } = useApp();
  const user = useUser();
  // Outlives a reload, as in the forms of `typed.ts`, which students do not carry.
  const kept = `mochila-typed-${user().id}-name`;
  // Over the name that is known: one that comes from elsewhere, and a refusal, take nothing of it.
  const [typed, put] = createSignal(sessionStorage.getItem(kept) || null);
  const setName = (text: string | null) => {
    put(text);
    sessionStorage.setItem(kept, text ?? "");
  };
  const [failed, setFailed] = createSignal(false);
  const name = () => typed() ?? user().name;
  const changed = () => name().trim() !== user().name && name().trim() !== "";
  const save = async () => {
    if (!changed()) return;
    setFailed(false);
    const text = name();
    try {
      const sent = await session.changeProfile({ name: text.trim() });
      if (typed() === text) setName(null);
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
        error={name().trim() === "" ? words("users.nameNeeded") : failed() ? words("users.nameFailed") : undefined}
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
  const [picturing, setPicturing] = createSignal(false);
  // `app.tsx` follows the profile, once the change is on the device: shown before, it would be gone with a tab that ends in that moment.
  const changeLanguage = async (next: "en" | "es") => {
    try {
      if (!(await session.changeProfile({ language: next }))) showToast(words("users.savedHere"));
    } catch {
      // The device could not keep it: as long as this page lasts.
      chooseLanguage(next);
    }
  };
  return (
    <Page title={words("shell.you")}>
      <div class="title line">
        <button type="button" class="face-button" title={words("users.picture")} onClick={() => setPicturing(true)}>
          <Face large name={user().name} picture={user().picture} />
          <span class="unseen">{words("users.picture")}</span>
        </button>
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
            onChoose={changeLanguage}
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
      <Show when={picturing()}>
        <Suspense>
          <PictureDialog onClose={() => setPicturing(false)} />
        </Suspense>
      </Show>
    </Page>
  );
}

