import { MemoryRouter, Route } from "@solidjs/router";
import { createResource, onCleanup, Show } from "solid-js";
import type { RouteSectionProps } from "@solidjs/router";
import { AppContext, type InstallControl, useApp } from "../../app-parts.ts";
import { useSideCourses } from "../../courses/queries.ts";
import { useWords } from "../../i18n/words.ts";
import { PersonContext } from "../../person.ts";
import { ReadingRoutes, ScreenFrame } from "../../screens.tsx";
import { LinkButton } from "../../ui/Button.tsx";
import { Empty, Skeleton } from "../../ui/Notice.tsx";
import { Page } from "../../ui/Page.tsx";
import { Shell } from "../../ui/Shell.tsx";
import type { Acting } from "./acting.ts";
import { openActingSpace } from "./acting-space.ts";
import { ActingBanner } from "./ActingBanner.tsx";
import { actingHistory } from "./history.ts";
import { said } from "./words.ts";
import "./acting.css";

/** Whoever looks has the app already. */
const NO_INSTALL: InstallControl = { available: () => false, ask: () => Promise.resolve() };

/** Everything that writes, or is the person's alone. */
function ClosedHere() {
  const words = useWords();
  return (
    <Page title={said("acting.closedTitle")} crumbs={[{ href: "/", label: words("shell.home") }]}>
      <h1 class="unseen">{said("acting.closedTitle")}</h1>
      <Empty title={said("acting.closedTitle")} action={<LinkButton href="/">{said("acting.home")}</LinkButton>}>
        {said("acting.closed")}
      </Empty>
    </Page>
  );
}

const surroundingsOf = (acting: Acting) =>
  function Surroundings(props: RouteSectionProps) {
    const courses = useSideCourses();
    return (
      <Shell courses={courses()} outboxCount={0} only={["home", "courses"]}>
        <div class="content looking">
          <ActingBanner acting={acting} />
          <ScreenFrame>{props.children}</ScreenFrame>
        </div>
      </Shell>
    );
  };

/** The school as somebody else sees it. */
export function ActingApp(props: { acting: Acting }) {
  const app = useApp();
  const { acting } = props;
  let over = false;
  const [opened] = createResource(async () => {
    const person = await openActingSpace(acting);
    if (over) await person.close();
    return person;
  });
  const open = () => {
    if (opened.error === undefined) return opened();
    console.error(opened.error);
    queueMicrotask(() => acting.end("failed"));
    return undefined;
  };
  onCleanup(() => {
    over = true;
    void opened.latest?.close().catch(console.error);
    acting.leave();
  });
  return (
    <AppContext.Provider value={{ ...app, install: NO_INSTALL }}>
      <Show when={open()} fallback={<main class="main"><Skeleton label={said("acting.opening", { name: acting.user.name })} /></main>}>
        {(person) => (
          <PersonContext.Provider value={person().space}>
            <MemoryRouter history={actingHistory} root={surroundingsOf(acting)}>
              <ReadingRoutes />
              <Route path="*" component={ClosedHere} />
            </MemoryRouter>
          </PersonContext.Provider>
        )}
      </Show>
    </AppContext.Provider>
  );
}
