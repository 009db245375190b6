import { createEffect, createMemo, createSignal, For, on, onCleanup, Show } from "solid-js";
import { CourseCopy } from "@mochila/shared/courses/copy.ts";
import { CodedError } from "@mochila/shared/errors.ts";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { type Language, languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { EMAIL_CHARACTERS_MAX, TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { copy as en } from "../i18n/en/copy.ts";
import { copy as es } from "../i18n/es/copy.ts";
import { formatLanguage, formatNumber } from "../i18n/formats.ts";
import { makeWords, useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { Meter } from "../ui/Progress.tsx";
import { useAsk } from "../users/own-calls.ts";
import { createTypedOf } from "../users/typed.ts";

const said = makeWords({ copy: en }, { copy: es });
const LOOK_MS = 1_000;

interface CopyCourseProps {
  readonly course: { readonly id: string; readonly title: Localized<string> } | null;
  /** Somebody else may teach the copy, and must be named. */
  readonly forSomebody?: boolean;
  readonly onDone: (id: string) => void;
  readonly onClose: () => void;
}

type Problem = "titleMissing" | "nobody" | "failed" | "other";

const problemOf = (error: unknown): Problem => (error instanceof CodedError && error.code === "invalid_input" ? (error.more.details?.["field"] === "email" ? "nobody" : "titleMissing") : "other");

/** Asks for a copy and looks how far it is until it is there. Closed in between, the school goes on with it. */
function createCopying(onDone: (id: string) => void, onProblem: (problem: Problem) => void) {
  const ask = useAsk();
  const [now, setNow] = createSignal<CourseCopy | null>(null);
  let timer: ReturnType<typeof setTimeout> | undefined;
  /** Of the dialog as it is open now: what was asked before it was closed is nobody's news. */
  let opening = 0;
  const put = (next: CourseCopy, asked: number) => {
    if (asked !== opening) return;
    setNow(next.state === "running" ? next : null);
    if (next.state === "running") timer = setTimeout(() => void look(next, asked), LOOK_MS);
    else if (next.state === "done") onDone(next.id);
    else onProblem("failed");
  };
  const look = async (last: CourseCopy, asked: number): Promise<void> => put(await ask(`/api/course-copies/${last.id}`).then(async (answer) => CourseCopy.parse(await answer.json()), () => last), asked);
  const stop = () => {
    opening += 1;
    clearTimeout(timer);
    setNow(null);
  };
  onCleanup(stop);
  return {
    now,
    stop,
    begin: async (courseId: string, body: object): Promise<void> => {
      const asked = opening;
      put(CourseCopy.parse(await (await ask(`/api/courses/${courseId}/copy`, "POST", body)).json()), asked);
    },
  };
}

const another = (title: Localized<string>): Localized<string> =>
  Object.fromEntries(languages.flatMap((lang) => (title[lang] ? [[lang, `${title[lang].slice(0, TITLE_CHARACTERS_MAX - 4)} (2)`]] : []))) as Localized<string>;

/** A new course from this one: under which title, and for an administrator for whom. */
export function CopyCourse(props: CopyCourseProps) {
  const words = useWords();
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<Problem | null>(null);
  // Not when the course changes under it.
  const courseId = createMemo(() => props.course?.id);
  /** The id is the same until other words are typed or the copy is there: a try whose answer was lost makes no second copy, also after a reload. */
  const typed = createTypedOf(() => `copy-${courseId() ?? ""}`, () => ({ id: newId(), title: another(props.course?.title ?? {}), email: "" }));
  const type = (next: { title?: Localized<string>; email?: string }) => typed().set({ ...typed().value(), ...next, id: newId() });
  const copying = createCopying((made) => {
    typed().done();
    props.onDone(made);
  }, setProblem);
  createEffect(
    on(courseId, () => {
      copying.stop();
      setProblem(null);
    }),
  );
  /** What the school is at goes on by itself, and the next copy is another one; else Escape and a touch beside it leave what was typed for the next time. */
  const close = () => {
    if (copying.now()) typed().done();
    props.onClose();
  };
  const cancel = () => {
    typed().done();
    props.onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const course = props.course;
    if (!course || busy()) return;
    setBusy(true);
    setProblem(null);
    typed().set(typed().value());
    const { id, title, email } = typed().value();
    const body = { id, title, ...(props.forSomebody && { instructor: email.trim() }) };
    await copying.begin(course.id, body).catch((error: unknown) => setProblem(problemOf(error)));
    setBusy(false);
  };
  const inUse = (): Language[] => languages.filter((lang) => props.course?.title[lang]);
  return (
    <Dialog
      open={props.course !== null}
      title={said("copy.title")}
      onClose={close}
      actions={
        <>
          <Button look="bare" onClick={cancel}>
            {words(copying.now() ? "shell.close" : "shell.cancel")}
          </Button>
          <Show when={!copying.now()}>
            <Button type="submit" form="copy-course" busy={busy()}>
              {said("copy.begin")}
            </Button>
          </Show>
        </>
      }
    >
      <div role="alert">
        <Show when={problem()}>{(kind) => <Banner icon="circle-alert" role="alert">{said(`copy.${kind()}`)}</Banner>}</Show>
      </div>
      <Show
        when={copying.now()}
        fallback={
          <form id="copy-course" onSubmit={(event) => void submit(event)}>
            <p class="soft mb-4">{said("copy.text")}</p>
            <For each={inUse()}>
              {(lang) => <Field label={said("copy.titleIn", { language: formatLanguage(lang) })} lang={lang} required maxlength={TITLE_CHARACTERS_MAX} value={typed().value().title[lang] ?? ""} onInput={(event) => type({ title: { ...typed().value().title, [lang]: event.currentTarget.value } })} />}
            </For>
            <Show when={props.forSomebody}>
              <Field label={said("copy.instructor")} type="email" name="instructor" autocomplete="off" autocapitalize="none" spellcheck={false} required maxlength={EMAIL_CHARACTERS_MAX} value={typed().value().email} onInput={(event) => type({ email: event.currentTarget.value })} />
            </Show>
          </form>
        }
      >
        {(now) => {
          const progress = () => said("copy.running", { done: formatNumber(now().done), total: formatNumber(now().total) });
          return (
            <>
              <Meter share={now().total === 0 ? 0 : now().done / now().total} label={progress()} />
              <p class="small soft mt-2" role="status">
                {progress()}. {said("copy.leaveOpen")}
              </p>
            </>
          );
        }}
      </Show>
    </Dialog>
  );
}

/** What is said when it is there: on this device, or on its way to it. */
export const copiedWords = (here: boolean): string => said(here ? "copy.done" : "copy.coming");
