import { createSignal, createUniqueId, Match, onMount, Show, Switch } from "solid-js";
import type { PendingSignIn, SecondFactorMethod } from "@mochila/shared/users/second-factor.ts";
import { useApp } from "../../app-parts.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { callOrUnavailable } from "../account-call.ts";
import { AddFactor, type NewFactorCalls } from "./AddFactor.tsx";
import { AttemptProblem } from "./AttemptProblem.tsx";
import { CodeField } from "./CodeField.tsx";
import { createAttempt } from "./create-attempt.ts";
import { provePasskey } from "./passkey.ts";
import { said } from "./words.ts";
import "./second-factor.css";

const BASE = "/api/auth/second-factor";

const post = (path: string, body: unknown): Promise<Response> => callOrUnavailable(path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** The password was right: what else this person has is asked for. Nothing of the school is shown before. */
function Prove(props: { pending: PendingSignIn }) {
  const { session } = useApp();
  const form = createUniqueId();
  const attempt = createAttempt();
  const [code, setCode] = createSignal("");
  const has = (method: SecondFactorMethod) => props.pending.methods.includes(method);
  const [way, setWay] = createSignal<SecondFactorMethod>(has("totp") ? "totp" : "passkey");
  const choose = (next: SecondFactorMethod) => {
    setWay(next);
    setCode("");
    attempt.clear();
    focus();
  };
  let element: HTMLFormElement | undefined;
  const focus = () => element?.querySelector<HTMLInputElement>("input")?.focus();
  onMount(focus);
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void attempt
      .run(() => session.enter(BASE, { token: props.pending.token, code: code() }), said(way() === "recovery" ? "factor.problem_recovery" : "factor.problem_code"))
      .then(focus);
  };
  const usePasskey = () => {
    const { token } = props.pending;
    setWay("passkey");
    void attempt.run(async () => session.enter(`${BASE}/passkey`, { token, credential: await provePasskey(post(`${BASE}/passkey/begin`, { token })) }), said("factor.problem_passkey"));
  };
  return (
    <Dialog
      open
      title={said("factor.stepTitle")}
      onClose={() => session.giveUp()}
      onCancel={() => session.giveUp()}
      actions={
        <Show when={way() !== "passkey"} fallback={<Button busy={attempt.busy()} onClick={usePasskey}>{said("factor.usePasskey")}</Button>}>
          <Button type="submit" form={form} busy={attempt.busy()}>
            {said("factor.goOn")}
          </Button>
        </Show>
      }
    >
      <AttemptProblem attempt={attempt} />
      <form ref={(made) => (element = made)} id={form} onSubmit={submit}>
        <Switch fallback={<p class="mb-4">{said("factor.passkeyText")}</p>}>
          <Match when={way() === "totp"}>
            <p class="mb-4">{said("factor.stepText")}</p>
            <CodeField label={said("factor.code")} value={code()} onInput={setCode} />
          </Match>
          <Match when={way() === "recovery"}>
            <p class="mb-4">{said("factor.recoveryText")}</p>
            <Field label={said("factor.recovery")} name="recovery" autocomplete="off" autocapitalize="none" spellcheck={false} maxlength={40} required value={code()} onInput={(event) => setCode(event.currentTarget.value)} />
          </Match>
        </Switch>
      </form>
      <div class="factor-ways">
        <Show when={has("passkey") && way() !== "passkey"}>
          <Button look="soft" wide icon="lock" busy={attempt.busy()} onClick={usePasskey}>
            {said("factor.usePasskey")}
          </Button>
        </Show>
        <Show when={has("totp") && way() !== "totp"}>
          <Button look="soft" wide icon="phone" onClick={() => choose("totp")}>
            {said("factor.useApp")}
          </Button>
        </Show>
        <Show when={has("recovery") && way() !== "recovery"}>
          <Button look="bare" wide onClick={() => choose("recovery")}>
            {said("factor.useRecovery")}
          </Button>
        </Show>
      </div>
      <p class="small soft">{said("factor.lost")}</p>
    </Dialog>
  );
}

/** The school asks for a factor and there is none: it is set up here, before anything else. */
function SetUpFirst(props: { pending: PendingSignIn }) {
  const words = useWords();
  const { session } = useApp();
  const token = () => props.pending.token;
  const calls: NewFactorCalls = {
    beginApp: () => post(`${BASE}/set-up/app`, { token: token() }),
    confirmApp: (step) => post(`${BASE}/set-up/app/confirm`, { token: token(), ...step }),
    beginPasskey: () => post(`${BASE}/set-up/passkey`, { token: token() }),
    confirmPasskey: (credential) => post(`${BASE}/set-up/passkey/confirm`, { token: token(), credential }),
  };
  return (
    <AddFactor title={said("factor.setUpTitle")} calls={calls} wrong={said("factor.problem_ended")} cancel={words("shell.cancel")} onCancel={() => session.giveUp()} onDone={() => session.enter(`${BASE}/set-up/done`, { token: token() })}>
      <p class="mb-4">{said("factor.setUpText")}</p>
    </AddFactor>
  );
}

/** Over the page at which somebody signs in. */
export default function SecondStep(props: { pending: PendingSignIn }) {
  return (
    <Show when={props.pending.methods.length > 0} fallback={<SetUpFirst pending={props.pending} />}>
      <Prove pending={props.pending} />
    </Show>
  );
}
