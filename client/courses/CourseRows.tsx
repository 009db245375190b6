import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { formatList } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { useCourseState } from "../storage/queries.ts";
import { Bag } from "../ui/Icon.tsx";
import { Ring } from "../ui/Progress.tsx";
import { Tile } from "../ui/Weave.tsx";
import type { CourseSummary } from "./course-summary.ts";

function CourseRow(props: { summary: CourseSummary }) {
  const words = useWords();
  const here = useCourseState(() => props.summary.id);
  const share = () => (props.summary.pages > 0 ? props.summary.done / props.summary.pages : 0);
  return (
    <A class="row" href={`/courses/${props.summary.id}`}>
      <Tile id={props.summary.id} />
      <span class="row-main">
        <span class="row-title said" lang={props.summary.title?.lang}>
          {props.summary.title?.value || words("course.untitled")}
        </span>
        <span class="row-meta">
          <Show when={props.summary.teachers.length > 0}>
            <span>{formatList(props.summary.teachers)}</span>
          </Show>
          <span>{words("course.doneOf", { done: props.summary.done, all: props.summary.pages })}</span>
          <Show when={props.summary.course.state === "draft"}>
            <span>{words("course.draft")}</span>
          </Show>
          <Show when={props.summary.role === "instructor"}>
            <span>{words("course.youTeach")}</span>
          </Show>
        </span>
      </span>
      <span class="row-end">
        <Show when={here() === "kept"}>
          <span class="kept">
            <Bag />
            <span class="unseen">{words("storage.allHere")}</span>
          </span>
        </Show>
        <Ring share={share()} label={words("course.percentDone", { percent: Math.round(share() * 100) })} />
      </span>
    </A>
  );
}

export const CourseRows = (props: { courses: readonly CourseSummary[] }) => (
  <ul class="rows">
    <For each={props.courses}>
      {(summary) => (
        <li>
          <CourseRow summary={summary} />
        </li>
      )}
    </For>
  </ul>
);
