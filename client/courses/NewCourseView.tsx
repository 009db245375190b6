import { createSignal, For, Show } from "solid-js";
import { newId } from "@mochila/shared/kernel/ids.ts";
import { languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatLanguage } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Field } from "../ui/Field.tsx";
import { Banner } from "../ui/Notice.tsx";
import { useOnward } from "../ui/onward.ts";
import { Page } from "../ui/Page.tsx";
import { showToast } from "../ui/toast.ts";
import { createTyped } from "../users/typed.ts";
import { useUser } from "../users/queries.ts";
import { cleanTitle } from "./clean-title.ts";
import { useCourseCalls } from "./course-calls.ts";
import { said } from "./people-words.ts";

/** Begins a course, with oneself as its instructor. */
export default function NewCourseView() {
  const words = useWords();
  const user = useUser();
  const calls = useCourseCalls();
  const onward = useOnward();
  /** The id is the same until it worked: a try whose answer was lost makes no second course. */
  const typed = createTyped("new-course", (): { id: string; title: Localized<string> } => ({ id: newId(), title: {} }));
  const [busy, setBusy] = createSignal(false);
  const [problem, setProblem] = createSignal<"titleMissing" | "problem" | null>(null);
  const cleaned = () => cleanTitle(typed.value().title);
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    if (Object.keys(cleaned()).length === 0) return void setProblem("titleMissing");
    setBusy(true);
    setProblem(null);
    try {
      const { id } = typed.value();
      const { here } = await calls.begin(cleaned(), id);
      typed.done();
      if (!here) showToast(said("people.beginning"));
      onward(here ? `/courses/${id}/build` : "/courses");
    } catch {
      setProblem("problem");
    }
    setBusy(false);
  };
  return (
    <Show when={user().systemRole !== "student"} fallback={<NotFoundView />}>
      <Page title={said("people.newTitle")} crumbs={[{ href: "/courses", label: words("shell.courses") }]}>
        <div class="title">
          <h1>{said("people.newTitle")}</h1>
          <p>{said("people.newIntro")}</p>
        </div>
        <form class="narrow-column" onSubmit={(event) => void submit(event)}>
          <div role="alert">
            <Show when={problem()}>{(kind) => <Banner icon="circle-alert" role="alert">{said(`people.${kind()}`)}</Banner>}</Show>
          </div>
          <For each={languages.toSorted((lang) => (lang === language() ? -1 : 1))}>
            {(lang) => (
              <Field label={said("people.titleIn", { language: formatLanguage(lang) })} lang={lang} maxlength={TITLE_CHARACTERS_MAX} hint={said("people.titleHint")} value={typed.value().title[lang] ?? ""} onInput={(event) => typed.set({ ...typed.value(), title: { ...typed.value().title, [lang]: event.currentTarget.value } })} />
            )}
          </For>
          <Button type="submit" busy={busy()}>
            {said("people.begin")}
          </Button>
        </form>
      </Page>
    </Show>
  );
}
