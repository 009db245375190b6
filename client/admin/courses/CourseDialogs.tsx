import { createEffect, createSignal, For } from "solid-js";
import type { CourseRole } from "@mochila/shared/access/actor.ts";
import type { CourseEntry } from "@mochila/shared/courses/entry.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { EMAIL_CHARACTERS_MAX, TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { cleanTitle } from "../../courses/clean-title.ts";
import { SeatsNote } from "../../courses/entry/SeatsNote.tsx";
import { formatLanguage } from "../../i18n/formats.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Choice, Field } from "../../ui/Field.tsx";
import { createTyped } from "../../users/typed.ts";
import { ProblemNote } from "../ProblemNote.tsx";
import { problemWords, said } from "./words.ts";

export const courseRoles: readonly CourseRole[] = ["instructor", "assistant", "student", "observer"];

const EmailField = (props: { label: string; value: string; onInput: (value: string) => void }) => (
  <Field label={props.label} type="email" name="email" autocomplete="off" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={props.value} onInput={(event) => props.onInput(event.currentTarget.value)} />
);

/** A course for somebody who teaches it. */
export function NewCourse(props: { open: boolean; onBegin: (course: { id: string; title: Localized<string>; instructor: string }) => Promise<unknown>; onBegun: (id: string) => void; onClose: () => void }) {
  /** The id is the same until it worked: a try whose answer was lost makes no second course. */
  const typed = createTyped("course-of-somebody", (): { id: string; title: Localized<string>; email: string } => ({ id: newId(), title: {}, email: "" }));
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  createEffect(() => props.open && setProblem(null));
  const cancel = () => {
    typed.done();
    props.onClose();
  };
  const cleaned = () => cleanTitle(typed.value().title);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    if (Object.keys(cleaned()).length === 0) return void setProblem(said("adminCourses.titleMissing"));
    setBusy(true);
    setProblem(null);
    const { id, email } = typed.value();
    await props.onBegin({ id, title: cleaned(), instructor: email.trim() }).then(
      () => {
        typed.done();
        props.onBegun(id);
      },
      (error: unknown) => setProblem(problemWords(error)),
    );
    setBusy(false);
  };
  return (
    <Dialog
      open={props.open}
      title={said("adminCourses.addTitle")}
      onClose={() => props.onClose()}
      onCancel={cancel}
      actions={
        <Button type="submit" form="new-course" busy={busy()}>
          {said("adminCourses.begin")}
        </Button>
      }
    >
      <form id="new-course" onSubmit={(event) => void submit(event)}>
        <p class="soft mb-4">{said("adminCourses.addText")}</p>
        <ProblemNote text={problem()} />
        <For each={languages}>
          {(lang) => (
            <Field label={said("adminCourses.titleIn", { language: formatLanguage(lang) })} hint={said("adminCourses.titleHint")} lang={lang} name={`title-${lang}`} maxlength={TITLE_CHARACTERS_MAX} value={typed.value().title[lang] ?? ""} onInput={(event) => typed.set({ ...typed.value(), title: { ...typed.value().title, [lang]: event.currentTarget.value } })} />
          )}
        </For>
        <EmailField label={said("adminCourses.instructor")} value={typed.value().email} onInput={(email) => typed.set({ ...typed.value(), email })} />
      </form>
    </Dialog>
  );
}

/** Somebody for the course, in one of its roles. */
export function AddToCourse(props: { courseId: string; open: boolean; entry: CourseEntry | null | undefined; onAdd: (email: string, role: CourseRole) => Promise<unknown>; onAdded: (email: string, role: CourseRole) => void; onClose: () => void }) {
  const typed = createTyped(`member-${props.courseId}`, () => "");
  const [role, setRole] = createSignal<CourseRole>("instructor");
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<string | null>(null);
  createEffect(() => props.open && setProblem(null));
  const cancel = () => {
    typed.done();
    props.onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    setProblem(null);
    const email = typed.value().trim();
    await props.onAdd(email, role()).then(
      () => {
        typed.done();
        props.onAdded(email, role());
      },
      (error: unknown) => setProblem(problemWords(error)),
    );
    setBusy(false);
  };
  return (
    <Dialog
      open={props.open}
      title={said("adminCourses.addPerson")}
      onClose={() => props.onClose()}
      onCancel={cancel}
      actions={
        <Button type="submit" form="add-to-course" busy={busy()}>
          {said("adminCourses.addPerson")}
        </Button>
      }
    >
      <form id="add-to-course" onSubmit={(event) => void submit(event)}>
        <p class="soft mb-4">{said("adminCourses.addPersonText")}</p>
        <ProblemNote text={problem()} />
        <EmailField label={said("adminCourses.email")} value={typed.value()} onInput={typed.set} />
        <Choice label={said("adminCourses.role")} value={role()} options={courseRoles.map((value) => ({ value, label: said(`adminCourses.role_${value}`) }))} onChoose={setRole} />
        <SeatsNote entry={props.entry} adding={role() === "student" ? 1 : 0} />
      </form>
    </Dialog>
  );
}
