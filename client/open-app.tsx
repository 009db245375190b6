import { Route, Router } from "@solidjs/router";
import { createResource, createSignal, lazy, Match, onCleanup, Show, Suspense, Switch } from "solid-js";
import type { RouteSectionProps } from "@solidjs/router";
import { useApp } from "./app-parts.ts";
import { assert } from "@mochila/shared/kernel/assert.ts";
import { FormConflict } from "./db/hold-form.ts";
import { screensLock } from "./db/names.ts";
import { writesEnded } from "./db/write.ts";
import { FormConflictView } from "./form-conflict.tsx";
import { HelpDialog } from "./help/HelpDialog.tsx";
import { createShortcuts } from "./help/shortcuts.ts";
import { HomeView } from "./home/HomeView.tsx";
import { NotFoundView } from "./home/NotFoundView.tsx";
import { useSideCourses } from "./courses/queries.ts";
import { useWords } from "./i18n/words.ts";
import { loadBuilder, loadEditor, loadHistory, usePrefetchOfStaff } from "./prefetch-of-staff.ts";
import { PersonContext, usePerson } from "./person.ts";
import { useSyncStatus } from "./outbox/queries.ts";
import { away, ids, ReadingRoutes, ScreenFrame } from "./screens.tsx";
import { TroubleBanners } from "./storage/TroubleBanners.tsx";
import { Button } from "./ui/Button.tsx";
import { Empty, Skeleton } from "./ui/Notice.tsx";
import { Shell } from "./ui/Shell.tsx";
import { Status } from "./ui/Status.tsx";
import { StatusSlot } from "./ui/status-slot.ts";
import { useNeedsSignIn } from "./users/queries.ts";
import { SessionBanner } from "./users/SessionBanner.tsx";
import { UpdateBanner } from "./users/UpdateBanner.tsx";

// What few open, or only those who teach, is fetched when it is first needed; the service worker has all of it but the staff's part.
const OutboxView = lazy(() => import("./outbox/OutboxView.tsx"));
const StorageView = lazy(() => import("./storage/StorageView.tsx"));
const LeavingView = lazy(() => import("./users/LeavingView.tsx"));
const ProfileView = lazy(() => import("./users/ProfileView.tsx"));
const EditorView = lazy(() => loadEditor().catch(away));
const CourseBuilderView = lazy(() => loadBuilder().catch(away));
const NewCourseView = lazy(() => import("./courses/NewCourseView.tsx").catch(away));
const AdminView = lazy(() => import("./admin/AdminView.tsx").catch(away));
const MyAccountView = lazy(() => import("./users/account/MyAccountView.tsx").catch(away));
const MyDataView = lazy(() => import("./users/account/MyDataView.tsx").catch(away));
const HistoryView = lazy(() => loadHistory().catch(away));

/** What stands around every screen of a signed-in person. */
function Surroundings(props: RouteSectionProps) {
  const status = useSyncStatus();
  const signInNeeded = useNeedsSignIn();
  const courses = useSideCourses();
  const help = createShortcuts();
  usePrefetchOfStaff();
  const { user, database } = usePerson();
  // Children are cleaned up first: what they write as they go has begun.
  const written = new Promise<void>((resolve) => onCleanup(() => void writesEnded(database).then(resolve)));
  void navigator.locks.request(screensLock(user().id), { mode: "shared" }, () => written);
  const badge = () => <Status state={status().state} pending={status().pending} lastSyncedAt={status().lastSyncedAt} signInNeeded={signInNeeded()} />;
  return (
    <StatusSlot.Provider value={badge}>
      <Shell courses={courses()} outboxCount={status().pending + status().attention} onHelp={help.show}>
        <div class="content">
          <SessionBanner />
          <TroubleBanners />
          <UpdateBanner />
          <ScreenFrame>{props.children}</ScreenFrame>
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
    // Who comes next begins at home, not where this person was.
    if (app.session.state().kind !== "open") history.replaceState(null, "", "/");
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
            <Show when={!app.session.leaving()} fallback={<Suspense><LeavingView /></Suspense>}>
              <Router root={Surroundings}>
                <ReadingRoutes />
                <Route path="/setup" component={HomeView} />
                <Route path="/courses/new" component={NewCourseView} />
                <Route path="/courses/:courseId/build" matchFilters={ids} component={CourseBuilderView} />
                <Route path="/courses/:courseId/items/:itemId/edit" matchFilters={ids} component={EditorView} />
                <Route path="/history/:collection/:id" matchFilters={ids} component={HistoryView} />
                <Route path="/outbox" component={OutboxView} />
                <Route path="/storage" component={StorageView} />
                <Route path="/you" component={ProfileView} />
                <Route path="/admin/:part/:id?" component={AdminView} />
                <Route path="/you/account" component={MyAccountView} />
                <Route path="/you/data" component={MyDataView} />
                <Route path="*" component={NotFoundView} />
              </Router>
            </Show>
          </PersonContext.Provider>
        )}
      </Match>
    </Switch>
  );
}
