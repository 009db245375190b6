import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { formatList } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { useCourseState } from "../storage/queries.ts";
import { LinkIconButton } from "../ui/Button.tsx";
import { Bag } from "../ui/Icon.tsx";
import { Ring } from "../ui/Progress.tsx";
import { Tile } from "../ui/Weave.tsx";
import { type CourseSummary, isStaff, markOf } from "./course-summary.ts";

/** A course that the person teaches: who is in it and what to do in it, instead of how far they have read. */
function TaughtRow(props: { summary: CourseSummary }) {
  const words = useWords();
  const name = () => props.summary.title?.value || words("course.untitled");
  const href = () => `/courses/${props.summary.id}`;
  return (
    <div class="row">
      <Tile id={props.summary.id} />
      <A class="row-main" href={href()}>
        <span class="row-title said" lang={props.summary.title?.lang}>
          {name()}
        </span>
        <span class="row-meta">
          <span>{words(props.summary.role === "instructor" ? "course.youTeach" : "course.youAssist")}</span>
          <span>{words("course.students", { count: props.summary.students })}</span>
        </span>
      </A>
      <span class="row-end">
        <Show when={props.summary.course.state !== "published"}>
          <span class="tag">{words(props.summary.course.state === "draft" ? "course.draftMark" : "course.archivedMark")}</span>
        </Show>
        <Show when={props.summary.role === "instructor"}>
          <LinkIconButton href={`${href()}/build`} icon="pencil" label={words("course.editNamed", { name: name() })} />
        </Show>
        <LinkIconButton href={`${href()}/activity`} icon="chart" label={words("course.activityNamed", { name: name() })} />
      </span>
    </div>
  );
}

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
          <Show when={markOf(props.summary.course.state)}>{(mark) => <span>{words(mark())}</span>}</Show>
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
          <Show when={isStaff(summary)} fallback={<CourseRow summary={summary} />}>
            <TaughtRow summary={summary} />
          </Show>
        </li>
      )}
    </For>
  </ul>
);
