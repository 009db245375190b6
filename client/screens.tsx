import { Route } from "@solidjs/router";
import { ErrorBoundary, lazy, Suspense, type JSX } from "solid-js";
import { isUuid } from "@mochila/shared/kernel/ids.ts";
import { CourseView } from "./courses/CourseView.tsx";
import { CoursesView } from "./courses/CoursesView.tsx";
import { AwayView } from "./home/AwayView.tsx";
import { HomeView } from "./home/HomeView.tsx";
import { useWords } from "./i18n/words.ts";
import { PageView } from "./pages/PageView.tsx";
import { loadCoursePeople } from "./prefetch-of-staff.ts";
import { Button } from "./ui/Button.tsx";
import { Empty, Skeleton } from "./ui/Notice.tsx";

/** In the place of a part of the app that never came to this device and cannot be fetched now. */
export const away = () => ({ default: AwayView });

/** What is no id leads to no page. */
export const ids = { courseId: isUuid, itemId: isUuid, id: isUuid };

const CourseActivityView = lazy(() => import("./reports/CourseActivityView.tsx").catch(away));
const CoursePeopleView = lazy(() => loadCoursePeople().catch(away));
const JoinView = lazy(() => import("./courses/entry/JoinView.tsx").catch(away));

/** Screens that are there to be looked at: of one's own app, and of a look at the school as somebody else (`admin/acting`). */
export function ReadingRoutes() {
  return (
    <>
      <Route path="/" component={HomeView} />
      <Route path="/courses" component={CoursesView} />
      <Route path="/courses/join" component={JoinView} />
      <Route path="/courses/:courseId" matchFilters={ids} component={CourseView} />
      <Route path="/courses/:courseId/people" matchFilters={ids} component={CoursePeopleView} />
      <Route path="/courses/:courseId/activity" matchFilters={ids} component={CourseActivityView} />
      <Route path="/courses/:courseId/items/:itemId" matchFilters={ids} component={PageView} />
    </>
  );
}

/** Around one screen, while it loads and where it fails; what stands around it goes on. */
export function ScreenFrame(props: { children: JSX.Element }) {
  const words = useWords();
  return (
    <ErrorBoundary
      fallback={(error: unknown, reset) => {
        console.error(error);
        return (
          <main class="main" id="main" tabindex="-1">
            <Empty title={words("shell.failedTitle")} action={<Button onClick={reset}>{words("shell.tryAgain")}</Button>}>
              {words("shell.failed")}
            </Empty>
          </main>
        );
      }}
    >
      <Suspense fallback={<main class="main"><Skeleton label={words("shell.loading")} /></main>}>{props.children}</Suspense>
    </ErrorBoundary>
  );
}
