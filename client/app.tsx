// First: it names the layers that the styles of the screens join.
import "./ui/styles.css";
import { createEffect, createMemo, lazy, Match, Show, Suspense, Switch } from "solid-js";
import type { PendingSignIn } from "@mochila/shared/users/second-factor.ts";
import { AppContext, type AppParts } from "./app-parts.ts";
import { Away } from "./home/AwayView.tsx";
import { chooseLanguage, language } from "./i18n/language.ts";
import { useWords } from "./i18n/words.ts";
import { OpenApp } from "./open-app.tsx";
import { standIn } from "./stand-in.ts";
import { applyAppearance } from "./ui/appearance.ts";
import { Skeleton } from "./ui/Notice.tsx";
import { deviceTimeZone } from "./ui/time-zone.ts";
import { showToast } from "./ui/toast.ts";
import { ToastRegion } from "./ui/ToastRegion.tsx";
import { SignInView } from "./users/SignInView.tsx";

const away = () => ({ default: () => <main class="main"><Away /></main> });

const SetUpView = lazy(() => import("./users/SetUpView.tsx").catch(away));

/** Over the page at which somebody signs in: rare, and never without the network. Each time anew, so that a line that broke can be tried again. */
function SecondStepOf(props: { session: AppParts["session"]; pending: PendingSignIn }) {
  const Step = lazy(() =>
    import("./users/second-factor/SecondStep.tsx").catch(() => {
      props.session.giveUp();
      showToast(useWords()("users.problem_away"));
      return { default: () => null };
    }),
  );
  return <Step pending={props.pending} />;
}

const AccountView = lazy(() => import("./users/account/AccountView.tsx").catch(away));

const isAccount = (): boolean => /^\/(account|join)$/.test(location.pathname);
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
  // Once: letters name days of where the person is.
  createEffect(() => {
    if (user()?.timeZone === null) props.parts.session.changeProfile({ timeZone: deviceTimeZone() }).catch(console.error);
  });
  return (
    <AppContext.Provider value={props.parts}>
      <Switch>
        <Match when={state().kind === "starting"}>
          <main class="main">
            <Skeleton label={words("shell.opening")} />
          </main>
        </Match>
        {/* Also for somebody who is signed in: a link of a letter, or into a course. */}
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
        <Match when={standIn()} keyed>
          {(show) => show()}
        </Match>
        <Match when={userId()} keyed>
          <OpenApp />
        </Match>
      </Switch>
      <Show when={props.parts.session.pending()} keyed>
        {(pending) => (
          <Suspense>
            <SecondStepOf session={props.parts.session} pending={pending} />
          </Suspense>
        )}
      </Show>
      <ToastRegion />
    </AppContext.Provider>
  );
}
