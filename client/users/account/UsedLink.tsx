import { type JSX, Match, Show, Switch } from "solid-js";
import { useApp } from "../../app-parts.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { accountCalls } from "./account-calls.ts";
import { createForm } from "./create-form.ts";
import { createLinkOwner, LinkOwnerLine } from "./LinkOwnerLine.tsx";
import { createNewPassword, NewPasswordField } from "./NewPasswordField.tsx";
import { endLink } from "./opened-link.ts";
import { Problem } from "./Problem.tsx";
import { wayOn } from "./way-on.ts";
import { said } from "./words.ts";

/**
 * One honest page for a link that was used, is too old, came in part or never was: what it may be, and what to do. A new invitation comes from whoever
 * invited; everything else can be asked for here.
 */
export const BadLink = (props: { isInvitation: boolean; onAsk: () => void; onBad: () => void }) => (
  <section role="alert" ref={() => props.onBad()}>
    <h2>{said("account.badLinkTitle")}</h2>
    <p class="mb-4">{said(props.isInvitation ? "account.badInvitation" : "account.badLink")}</p>
    <p class="btns">
      <Show when={!props.isInvitation}>
        <Button onClick={() => props.onAsk()}>{said("account.askAgain")}</Button>
      </Show>
      <a class={props.isInvitation ? "btn" : "btn btn-soft"} href="/" target="_self">
        {said("account.toSignIn")}
      </a>
    </p>
  </section>
);

/** Where somebody comes back to a link that they, or whoever sat here before, opened and did not use. */
export const LeftLink = () => (
  <section>
    <h2>{said("account.leftLinkTitle")}</h2>
    <p class="mb-4">{said("account.leftLink")}</p>
    <a class="btn" href="/" target="_self">
      {said("account.toSignIn")}
    </a>
  </section>
);

const Done = (props: { title: string; children: JSX.Element; go: string }) => (
  <section role="status">
    <h2>{props.title}</h2>
    <p class="mb-4">{props.children}</p>
    <a class="btn btn-wide" href={wayOn()} target="_self">
      {props.go}
    </a>
  </section>
);

/** Confirms an e-mail. By a button: programs that look through mail open every link. `isNew`: of a sign-up. */
export function ConfirmEmail(props: { token: string; isNew: boolean; onAsk: () => void; onBad: () => void }) {
  const words = useWords();
  const { session } = useApp();
  const form = createForm();
  const owner = createLinkOwner(props.token);
  const confirm = async () => {
    await accountCalls.confirm(props.token);
    endLink();
    // Who is signed in here is known by the new e-mail at once, also at the door: a fresh token brings it.
    await session.accessToken();
  };
  return (
    <Switch
      fallback={
        <form onSubmit={(event) => void form.send(event, confirm)}>
          <LinkOwnerLine owner={owner()} />
          <p class="soft mb-4">{said(props.isNew ? "account.confirmNew" : "account.confirmText")}</p>
          <Problem problem={form.problem()} wrong={words("users.problem_other")} />
          <Button type="submit" wide busy={form.busy()}>
            {said("account.confirm")}
          </Button>
        </form>
      }
    >
      <Match when={form.done()}>
        <Done title={said("account.confirmedTitle")} go={said("account.goOn")}>
          {said("account.confirmed")}
        </Done>
      </Match>
      <Match when={form.problem() === "wrong" || owner() === "nobody"}>
        <BadLink isInvitation={false} onAsk={props.onAsk} onBad={props.onBad} />
      </Match>
    </Switch>
  );
}

/** Chooses a password with the link of a letter. `isFirst`: of an invitation. */
export function NewPassword(props: { token: string; isFirst: boolean; onAsk: () => void; onBad: () => void }) {
  const words = useWords();
  const form = createForm();
  const password = createNewPassword();
  const owner = createLinkOwner(props.token);
  return (
    <Show when={form.problem() !== "wrong" && (form.done() || owner() !== "nobody")} fallback={<BadLink isInvitation={props.isFirst} onAsk={props.onAsk} onBad={props.onBad} />}>
      <Show when={!form.done()} fallback={<Done title={said("account.passwordSavedTitle")} go={said("account.toSignIn")}>{said(props.isFirst ? "account.passwordFirst" : "account.passwordSaved")}</Done>}>
        <form
          onSubmit={(event) => {
            if (!password.check(event.currentTarget)) return event.preventDefault();
            void form.send(event, () => accountCalls.reset(props.token, password.value()).then(endLink));
          }}
        >
          <LinkOwnerLine owner={owner()} />
          <Show when={owner()}>
            <p class="soft mb-4">{said("account.linkNotYou")}</p>
          </Show>
          <Problem problem={form.problem()} wrong={words("users.problem_other")} />
          <NewPasswordField password={password} label={said("account.newPassword")} />
          <Button type="submit" wide busy={form.busy()}>
            {said("account.savePassword")}
          </Button>
        </form>
      </Show>
    </Show>
  );
}
