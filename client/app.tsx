// First: it names the layers that the styles of the screens join.
import "./ui/styles.css";
import { createEffect, createMemo, lazy, Match, Show, Suspense, Switch } from "solid-js";
import { AppContext, type AppParts } from "./app-parts.ts";
import { chooseLanguage, language } from "./i18n/language.ts";
import { useWords } from "./i18n/words.ts";
import { OpenApp } from "./open-app.tsx";
import { applyAppearance } from "./ui/appearance.ts";
import { Skeleton } from "./ui/Notice.tsx";
import { ToastRegion } from "./ui/ToastRegion.tsx";
import { SignInView } from "./users/SignInView.tsx";

const SetUpView = lazy(() => import("./users/SetUpView.tsx"));

const AccountView = lazy(() => import("./users/account/AccountView.tsx"));

const isAccount = (): boolean => location.pathname === "/account";
const isSetUp = (): boolean => location.pathname === "/setup";

/** The whole of what people see: the door, or the app of the person who is signed in. */
export function App(props: { parts: AppParts }) {
  const words = useWords();
  const state = () => props.parts.session.state();
  const user = createMemo(() => {
    const current = state();
    return current.kind === "open" ? current.user : null;
  });
  const userId = createMemo(() => user()?.id);
  applyAppearance();
  createEffect(() => {
    document.documentElement.lang = language();
  });
  // The profile's language follows the person from device to device.
  const profileLanguage = createMemo(() => user()?.language);
  createEffect(() => {
    const chosen = profileLanguage();
    if (chosen) chooseLanguage(chosen);
  });
  return (
    <AppContext.Provider value={props.parts}>
      <Switch>
        <Match when={state().kind === "starting"}>
          <main class="main">
            <Skeleton label={words("shell.opening")} />
          </main>
        </Match>
        {/* Also for somebody who is signed in: a link of a letter. */}
        <Match when={isAccount()}>
          <Suspense fallback={<main class="main"><Skeleton label={words("shell.loading")} /></main>}>
            <AccountView />
          </Suspense>
        </Match>
        <Match when={state().kind === "signed-out"}>
          <Show when={isSetUp()} fallback={<SignInView />}>
            <Suspense fallback={<main class="main"><Skeleton label={words("shell.loading")} /></main>}>
              <SetUpView />
            </Suspense>
          </Show>
        </Match>
        <Match when={userId()} keyed>
          <OpenApp />
        </Match>
      </Switch>
      <ToastRegion />
    </AppContext.Provider>
  );
}
