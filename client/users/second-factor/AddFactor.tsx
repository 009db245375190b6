import { createSignal, createUniqueId, type JSX, Match, Switch } from "solid-js";
import { NewApp, NewCodes } from "@mochila/shared/users/second-factor.ts";
import { Button } from "../../ui/Button.tsx";
import { copyText } from "../../ui/clipboard.ts";
import { Dialog } from "../../ui/Dialog.tsx";
import { QrCode } from "../../ui/QrCode.tsx";
import { showToast } from "../../ui/toast.ts";
import { CodeField } from "./CodeField.tsx";
import { createAttempt } from "./create-attempt.ts";
import { makePasskey } from "./passkey.ts";
import { AttemptProblem } from "./AttemptProblem.tsx";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { said } from "./words.ts";
import "./second-factor.css";

/** What is asked of the server, within a session or within a sign-in that must have a factor first. */
export interface NewFactorCalls {
  beginApp(): Promise<Response>;
  confirmApp(step: { app: string; code: string }): Promise<Response>;
  beginPasskey(): Promise<Response>;
  confirmPasskey(credential: unknown): Promise<Response>;
}

interface AddFactorProps {
  readonly title: string;
  readonly calls: NewFactorCalls;
  /** Above the choice: why, and what else has to be given. False from `ready`: not yet. */
  readonly children: JSX.Element;
  readonly ready?: () => boolean;
  /** What a refusal means at the choice. */
  readonly wrong: string;
  readonly cancel: string;
  onCancel(): void;
  /** Added, and its recovery codes are kept where there were any. */
  onDone(): void | Promise<void>;
}

/** The key of an app as a picture, as text, and as a link for an app on this very phone. */
function AppKey(props: { waiting: NewApp }) {
  const copy = async () => showToast(said((await copyText(props.waiting.key)) ? "factor.copied" : "factor.notCopied"));
  const grouped = () => (props.waiting.key.match(/.{1,4}/g) ?? []).join(" ");
  return (
    <>
      <p class="mb-4">{said("factor.scanText")}</p>
      <div class="factor-picture">
        <QrCode text={props.waiting.address} label={said("factor.scanLabel")} />
      </div>
      <p class="small soft">{said("factor.key")}</p>
      <p class="factor-key" data-app-key={props.waiting.key}>
        {grouped()}
      </p>
      <p class="line mt-2 mb-4">
        <Button look="soft" icon="copy" onClick={() => void copy()}>
          {said("factor.copyKey")}
        </Button>
        <a class="btn btn-bare" href={props.waiting.address}>
          {said("factor.openApp")}
        </a>
      </p>
    </>
  );
}

/** A new second factor, from the choice to its recovery codes. */
export function AddFactor(props: AddFactorProps) {
  const form = createUniqueId();
  const attempt = createAttempt();
  const [waiting, setWaiting] = createSignal<NewApp>();
  const [codes, setCodes] = createSignal<readonly string[]>();
  const [code, setCode] = createSignal("");
  const added = async (answer: Response) => {
    const { codes: made } = NewCodes.parse(await answer.json());
    if (made) setCodes(made);
    else await props.onDone();
  };
  const ask = (work: () => Promise<unknown>) => {
    if (props.ready?.() !== false) void attempt.run(work, props.wrong);
  };
  const beginApp = () => ask(async () => setWaiting(NewApp.parse(await (await props.calls.beginApp()).json())));
  const addPasskey = () => ask(async () => added(await props.calls.confirmPasskey(await makePasskey(props.calls.beginPasskey()))));
  const confirmApp = (event: SubmitEvent) => {
    event.preventDefault();
    void attempt.run(async () => {
      await added(await props.calls.confirmApp({ app: waiting()?.app ?? "", code: code() }));
    }, said("factor.problem_code"));
  };
  const title = () => (codes() ? said("factor.codesTitle") : waiting() ? said("factor.scanTitle") : props.title);
  const cancel = () => (
    <Button look="bare" onClick={() => props.onCancel()}>
      {props.cancel}
    </Button>
  );
  return (
    <Dialog
      open
      title={title()}
      // Codes are shown once: only their button goes on.
      onClose={() => !codes() && props.onCancel()}
      actions={
        <Switch fallback={cancel()}>
          <Match when={codes()}>
            <Button busy={attempt.busy()} onClick={() => void attempt.run(async () => props.onDone(), props.wrong)}>
              {said("factor.codesKept")}
            </Button>
          </Match>
          <Match when={waiting()}>
            {cancel()}
            <Button type="submit" form={form} busy={attempt.busy()}>
              {said("factor.goOn")}
            </Button>
          </Match>
        </Switch>
      }
    >
      <AttemptProblem attempt={attempt} />
      <Switch
        fallback={
          <>
            {props.children}
            <p class="mb-4">{said("factor.choose")}</p>
            <div class="factor-ways">
              <Button look="soft" wide icon="phone" busy={attempt.busy()} onClick={beginApp}>
                {said("factor.app")}
              </Button>
              <p class="small soft">{said("factor.appHint")}</p>
              <Button look="soft" wide icon="lock" busy={attempt.busy()} onClick={addPasskey}>
                {said("factor.passkey")}
              </Button>
              <p class="small soft">{said("factor.passkeyHint")}</p>
            </div>
          </>
        }
      >
        <Match when={codes()}>{(made) => <RecoveryCodes codes={made()} />}</Match>
        <Match when={waiting()}>
          {(app) => (
            <form id={form} onSubmit={confirmApp}>
              <AppKey waiting={app()} />
              <CodeField label={said("factor.firstCode")} value={code()} onInput={setCode} />
            </form>
          )}
        </Match>
      </Switch>
    </Dialog>
  );
}
