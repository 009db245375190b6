import { createEffect, createSignal, Show } from "solid-js";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { LinkSent, NewAccount, PersonLine } from "@mochila/shared/admin/person.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { language, languageNames } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { copyText } from "../ui/clipboard.ts";
import { Choice, Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { showToast } from "../ui/toast.ts";
import { isRefused } from "./people.ts";
import { said } from "./words.ts";

const roles: readonly SystemRole[] = ["student", "instructor", "administrator"];
const roleOptions = () => roles.map((value) => ({ value, label: said(`admin.one_${value}`) }));

type Problem = "taken" | "last" | "other";

const ProblemNote = (props: { problem: Problem | null }) => (
  <div role="alert">
    <Show when={props.problem}>{(kind) => <Banner icon="circle-alert" role="alert">{said(`admin.problem_${kind()}`)}</Banner>}</Show>
  </div>
);

/** A new account: who, in which role, in which language the letter speaks. */
export function AddPerson(props: { open: boolean; onAdd: (account: NewAccount) => Promise<LinkSent>; onAdded: (sent: LinkSent) => void; onClose: () => void }) {
  const words = useWords();
  const [name, setName] = createSignal("");
  const [email, setEmail] = createSignal("");
  const [role, setRole] = createSignal<SystemRole>("student");
  const [lang, setLang] = createSignal<Language>(language());
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  createEffect(() => {
    if (!props.open) return;
    setName("");
    setEmail("");
    setProblem(null);
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      props.onAdded(await props.onAdd({ name: name().trim(), email: email().trim(), systemRole: role(), language: lang() }));
    } catch (error) {
      setProblem(isRefused(error) ? "taken" : "other");
    }
    setBusy(false);
  };
  return (
    <Dialog
      open={props.open}
      title={said("admin.addTitle")}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="bare" onClick={() => props.onClose()}>
            {words("shell.cancel")}
          </Button>
          <Button type="submit" form="add-person" busy={busy()}>
            {said("admin.add")}
          </Button>
        </>
      }
    >
      <form id="add-person" onSubmit={(event) => void submit(event)}>
        <p class="soft mb-4">{said("admin.addText")}</p>
        <ProblemNote problem={problem()} />
        <Field label={said("admin.name")} name="name" autocomplete="off" required maxlength={NAME_CHARACTERS_MAX} value={name()} onInput={(event) => setName(event.currentTarget.value)} />
        <Field label={said("admin.email")} type="email" name="email" autocomplete="off" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={email()} onInput={(event) => setEmail(event.currentTarget.value)} />
        <Choice label={said("admin.role")} value={role()} options={roleOptions()} onChoose={setRole} />
        <Choice label={said("admin.language")} value={lang()} options={[{ value: "en", label: languageNames.en }, { value: "es", label: languageNames.es }]} onChoose={setLang} />
      </form>
    </Dialog>
  );
}

export function ChangeRole(props: { person: PersonLine | null; onSave: (role: SystemRole) => Promise<void>; onClose: () => void }) {
  const words = useWords();
  const [role, setRole] = createSignal<SystemRole>("student");
  const [problem, setProblem] = createSignal<Problem | null>(null);
  createEffect(() => {
    if (!props.person) return;
    setRole(props.person.systemRole);
    setProblem(null);
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await props.onSave(role());
    } catch (error) {
      setProblem(isRefused(error) ? "last" : "other");
    }
  };
  return (
    <Dialog
      open={props.person !== null}
      title={said("admin.roleTitle", { name: props.person?.name ?? "" })}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="bare" onClick={() => props.onClose()}>
            {words("shell.cancel")}
          </Button>
          <Button type="submit" form="change-role">
            {said("admin.save")}
          </Button>
        </>
      }
    >
      <form id="change-role" onSubmit={(event) => void submit(event)}>
        <ProblemNote problem={problem()} />
        <Choice label={said("admin.role")} value={role()} options={roleOptions()} hint={said("admin.roleText")} onChoose={setRole} />
      </form>
    </Dialog>
  );
}

/** Something that others feel at once is asked about first. */
export function Confirm(props: { open: boolean; title: string; text: string; action: string; onDo: () => Promise<void>; onClose: () => void }) {
  const words = useWords();
  const [problem, setProblem] = createSignal<Problem | null>(null);
  createEffect(() => props.open && setProblem(null));
  const run = () => props.onDo().catch((error: unknown) => void setProblem(isRefused(error) ? "last" : "other"));
  return (
    <Dialog
      open={props.open}
      title={props.title}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="bare" onClick={() => props.onClose()}>
            {words("shell.cancel")}
          </Button>
          <Button look="alert" onClick={() => void run()}>
            {props.action}
          </Button>
        </>
      }
    >
      <ProblemNote problem={problem()} />
      <p>{props.text}</p>
    </Dialog>
  );
}

/** Where the letter went; where nothing sends letters, the link to hand on. */
export function LetterSent(props: { sent: LinkSent | null; onClose: () => void }) {
  const copy = async (link: string) => showToast(said((await copyText(link)) ? "admin.copied" : "admin.notCopied"));
  return (
    <Dialog open={props.sent !== null} title={said("admin.letterTitle")} onClose={() => props.onClose()} actions={<Button onClick={() => props.onClose()}>{said("admin.close")}</Button>}>
      <p>{said("admin.letterSent", { email: props.sent?.sentTo ?? "" })}</p>
      <Show when={props.sent?.link}>
        {(link) => (
          <>
            <p class="mt-4">{said("admin.letterByHand")}</p>
            <p class="quote-box small mt-2">{link()}</p>
            <Button look="soft" icon="copy" onClick={() => void copy(link())}>
              {said("admin.copyLink")}
            </Button>
          </>
        )}
      </Show>
    </Dialog>
  );
}
