import { A, useNavigate, useParams } from "@solidjs/router";
import { createMemo, createSignal, For, Show } from "solid-js";
import type { CourseLine, CourseState } from "@mochila/shared/admin/course.ts";
import { formatList, formatNumber } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Empty } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { PagedList } from "../../ui/PagedList.tsx";
import { showToast } from "../../ui/toast.ts";
import { type CoursesCalls, createCoursesList, useCoursesCalls } from "./calls.ts";
import { NewCourse } from "./CourseDialogs.tsx";
import { OneCourse } from "./OneCourse.tsx";
import { said, titleWords } from "./words.ts";
import "../../ui/lists.css";

const filters = ["all", "draft", "published", "archived", "trashed"] as const;

export const CourseFacts = (props: { course: CourseLine }) => (
  <span class="row-meta">
    <span>{said(`adminCourses.one_${props.course.state}`)}</span>
    <span>{said("adminCourses.students", { count: props.course.students })}</span>
    <Show when={props.course.instructors.length > 0}>
      <span>{said("adminCourses.taughtBy", { names: formatList(props.course.instructors) })}</span>
    </Show>
  </span>
);

function Courses(props: { calls: CoursesCalls }) {
  const words = useWords();
  const navigate = useNavigate();
  const [search, setSearch] = createSignal("");
  const [state, setState] = createSignal<CourseState | "all">("all");
  const [adding, setAdding] = createSignal(false);
  const filter = createMemo(() => {
    const [text, wanted] = [search().trim(), state()];
    return { ...(text !== "" && { search: text }), ...(wanted !== "all" && { state: wanted }) };
  });
  const list = createCoursesList(props.calls, filter);
  return (
    <Page title={said("adminCourses.title")} crumbs={[{ href: "/you", label: words("shell.you") }]}>
      <div class="title">
        <h1>{said("adminCourses.title")}</h1>
        <Show when={list.page()}>{(page) => <p>{said("adminCourses.count", { count: page().counts.all })}</p>}</Show>
      </div>
      <p class="btns mb-4">
        <Button icon="plus" onClick={() => setAdding(true)}>
          {said("adminCourses.add")}
        </Button>
      </p>
      <div class="search mb-4">
        <Icon name="search" />
        <input class="input" type="search" aria-label={said("adminCourses.search")} placeholder={said("adminCourses.searchHint")} value={search()} onInput={(event) => setSearch(event.currentTarget.value)} />
      </div>
      <div class="tabs" role="group" aria-label={said("adminCourses.states")}>
        <For each={filters}>
          {(one) => (
            <button type="button" class="tab" aria-pressed={state() === one} onClick={() => setState(one)}>
              {said(`adminCourses.state_${one}`)}
              <Show when={list.page()}>{(page) => <span class="faint num">{formatNumber(page().counts[one])}</span>}</Show>
            </button>
          )}
        </For>
      </div>
      <PagedList
        list={list}
        skeletonRows={6}
        awayTitle={said("adminCourses.awayTitle")}
        away={said("adminCourses.away")}
        none={<Empty title={said("adminCourses.noneTitle")}>{said("adminCourses.none")}</Empty>}
        more={said("adminCourses.more")}
        linesOf={(page) => page.courses}
      >
        {(course) => (
          <A class="row" href={`/admin/courses/${course.id}`} data-course={course.id}>
            <span class="row-main">
              <span class="row-title">{titleWords(course.title)}</span>
              <CourseFacts course={course} />
            </span>
            <Icon name="chevron-right" small flip />
          </A>
        )}
      </PagedList>
      <NewCourse
        open={adding()}
        onBegin={props.calls.begin}
        onBegun={(id) => {
          setAdding(false);
          showToast(said("adminCourses.begun"));
          navigate(`/admin/courses/${id}`);
        }}
        onClose={() => setAdding(false)}
      />
    </Page>
  );
}

/** Every course of the school, and one of them. */
export default function CoursesAdminView() {
  const params = useParams<{ id?: string }>();
  const calls = useCoursesCalls();
  return (
    <Show when={params.id} keyed fallback={<Courses calls={calls} />}>
      {(id) => <OneCourse id={id} calls={calls} />}
    </Show>
  );
}
