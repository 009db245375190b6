import { createResource, createSignal, Match, onCleanup, Show, Switch } from "solid-js";
import { Door } from "../Door.tsx";
import { accountCalls } from "./account-calls.ts";
import { Forgotten } from "./Forgotten.tsx";
import { SignUp } from "./SignUp.tsx";
import { ConfirmEmail, NewPassword } from "./UsedLink.tsx";
import { said } from "./words.ts";

type Purpose = "verify" | "email" | "reset" | "invitation" | "forgotten";

/** Letters carry their token behind the #, so that no server and no log sees it. */
const readLink = (): { purpose: Purpose; token: string } => {
  const [, purpose, token = ""] = /^#(verify|email|reset|invitation|forgotten)=?([\w-]*)$/.exec(location.hash) ?? [];
  return { purpose: (purpose ?? "forgotten") as Purpose, token };
};

const titles = {
  verify: "account.confirmTitle",
  email: "account.confirmTitle",
  reset: "account.newPasswordTitle",
  invitation: "account.welcomeTitle",
  forgotten: "account.title",
} as const satisfies Record<Purpose, string>;

/** In front of the app: accounts are made, confirmed and recovered here, with the school's answer or not at all. */
export default function AccountView() {
  const [link, setLink] = createSignal(readLink());
  const [door] = createResource(() => accountCalls.door().catch(() => null));
  const look = () => setLink(readLink());
  window.addEventListener("hashchange", look);
  onCleanup(() => window.removeEventListener("hashchange", look));
  const ask = () => {
    location.hash = "#forgotten";
  };
  return (
    <Door title={said(titles[link().purpose])}>
      <Switch
        fallback={
          <>
            <Forgotten />
            <Show when={door()?.signUp === "open"} fallback={<Show when={door()}><p class="section soft">{said("account.signUpClosed")}</p></Show>}>
              <SignUp />
            </Show>
            <p class="section">
              <a href="/" target="_self">
                {said("account.toSignIn")}
              </a>
            </p>
          </>
        }
      >
        <Match when={(link().purpose === "verify" || link().purpose === "email") && link().token} keyed>
          {(token) => <ConfirmEmail token={token} onAsk={ask} />}
        </Match>
        <Match when={(link().purpose === "reset" || link().purpose === "invitation") && link().token} keyed>
          {(token) => <NewPassword token={token} onAsk={ask} />}
        </Match>
      </Switch>
    </Door>
  );
}
