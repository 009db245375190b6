import { Route, Router } from "@solidjs/router";
import { createResource, createSignal, ErrorBoundary, lazy, Match, onCleanup, Suspense, Switch } from "solid-js";
import type { RouteSectionProps } from "@solidjs/router";
import { useApp } from "./app-parts.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { CourseView } from "./courses/CourseView.tsx";
import { CoursesView } from "./courses/CoursesView.tsx";
import { FormConflict } from "./db/hold-form.ts";
import { FormConflictView } from "./form-conflict.tsx";
import { HelpDialog } from "./help/HelpDialog.tsx";
import { createShortcuts } from "./help/shortcuts.ts";
import { HomeView } from "./home/HomeView.tsx";
import { AwayView } from "./home/AwayView.tsx";
import { NotFoundView } from "./home/NotFoundView.tsx";
import { useSideCourses } from "./courses/queries.ts";
import { useWords } from "./i18n/words.ts";
import { PageView } from "./pages/PageView.tsx";
import { loadBuilder, loadCoursePeople, loadEditor, loadHistory, usePrefetchOfStaff } from "./prefetch-of-staff.ts";
import { PersonContext } from "./person.ts";
import { useSyncStatus } from "./outbox/queries.ts";
import { TroubleBanners } from "./storage/TroubleBanners.tsx";
import { Button } from "./ui/Button.tsx";
import { Empty, Skeleton } from "./ui/Notice.tsx";
import { Shell } from "./ui/Shell.tsx";
import { Status } from "./ui/Status.tsx";
import { StatusSlot } from "./ui/status-slot.ts";
import { useNeedsSignIn } from "./users/queries.ts";
import { SessionBanner } from "./users/SessionBanner.tsx";
import { UpdateBanner } from "./users/UpdateBanner.tsx";

/** In the place of a part of the app that never came to this device and cannot be fetched now. */
const away = () => ({ default: AwayView });

// What few open, or only those who teach, is fetched when it is first needed; the service worker has all of it but the staff's part.
const OutboxView = lazy(() => import("./outbox/OutboxView.tsx"));
const StorageView = lazy(() => import("./storage/StorageView.tsx"));
const ProfileView = lazy(() => import("./users/ProfileView.tsx"));
const EditorView = lazy(() => loadEditor().catch(away));
const CourseActivityView = lazy(() => import("./reports/CourseActivityView.tsx").catch(away));
const CourseBuilderView = lazy(() => loadBuilder().catch(away));
const NewCourseView = lazy(() => import("./courses/NewCourseView.tsx").catch(away));
const CoursePeopleView = lazy(() => loadCoursePeople().catch(away));
const SchoolView = lazy(() => import("./admin/SchoolView.tsx").catch(away));
const PeopleView = lazy(() => import("./admin/PeopleView.tsx").catch(away));
const MyAccountView = lazy(() => import("./users/account/MyAccountView.tsx").catch(away));
const HistoryView = lazy(() => loadHistory().catch(away));

/** Shown in the place of a screen that failed; the rest of the app goes on. */
function Failed(props: { retry: () => void }) {
  const words = useWords();
  return (
    <main class="main" id="main" tabindex="-1">
      <Empty title={words("shell.failedTitle")} action={<Button onClick={() => props.retry()}>{words("shell.tryAgain")}</Button>}>
        {words("shell.failed")}
      </Empty>
    </main>
  );
}

/** What stands around every screen of a signed-in person. */
function Surroundings(props: RouteSectionProps) {
  const words = useWords();
  const status = useSyncStatus();
  const signInNeeded = useNeedsSignIn();
  const courses = useSideCourses();
  const help = createShortcuts();
  usePrefetchOfStaff();
  const badge = () => <Status state={status().state} pending={status().pending} lastSyncedAt={status().lastSyncedAt} signInNeeded={signInNeeded()} />;
  return (
    <StatusSlot.Provider value={badge}>
      <Shell courses={courses()} outboxCount={status().pending + status().attention} onHelp={help.show}>
        <div class="content">
          <SessionBanner />
          <TroubleBanners />
          <UpdateBanner />
          <ErrorBoundary
            fallback={(error: unknown, reset) => {
              console.error(error);
              return <Failed retry={reset} />;
            }}
          >
            <Suspense fallback={<main class="main"><Skeleton label={words("shell.loading")} /></main>}>{props.children}</Suspense>
          </ErrorBoundary>
        </div>
      </Shell>
      <HelpDialog open={help.shown()} onClose={help.hide} />
    </StatusSlot.Provider>
  );
}

/** Opens the person's databases on this device, then shows the app over them. */
export function OpenApp() {
  const app = useApp();
  const words = useWords();
  const start = app.session.state();
  assert(start.kind === "open", "shown while a person is signed in");
  /** Signed out, here or in another tab, the screens still write what they hold as they go: they are this person's to the end. */
  let owner = start.user;
  const user = () => {
    const state = app.session.state();
    if (state.kind === "open" && state.user.id === owner.id) owner = state.user;
    return owner;
  };
  let ended = false;
  let close: (() => Promise<void>) | undefined;
  /** A newer version waits: the screens go first, so that they write what they hold and nobody writes more, then the stores, then this app. */
  const [leaving, setLeaving] = createSignal(false);
  const leave = async () => {
    if (leaving()) return;
    setLeaving(true);
    await close?.();
    location.reload();
  };
  const [opened, { refetch }] = createResource(async () => {
    const person = await app.openPerson(user, () => void leave());
    close = person.close;
    // Signed out while the databases were opening.
    if (ended) await person.close();
    return person;
  });
  onCleanup(() => {
    ended = true;
    void close?.();
  });
  return (
    <Switch fallback={<main class="main"><Skeleton label={words("shell.opening")} /></main>}>
      <Match when={leaving()}>
        <main class="main">
          <Skeleton label={words("shell.opening")} />
        </main>
      </Match>
      <Match when={opened.error instanceof FormConflict && opened.error}>{(conflict) => <FormConflictView reason={conflict().reason} retry={() => void refetch()} />}</Match>
      <Match when={opened.error}>
        <main class="main">
          <Empty title={words("shell.failedTitle")} action={<Button onClick={() => void refetch()}>{words("shell.tryAgain")}</Button>}>
            {words("shell.openFailed")}
          </Empty>
        </main>
      </Match>
      <Match when={opened()}>
        {(person) => (
          <PersonContext.Provider value={person().space}>
            <Router root={Surroundings}>
              <Route path="/" component={HomeView} />
              <Route path="/setup" component={HomeView} />
              <Route path="/courses" component={CoursesView} />
              <Route path="/courses/new" component={NewCourseView} />
              <Route path="/courses/:courseId" component={CourseView} />
              <Route path="/courses/:courseId/people" component={CoursePeopleView} />
              <Route path="/courses/:courseId/build" component={CourseBuilderView} />
              <Route path="/courses/:courseId/activity" component={CourseActivityView} />
              <Route path="/courses/:courseId/items/:itemId" component={PageView} />
              <Route path="/courses/:courseId/items/:itemId/edit" component={EditorView} />
              <Route path="/history/:collection/:id" component={HistoryView} />
              <Route path="/outbox" component={OutboxView} />
              <Route path="/storage" component={StorageView} />
              <Route path="/you" component={ProfileView} />
              <Route path="/admin/school" component={SchoolView} />
              <Route path="/admin/people" component={PeopleView} />
              <Route path="/you/account" component={MyAccountView} />
              <Route path="*" component={NotFoundView} />
            </Router>
          </PersonContext.Provider>
        )}
      </Match>
    </Switch>
  );
}
