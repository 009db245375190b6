import { createSignal, For, Show } from "solid-js";
import { type FactorLine, FactorLines, NewCodes } from "@mochila/shared/users/second-factor.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { formatAgo } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { createAsked } from "../../ui/asked.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Skeleton } from "../../ui/Notice.tsx";
import { useNow } from "../../ui/now.ts";
import { showToast } from "../../ui/toast.ts";
import { useAsk } from "../own-calls.ts";
import { AddFactor, type NewFactorCalls } from "./AddFactor.tsx";
import { AttemptProblem } from "./AttemptProblem.tsx";
import { createAttempt } from "./create-attempt.ts";
import { RecoveryCodes } from "./RecoveryCodes.tsx";
import { said } from "./words.ts";
import "./second-factor.css";

const BASE = "/api/me/second-factors";

const nameOf = ({ kind, name }: FactorLine): string => (name === "" ? said(`factor.name_${kind}`) : said("factor.named", { kind: said(`factor.name_${kind}`), name }));

const OwnPassword = (props: { value: string; onInput: (value: string) => void }) => (
  <Field label={said("factor.password")} type="password" name="current" autocomplete="current-password" required value={props.value} onInput={(event) => props.onInput(event.currentTarget.value)} />
);

function Line(props: { line: FactorLine; onRemove: () => void }) {
  const now = useNow();
  return (
    <li class="row" data-factor={props.line.kind}>
      <Icon name={props.line.kind === "totp" ? "phone" : "lock"} />
      <span class="row-main">
        <span class="row-title">{nameOf(props.line)}</span>
        <span class="row-meta">
          <span>{props.line.usedAt === null ? said("factor.never") : said("factor.used", { when: formatAgo(props.line.usedAt, now()) })}</span>
          <span>{said("factor.added", { when: formatAgo(props.line.addedAt, now()) })}</span>
        </span>
      </span>
      <span class="row-end">
        <Button look="soft" aria-label={said("factor.removeOne", { name: nameOf(props.line) })} onClick={() => props.onRemove()}>
          {said("factor.remove")}
        </Button>
      </span>
    </li>
  );
}

/** Something that changes what opens the account: the password again, then it is done. */
function WithPassword(props: { title: string; text: string; action: string; wrong: (error: unknown) => string; run: (password: string) => Promise<unknown>; onClose: () => void }) {
  const attempt = createAttempt();
  const [password, setPassword] = createSignal("");
  const submit = (event: SubmitEvent) => {
    event.preventDefault();
    void attempt.run(
      () =>
        props.run(password()).catch((error: unknown) => {
          if (error instanceof CodedError && error.code === "invalid_input") return attempt.say(props.wrong(error));
          throw error;
        }),
      said("factor.problem_password"),
    );
  };
  return (
    <Dialog
      open
      title={props.title}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Button type="submit" form="factor-password" busy={attempt.busy()}>
          {props.action}
        </Button>
      }
    >
      <AttemptProblem attempt={attempt} />
      <form id="factor-password" onSubmit={submit}>
        <p class="mb-4">{props.text}</p>
        <OwnPassword value={password()} onInput={setPassword} />
      </form>
    </Dialog>
  );
}

function Add(props: { onClose: () => void; onDone: () => void }) {
  const words = useWords();
  const ask = useAsk();
  const [password, setPassword] = createSignal("");
  let form: HTMLFormElement | undefined;
  const calls: NewFactorCalls = {
    beginApp: () => ask(`${BASE}/app`, "POST", { password: password() }),
    confirmApp: (step) => ask(`${BASE}/app/confirm`, "POST", step),
    beginPasskey: () => ask(`${BASE}/passkey`, "POST", { password: password() }),
    confirmPasskey: (credential) => ask(`${BASE}/passkey/confirm`, "POST", { credential }),
  };
  return (
    <AddFactor title={said("factor.addTitle")} calls={calls} ready={() => form?.reportValidity() ?? false} wrong={said("factor.problem_password")} cancel={words("shell.cancel")} onCancel={() => props.onClose()} onDone={() => props.onDone()}>
      <form ref={(element) => (form = element)} onSubmit={(event) => event.preventDefault()}>
        <p class="mb-4">{said("factor.chooseText")}</p>
        <OwnPassword value={password()} onInput={setPassword} />
      </form>
    </AddFactor>
  );
}

type Question = { readonly kind: "add" } | { readonly kind: "codes" } | { readonly kind: "remove"; readonly line: FactorLine };

/** What signs this person in besides the password. */
export function FactorsSection() {
  const words = useWords();
  const ask = useAsk();
  const { answer: known, again } = createAsked(() => ask(BASE).then(async (answer) => FactorLines.parse(await answer.json())).catch(() => null));
  const [question, setQuestion] = createSignal<Question | null>(null);
  const [codes, setCodes] = createSignal<readonly string[] | null>(null);
  const asked = (kind: Question["kind"]) => question()?.kind === kind;
  const removing = () => {
    const now = question();
    return now?.kind === "remove" ? now.line : null;
  };
  const close = () => setQuestion(null);
  const done = (sentence: string) => {
    close();
    showToast(sentence);
    void again();
  };
  const renew = async (password: string) => {
    const { codes: made } = NewCodes.parse(await (await ask(`${BASE}/codes`, "POST", { password })).json());
    close();
    setCodes(made);
    void again();
  };
  return (
    <section class="section" aria-labelledby="second-factor">
      <div class="section-head">
        <h2 id="second-factor">{said("factor.sectionTitle")}</h2>
      </div>
      <Show when={known() !== null} fallback={<p class="soft">{said("factor.away")} <Button look="soft" onClick={() => void again()}>{words("shell.tryAgain")}</Button></p>}>
        <Show when={known()} fallback={<Skeleton label={words("shell.loading")} rows={1} />}>
          {(now) => (
            <>
              <Show when={now().factors.length > 0} fallback={<p class="soft mb-4">{said("factor.none")} {now().required ? said("factor.noneRequired") : ""}</p>}>
                <ul class="rows mb-4">
                  <For each={now().factors}>{(line) => <Line line={line} onRemove={() => setQuestion({ kind: "remove", line })} />}</For>
                </ul>
                <p class="line mb-4">
                  <span>{said("factor.codesLeft", { count: now().codesLeft })}</span>
                  <Button look="bare" onClick={() => setQuestion({ kind: "codes" })}>
                    {said("factor.newCodes")}
                  </Button>
                </p>
              </Show>
              <Button look="soft" icon="plus" onClick={() => setQuestion({ kind: "add" })}>
                {said("factor.add")}
              </Button>
            </>
          )}
        </Show>
      </Show>
      <Show when={asked("add")}>
        <Add onClose={() => { close(); void again(); }} onDone={() => done(said("factor.addedDone"))} />
      </Show>
      <Show when={asked("codes")}>
        <WithPassword title={said("factor.newCodes")} text={said("factor.newCodesText")} action={said("factor.newCodes")} wrong={() => words("users.problem_other")} run={renew} onClose={close} />
      </Show>
      <Show when={removing()} keyed>
        {(line) => (
          <WithPassword
            title={said("factor.removeTitle", { name: nameOf(line) })}
            text={said("factor.removeText")}
            action={said("factor.remove")}
            wrong={() => said("factor.problem_last")}
            run={async (password) => {
              await ask(`${BASE}/${line.id}/remove`, "POST", { password });
              done(said("factor.removed"));
            }}
            onClose={close}
          />
        )}
      </Show>
      {/* Shown once: only the button closes it. */}
      <Dialog open={codes() !== null} title={said("factor.codesTitle")} onClose={() => undefined} actions={<Button onClick={() => setCodes(null)}>{said("factor.codesKept")}</Button>}>
        <RecoveryCodes codes={codes() ?? []} />
      </Dialog>
    </section>
  );
}
