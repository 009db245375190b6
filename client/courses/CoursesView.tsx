import { Match, Switch } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { useFirstSync } from "../storage/queries.ts";
import { Skeleton } from "../ui/Notice.tsx";
import { Page } from "../ui/Page.tsx";
import { CourseRows } from "./CourseRows.tsx";
import { NoCourses } from "./NoCourses.tsx";
import { useCourseSummaries } from "./queries.ts";

export function CoursesView() {
  const words = useWords();
  const courses = useCourseSummaries();
  const firstSync = useFirstSync();
  return (
    <Page title={words("shell.courses")}>
      <div class="title">
        <h1>{words("shell.courses")}</h1>
        <p>{words("course.listIntro")}</p>
      </div>
      <Switch>
        <Match when={courses()?.length}>
          <CourseRows courses={courses() ?? []} />
        </Match>
        <Match when={!courses() || firstSync()}>
          <Skeleton label={words("home.firstSync")} />
        </Match>
        <Match when={courses()}>
          <NoCourses />
        </Match>
      </Switch>
    </Page>
  );
}
