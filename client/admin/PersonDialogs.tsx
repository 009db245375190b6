import { createEffect, createSignal, Show } from "solid-js";
import type { SystemRole } from "@mochila/shared/access/actor.ts";
import type { LinkSent, NewAccount, PersonLine } from "@mochila/shared/admin/person.ts";
import type { Language } from "@mochila/shared/kernel/schema.ts";
import { EMAIL_CHARACTERS_MAX, NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { language, languageNames } from "../i18n/language.ts";
import { formatDateTime } from "../i18n/formats.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { copyText } from "../ui/clipboard.ts";
import { Choice, Field } from "../ui/Field.tsx";
import { useNow } from "../ui/now.ts";
import { showToast } from "../ui/toast.ts";
import { failureWords, isRefused } from "./failure.ts";
import { ProblemNote } from "./ProblemNote.tsx";
import { createTyped } from "../users/typed.ts";
import { said } from "./words.ts";

const roles: readonly SystemRole[] = ["student", "instructor", "administrator"];
const roleOptions = () => roles.map((value) => ({ value, label: said(`admin.one_${value}`) }));

/** `refused`: what it means here that the school said no. */
const problemWords = (error: unknown, refused: "taken" | "last"): string => (isRefused(error) ? said(`admin.problem_${refused}`) : failureWords(error));

/** Why something that was asked about first did not happen. */
export const refusalNote = (error: unknown) => <ProblemNote text={problemWords(error, "last")} />;

/** A new account: who, in which role, in which language the letter speaks. */
export function AddPerson(props: { open: boolean; byHand: boolean; onAdd: (account: NewAccount) => Promise<LinkSent>; onAdded: (sent: LinkSent) => void; onClose: () => void }) {
  const typed = createTyped("person", () => ({ name: "", email: "" }));
  const [role, setRole] = createSignal<SystemRole>("student");
  const [lang, setLang] = createSignal<Language>(language());
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  createEffect(() => props.open && setProblem(null));
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    try {
      const { name, email } = typed.value();
      const sent = await props.onAdd({ name: name.trim(), email: email.trim(), systemRole: role(), language: lang() });
      typed.done();
      setRole("student");
      props.onAdded(sent);
    } catch (error) {
      setProblem(problemWords(error, "taken"));
    }
    setBusy(false);
  };
  /** Escape and a touch beside it leave what was typed for the next time. */
  const cancel = () => {
    typed.done();
    setRole("student");
    props.onClose();
  };
  return (
    <Dialog
      open={props.open}
      title={said("admin.addTitle")}
      onClose={() => props.onClose()}
      onCancel={cancel}
      actions={
        <Button type="submit" form="add-person" busy={busy()}>
          {said("admin.add")}
        </Button>
      }
    >
      <form id="add-person" onSubmit={(event) => void submit(event)}>
        <p class="soft mb-4">{said(props.byHand ? "admin.addTextByHand" : "admin.addText")}</p>
        <ProblemNote text={problem()} />
        <Field label={said("admin.name")} name="name" autocomplete="off" required maxlength={NAME_CHARACTERS_MAX} value={typed.value().name} onInput={(event) => typed.set({ ...typed.value(), name: event.currentTarget.value })} />
        <Field label={said("admin.email")} type="email" name="email" autocomplete="off" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={typed.value().email} onInput={(event) => typed.set({ ...typed.value(), email: event.currentTarget.value })} />
        <Choice label={said("admin.role")} value={role()} options={roleOptions()} onChoose={setRole} />
        <Choice label={said("admin.language")} value={lang()} options={[{ value: "en", label: languageNames.en }, { value: "es", label: languageNames.es }]} onChoose={setLang} />
      </form>
    </Dialog>
  );
}

export function ChangeRole(props: { person: PersonLine | null; onSave: (role: SystemRole) => Promise<void>; onClose: () => void }) {
  const [role, setRole] = createSignal<SystemRole>("student");
  const [problem, setProblem] = createSignal<string | null>(null);
  createEffect(() => {
    if (!props.person) return;
    setRole(props.person.systemRole === "other" ? "student" : props.person.systemRole);
    setProblem(null);
  });
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    try {
      await props.onSave(role());
    } catch (error) {
      setProblem(problemWords(error, "last"));
    }
  };
  return (
    <Dialog
      open={props.person !== null}
      title={said("admin.roleTitle", { name: props.person?.name ?? "" })}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Button type="submit" form="change-role">
          {said("admin.save")}
        </Button>
      }
    >
      <form id="change-role" onSubmit={(event) => void submit(event)}>
        <ProblemNote text={problem()} />
        <Choice label={said("admin.role")} value={role()} options={roleOptions()} hint={said("admin.roleText")} onChoose={setRole} />
      </form>
    </Dialog>
  );
}

/** Where the letter went; or, where nothing sends letters, the link to hand on. Either way until when it opens. */
export function LetterSent(props: { sent: LinkSent | null; onClose: () => void }) {
  const now = useNow();
  const when = () => formatDateTime(props.sent?.expiresAt ?? 0, now());
  const email = () => props.sent?.sentTo ?? "";
  const isByHand = () => (props.sent?.link ?? null) !== null;
  const copy = async (link: string) => showToast(said((await copyText(link)) ? "admin.copied" : "admin.notCopied"));
  return (
    <Dialog open={props.sent !== null} title={said(isByHand() ? "admin.handOnTitle" : "admin.letterTitle")} onClose={() => props.onClose()} actions={<Button onClick={() => props.onClose()}>{said("admin.close")}</Button>}>
      <Show when={props.sent?.link} fallback={<p>{said("admin.letterSent", { email: email(), when: when() })}</p>}>
        {(link) => (
          <>
            <p>{said("admin.handOnText", { email: email(), when: when() })}</p>
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
