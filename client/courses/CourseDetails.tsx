import { A } from "@solidjs/router";
import { createSignal, For, Show } from "solid-js";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { DESCRIPTION_CHARACTERS_MAX, TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { formatLanguage } from "../i18n/formats.ts";
import { Button } from "../ui/Button.tsx";
import { Choice, Field, TextField } from "../ui/Field.tsx";
import { Icon } from "../ui/Icon.tsx";
import { showToast } from "../ui/toast.ts";
import { useBuilderActions } from "./builder-actions.ts";
import { useBuilderWords } from "./builder-words.ts";

type Editable = "draft" | "published" | "archived";

/** Title, description and who sees the course, in each of its languages. */
export function CourseDetails(props: { course: Course }) {
  const words = useBuilderWords();
  const actions = useBuilderActions(props.course.id);
  const [title, setTitle] = createSignal({ ...props.course.title });
  const [description, setDescription] = createSignal({ ...props.course.description });
  const changed = () => props.course.languages.some((lang) => title()[lang] !== props.course.title[lang] || description()[lang] !== props.course.description[lang]);
  const save = async (event: SubmitEvent) => {
    event.preventDefault();
    await actions.changeCourse({ title: title(), description: description() });
    showToast(words("builder.saved"));
  };
  return (
    <details class="fold">
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
                required
                maxlength={TITLE_CHARACTERS_MAX}
                value={title()[lang] ?? ""}
                onInput={(event) => setTitle({ ...title(), [lang]: event.currentTarget.value })}
              />
              <TextField
                label={words("builder.description", { language: formatLanguage(lang) })}
                lang={lang}
                rows={3}
                maxlength={DESCRIPTION_CHARACTERS_MAX}
                value={description()[lang] ?? ""}
                onInput={(event) => setDescription({ ...description(), [lang]: event.currentTarget.value })}
              />
            </>
          )}
        </For>
        <Show when={changed()}>
          <p class="mb-4">
            <Button type="submit">{words("builder.save")}</Button>
          </p>
        </Show>
        <Choice<Editable>
          label={words("builder.courseState")}
          value={props.course.state === "trashed" ? "draft" : props.course.state}
          options={(["draft", "published", "archived"] as const).map((value) => ({ value, label: words(`builder.course_${value}`) }))}
          onChoose={(state) => void actions.changeCourse({ state })}
        />
        <p class="mt-4">
          <A href={`/history/courses/${props.course.id}`}>{words("builder.courseHistory")}</A>
        </p>
      </form>
    </details>
  );
}
