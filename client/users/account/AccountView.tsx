import { createSignal, Match, onCleanup, Show, Switch } from "solid-js";
import type { Door as DoorAnswer, SignUpPolicy } from "@mochila/shared/users/account.ts";
import { useApp } from "../../app-parts.ts";
import { Door } from "../Door.tsx";
import { accountCalls } from "./account-calls.ts";
import { Forgotten } from "./Forgotten.tsx";
import { NoLetters } from "./NoLetters.tsx";
import { endLink, forgetLink, isLinkKept, type OpenedLink, type Purpose, takeLink } from "./opened-link.ts";
import { JoinDoor } from "./JoinDoor.tsx";
import { SignUp } from "./SignUp.tsx";
import { SignedIn } from "./SignedIn.tsx";
import { BadLink, ConfirmEmail, LeftLink, NewPassword } from "./UsedLink.tsx";
import { wayOn } from "./way-on.ts";
import { createAsked } from "../../ui/asked.ts";
import { said } from "./words.ts";

const titles = {
  verify: "account.confirmTitle",
  email: "account.confirmTitle",
  reset: "account.newPasswordTitle",
  invitation: "account.welcomeTitle",
  forgotten: "account.title",
  none: "account.title",
  opened: "account.title",
} as const satisfies Record<Purpose, string>;

/** Nobody confirms an e-mail without letters: then staff make the accounts, whatever was decided. */
const openTo = (door: DoorAnswer | null | undefined): SignUpPolicy | undefined => (door?.letters === "none" ? "closed" : door?.signUp);

/** In front of the app: accounts are made, confirmed and recovered here, with the school's answer or not at all. */
export default function AccountView() {
  const [link, setLink] = createSignal<OpenedLink>(takeLink(true));
  const { answer: door } = createAsked(() => accountCalls.door().catch(() => null));
  const signUp = () => openTo(door());
  const { session } = useApp();
  const user = () => {
    const state = session.state();
    return state.kind === "open" ? state.user : null;
  };
  /** What the link was for is no title any more. */
  const [bad, setBad] = createSignal(false);
  const onBad = () => {
    endLink();
    setBad(true);
  };
  const ending = new AbortController();
  onCleanup(() => ending.abort());
  const look = () => {
    setBad(false);
    setLink(takeLink(false));
  };
  /** A browser may keep this very page for the way back: with nothing on it. */
  const leave = ({ persisted }: PageTransitionEvent) => persisted && isLinkKept() && setLink({ purpose: "opened", token: "" });
  const comeBack = ({ persisted }: PageTransitionEvent) => persisted && forgetLink();
  const { signal } = ending;
  window.addEventListener("hashchange", look, { signal });
  window.addEventListener("pagehide", leave, { signal });
  window.addEventListener("pageshow", comeBack, { signal });
  const ask = () => {
    location.hash = "#forgotten";
  };
  const isJoin = location.pathname === "/join";
  return (
    <Door title={said(isJoin ? "account.joinTitle" : bad() ? "account.title" : titles[link().purpose])}>
      <Switch
        fallback={
          <>
            <Show when={door()?.letters === "none"} fallback={<Forgotten />}>
              <NoLetters />
            </Show>
            <Show when={door()?.letters === "preview"}>
              <p class="soft mt-4">
                {said("account.preview")} <a href="/api/dev/mail" target="_blank">{said("account.previewLink")}</a>
              </p>
            </Show>
            {/* Who has one makes none. */}
            <Show when={!user()}>
              <Show when={signUp() === "open"} fallback={<Show when={signUp()}><p class="section soft">{said("account.signUpClosed")}</p></Show>}>
                <SignUp />
              </Show>
            </Show>
            <p class="section">
              <a href={wayOn()} target="_self">
                {said(user() ? "account.goOn" : "account.toSignIn")}
              </a>
            </p>
          </>
        }
      >
        <Match when={isJoin}>
          <JoinDoor signUp={signUp()} />
        </Match>
        <Match when={link().purpose === "none" && user()}>{(known) => <SignedIn user={known()} onForgotten={ask} />}</Match>
        <Match when={link().purpose === "opened"}>
          <LeftLink />
        </Match>
        <Match when={link().purpose !== "none" && link().purpose !== "forgotten" && !link().token}>
          <BadLink isInvitation={link().purpose === "invitation"} onAsk={ask} onBad={onBad} />
        </Match>
        <Match when={(link().purpose === "verify" || link().purpose === "email") && link().token} keyed>
          {(token) => <ConfirmEmail token={token} isNew={link().purpose === "verify"} onAsk={ask} onBad={onBad} />}
        </Match>
        <Match when={(link().purpose === "reset" || link().purpose === "invitation") && link().token} keyed>
          {(token) => <NewPassword token={token} isFirst={link().purpose === "invitation"} onAsk={ask} onBad={onBad} />}
        </Match>
      </Switch>
    </Door>
  );
}
