import { createEffect, createSignal, on, Show } from "solid-js";
import type { ChangedPerson, PersonChange, PersonLine } from "@mochila/shared/admin/person.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { createTypedOf } from "../users/typed.ts";
import { failureWords, isRefused } from "./failure.ts";
import { ProblemNote } from "./ProblemNote.tsx";
import { said } from "./words.ts";

const refusalWords = (error: unknown): string => {
  if (!isRefused(error)) return failureWords(error);
  return said(error instanceof CodedError && error.more.details?.["problem"] === "taken" ? "admin.problem_taken" : "admin.emailOpened");
};

/** What was typed wrong when somebody was added: the name always, the e-mail as long as nobody has opened the account (U14). */
export function NameAndEmail(props: { person: PersonLine | null; byHand: boolean; onSave: (id: string, change: PersonChange) => Promise<ChangedPerson>; onSaved: (changed: ChangedPerson) => void; onClose: () => void }) {
  const words = useWords();
  const typed = createTypedOf(() => `names-${props.person?.id ?? ""}`, () => ({ name: props.person?.name ?? "", email: props.person?.email ?? "" }));
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  createEffect(on(() => props.person, () => setProblem(null)));
  const whyNot = () => {
    if (props.person?.canSignIn !== false) return said("admin.emailTheirs", { email: props.person?.email ?? "" });
    return props.person.state === "active" ? null : said("admin.emailSuspended");
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const { person } = props;
    if (!person || busy()) return;
    setBusy(true);
    setProblem(null);
    const { name, email } = typed().value();
    await props.onSave(person.id, { name: name.trim(), ...(whyNot() === null && { email: email.trim() }) }).then(
      (changed) => {
        typed().done();
        props.onSaved(changed);
      },
      (error: unknown) => setProblem(refusalWords(error)),
    );
    setBusy(false);
  };
  /** Escape and a touch beside it leave what was typed for the next time. */
  const cancel = () => {
    typed().done();
    props.onClose();
  };
  return (
    <Dialog
      open={props.person !== null}
      title={said("admin.namesTitle", { name: props.person?.name ?? "" })}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="bare" onClick={cancel}>
            {words("shell.cancel")}
          </Button>
          <Button type="submit" form="name-and-email" busy={busy()}>
            {said("admin.save")}
          </Button>
        </>
      }
    >
      <form id="name-and-email" onSubmit={(event) => void submit(event)}>
        <ProblemNote text={problem()} />
        <Field label={said("admin.name")} hint={said("admin.nameHint")} name="name" autocomplete="off" required maxlength={NAME_CHARACTERS_MAX} value={typed().value().name} onInput={(event) => typed().set({ ...typed().value(), name: event.currentTarget.value })} />
        <Show when={whyNot() === null} fallback={<p class="soft">{whyNot()}</p>}>
          <Field
            label={said("admin.email")}
            hint={said(props.byHand ? "admin.emailHintByHand" : "admin.emailHint")}
            type="email"
            name="email"
            autocomplete="off"
            autocapitalize="none"
            spellcheck={false}
            required
            maxlength={EMAIL_CHARACTERS_MAX}
            value={typed().value().email}
            onInput={(event) => typed().set({ ...typed().value(), email: event.currentTarget.value })}
          />
        </Show>
      </form>
    </Dialog>
  );
}
