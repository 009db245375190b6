import { A } from "@solidjs/router";
import { createSignal, For, Show } from "solid-js";
import { type Language, languages, type Localized } from "@mochila/shared/kernel/schema.ts";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { DESCRIPTION_CHARACTERS_MAX, TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { formatLanguage } from "../i18n/formats.ts";
import { Button } from "../ui/Button.tsx";
import { Choice, Field, TextField } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { useOnward } from "../ui/onward.ts";
import { showToast } from "../ui/toast.ts";
import { createTyped } from "../users/typed.ts";
import { useBuilderActions } from "./builder-actions.ts";
import { useBuilderWords } from "./builder-words.ts";
import { CopyCourse, copiedWords } from "./CopyCourse.tsx";
import { useCourseCalls } from "./course-calls.ts";

type Editable = "draft" | "published" | "archived";

type TypedDetails = Record<"title" | "description", Localized<string>>;

/** What was typed since it was saved. */
const without = (typed: Localized<string>, saved: Localized<string>): Localized<string> => Object.fromEntries(Object.entries(typed).filter(([lang, text]) => saved[lang as Language] !== text));

/** Title, description and who sees the course, in each of its languages. */
export function CourseDetails(props: { course: Course }) {
  const words = useBuilderWords();
  const actions = useBuilderActions(props.course.id);
  // Only what was typed: the rest is as the course has it now, and nobody's words of meanwhile are taken back.
  const typed = createTyped<TypedDetails>(`course-${props.course.id}`, () => ({ title: {}, description: {} }));
  const [copying, setCopying] = createSignal(false);
  const onward = useOnward();
  const calls = useCourseCalls();
  const copied = async (id: string) => {
    setCopying(false);
    const here = await calls.arrives(id);
    showToast(copiedWords(here));
    if (here) onward(`/courses/${id}/build`);
  };
  const valueOf = (field: keyof TypedDetails, lang: Language) => typed.value()[field][lang] ?? props.course[field][lang] ?? "";
  const changed = () => props.course.languages.some((lang) => (["title", "description"] as const).some((field) => valueOf(field, lang) !== (props.course[field][lang] ?? "")));
  const change = (field: keyof TypedDetails, lang: Language, text: string) => typed.set({ ...typed.value(), [field]: { ...typed.value()[field], [lang]: text } });
  const others = () => languages.filter((lang) => !props.course.languages.includes(lang));
  /** A course has a title in one of its languages. */
  const isOnlyTitle = (lang: Language) => props.course.languages.every((other) => other === lang || !valueOf("title", other).trim());
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    const { title, description } = typed.value();
    await actions.changeDetails({ title, description });
    const rest = { title: without(typed.value().title, title), description: without(typed.value().description, description) };
    if (Object.keys({ ...rest.title, ...rest.description }).length > 0) typed.set(rest);
    else typed.done();
    showToast(words("builder.saved"));
  };
  return (
    <details class="fold" open={typed.isKept}>
      <summary>
        <Icon name="chevron-right" small flip />
        {words("builder.details")}
      </summary>
      <form class="mt-4" onSubmit={(event) => void save(event)}>
        <For each={props.course.languages}>
          {(lang) => (
            <>
              <Field
                label={words("builder.courseTitle", { language: formatLanguage(lang) })}
                lang={lang}
                required={isOnlyTitle(lang)}
                maxlength={TITLE_CHARACTERS_MAX}
                value={valueOf("title", lang)}
                onInput={(event) => change("title", lang, event.currentTarget.value)}
              />
              <TextField
                label={words("builder.description", { language: formatLanguage(lang) })}
                lang={lang}
                rows={3}
                maxlength={DESCRIPTION_CHARACTERS_MAX}
                value={valueOf("description", lang)}
                onInput={(event) => change("description", lang, event.currentTarget.value)}
              />
            </>
          )}
        </For>
        <Show when={changed()}>
          <p class="mb-4">
            <Button type="submit">{words("builder.save")}</Button>
          </p>
        </Show>
        <For each={others()}>
          {(lang) => (
            <p class="mb-4">
              <Button look="soft" icon="plus" onClick={() => void actions.changeCourse({ languages: [...props.course.languages, lang] })}>
                {words("builder.addLanguage", { language: formatLanguage(lang) })}
              </Button>
            </p>
          )}
        </For>
        <Choice<Editable>
          label={words("builder.courseState")}
          value={props.course.state === "trashed" ? "draft" : props.course.state}
          options={(["draft", "published", "archived"] as const).map((value) => ({ value, label: words(`builder.course_${value}`) }))}
          onChoose={(state) => actions.changeCourse({ state })}
        />
        <p class="mt-4">
          <Button look="soft" icon="copy" onClick={() => setCopying(true)}>
            {words("builder.copy")}
          </Button>
        </p>
        <p class="mt-4">
          <A href={`/history/courses/${props.course.id}`}>{words("builder.courseHistory")}</A>
        </p>
      </form>
      <CopyCourse course={copying() ? props.course : null} onDone={(id) => void copied(id)} onClose={() => setCopying(false)} />
    </details>
  );
}
