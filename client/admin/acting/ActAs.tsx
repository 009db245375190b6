import { createEffect, createSignal, onCleanup, Show } from "solid-js";
import { ActAs as ActAsBody } from "@mochila/shared/admin/acting.ts";
import type { PersonLine } from "@mochila/shared/admin/person.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { systemClock } from "@mochila/shared/kernel/clock.ts";
import { ACTING_REASON_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { Banner } from "../../ui/Notice.tsx";
import { PasswordField } from "../../users/PasswordField.tsx";
import { createTypedOf } from "../../users/typed.ts";
import type { PeopleCalls } from "../people.ts";
import { said } from "./words.ts";

type Problem = "wrong" | "tooMany" | "away" | "forbidden" | "reason" | "other";

const problems: Readonly<Record<string, Problem>> = { wrong_credentials: "wrong", too_many_requests: "tooMany", unavailable: "away", forbidden: "forbidden", invalid_input: "reason" };
const problemOf = (error: unknown): Problem => (error instanceof CodedError ? (problems[error.code] ?? "other") : "other");

/** What is looked at is fetched before the server is asked: a look that cannot be shown must not begin. */
const loadScreens = () =>
  Promise.all([import("./acting.ts"), import("./ActingApp.tsx")]).catch(() => {
    throw new CodedError("unavailable", "no network");
  });

/** Before an administrator looks at the school as somebody: what that is, why they do, and that it is them. */
export function ActAs(props: { person: PersonLine | null; calls: PeopleCalls; sendsLetters: boolean | undefined; onClose: () => void }) {
  const reason = createTypedOf(() => `act-${props.person?.id ?? ""}`, () => "");
  const [password, setPassword] = createSignal("");
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  let gone = false;
  onCleanup(() => (gone = true));
  createEffect(() => {
    if (!props.person) return;
    setPassword("");
    setProblem(null);
  });
  const of = (kinds: readonly Problem[]) => {
    const kind = problem();
    return kind !== null && kinds.includes(kind) ? said(`acting.problem_${kind}`) : undefined;
  };
  const begin = async ({ id }: PersonLine) => {
    const body = ActAsBody.safeParse({ reason: reason().value(), password: password() });
    if (!body.success) throw new CodedError("invalid_input", "no reason");
    if (!navigator.onLine) throw new CodedError("unavailable", "no network");
    const [{ beginActing, tellServer }, { ActingApp }] = await loadScreens();
    const look = await props.calls.act(id, body.data);
    // Canceled while the answer was on its way.
    if (gone || props.person?.id !== id) return void tellServer(look.accessToken);
    reason().done();
    beginActing({ look, clock: systemClock, screen: (acting) => <ActingApp acting={acting} /> });
  };
  /** Escape and a touch beside it leave the reason for the next time. */
  const cancel = () => {
    reason().done();
    props.onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (!props.person || busy()) return;
    setBusy(true);
    setProblem(null);
    await begin(props.person).catch((error: unknown) => {
      setProblem(problemOf(error));
      setPassword("");
    });
    setBusy(false);
  };
  return (
    <Dialog
      open={props.person !== null}
      title={said("acting.title", { name: props.person?.name ?? "" })}
      onClose={() => props.onClose()}
      onCancel={cancel}
      actions={
        <Button type="submit" form="act-as" busy={busy()}>
          {said("acting.begin")}
        </Button>
      }
    >
      <form id="act-as" onSubmit={(event) => void submit(event)}>
        <p class="mb-4">{said("acting.can")}</p>
        <p class="mb-4">{said("acting.cannot")}</p>
        <p class="mb-4">{said(props.sendsLetters === false ? "acting.toldHere" : "acting.told")}</p>
        <div role="alert">
          <Show when={of(["away", "forbidden", "other", "tooMany"])}>{(text) => <Banner icon="circle-alert" role="alert">{text()}</Banner>}</Show>
        </div>
        <Field label={said("acting.reason")} hint={said("acting.reasonHint")} error={of(["reason"])} name="reason" autocomplete="off" required maxlength={ACTING_REASON_CHARACTERS_MAX} value={reason().value()} onInput={(event) => reason().set(event.currentTarget.value)} />
        <PasswordField label={said("acting.password")} value={password()} error={of(["wrong"])} onInput={setPassword} />
      </form>
    </Dialog>
  );
}
