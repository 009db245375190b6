import { lazy, Suspense } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Page } from "../ui/Page.tsx";
import { BeginCourse } from "./BeginCourse.tsx";
import { CourseListing } from "./CourseListing.tsx";
import { CourseRows } from "./CourseRows.tsx";
import { useCourseSummaries } from "./queries.ts";

/** Few ever have any: fetched when the list is first looked at with a network, and kept then. */
const LeftNotes = lazy(() => import("./LeftNotes.tsx").catch(() => ({ default: () => null })));

export function CoursesView() {
  const words = useWords();
  const courses = useCourseSummaries();
  return (
    <Page title={words("shell.courses")}>
      <div class="title">
        <h1>{words("shell.courses")}</h1>
        <p>{words("course.listIntro")}</p>
      </div>
      <CourseListing courses={courses()}>
        <BeginCourse />
        <CourseRows courses={courses() ?? []} />
      </CourseListing>
      <Suspense>
        <LeftNotes />
      </Suspense>
    </Page>
  );
}
