import { A } from "@solidjs/router";
import { For, lazy, Show, Suspense } from "solid-js";
import { CourseListing } from "../courses/CourseListing.tsx";
import { CourseRows } from "../courses/CourseRows.tsx";
import { isStaff } from "../courses/course-summary.ts";
import { useCourseSummaries } from "../courses/queries.ts";
import { formatDay, formatNumber } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { useWords } from "../i18n/words.ts";
import { useCourseState } from "../storage/queries.ts";
import { Bag } from "../ui/Icon.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { Meter } from "../ui/Progress.tsx";
import { HeroWeave } from "../ui/Weave.tsx";
import { useUser } from "../users/queries.ts";
import { HomeAside } from "./HomeAside.tsx";
import { InstallHint } from "./InstallHint.tsx";
import { type Resume, useResume, useStreak } from "./queries.ts";
import { noonOf, type WeekDay } from "./streak.ts";

/** Students do not carry it. */
const FirstSteps = lazy(() => import("./FirstSteps.tsx").catch(() => ({ default: () => null })));

const NOON = 12;
const EVENING = 19;

const letterOf = (day: WeekDay): string => new Intl.DateTimeFormat(language(), { weekday: "narrow", timeZone: "UTC" }).format(noonOf(day.day));

const Streak = (props: { week: readonly WeekDay[] }) => {
  const words = useWords();
  return (
    <ul class="streak" aria-label={words("home.daysThisWeek", { count: props.week.filter((day) => day.on).length })}>
      <For each={props.week}>
        {(day) => (
          <li data-on={day.on ? "" : undefined} aria-current={day.today ? "date" : undefined}>
            <svg viewBox="0 0 20 20" aria-hidden="true">
              <path d="m10 1.5 8.5 8.5-8.5 8.5L1.5 10z" />
            </svg>
            <span>{letterOf(day)}</span>
          </li>
        )}
      </For>
    </ul>
  );
};

function Hero(props: { resume: Resume; course: string }) {
  const words = useWords();
  const state = useCourseState(() => props.resume.page.courseId);
  return (
    <A class="hero" href={`/courses/${props.resume.page.courseId}/items/${props.resume.page.id}`}>
      <HeroWeave />
      <p>{words(props.resume.begun ? "home.continueWhere" : "home.continueNext")}</p>
      <h2 lang={props.resume.title?.lang}>{props.resume.title?.value}</h2>
      <p class="row-meta">
        <span>{props.course}</span>
        <span>{words("home.pageOf", { number: props.resume.number, of: props.resume.of })}</span>
        <Show when={props.resume.minutesLeft}>{(minutes) => <span>{words("home.minutesLeft", { count: minutes() })}</span>}</Show>
      </p>
      <Meter share={props.resume.share} label={words("home.pageProgress")} />
      <span class="hero-foot">
        <span class="btn">{words(props.resume.begun ? "home.continue" : "home.begin")}</span>
        <Show when={state() === "kept"}>
          <span class="kept small">
            <Bag />
            {words("storage.onThisDevice")}
          </span>
        </Show>
      </span>
    </A>
  );
}

/** What is here, where I was, how far I am. */
export function HomeView() {
  const words = useWords();
  const now = useNow();
  const user = useUser();
  const courses = useCourseSummaries();
  const resume = useResume();
  const streak = useStreak(now);
  const greeting = () => {
    const hour = new Date(now()).getHours();
    const name = user().name.split(" ")[0] ?? "";
    return hour < NOON ? words("home.morning", { name }) : hour < EVENING ? words("home.afternoon", { name }) : words("home.evening", { name });
  };
  // A teacher who has not read anything has not come to read.
  const hero = () => {
    const here = resume();
    const teaches = courses()?.find((course) => course.id === here?.page.courseId)?.role === "instructor";
    return here && (here.begun || !teaches) ? here : null;
  };
  /** Days in a row are for those who study: who only teaches or administers does not read every day. */
  const studies = () => courses()?.some((course) => !isStaff(course)) ?? false;
  const courseName = (id: string) => courses()?.find((course) => course.id === id)?.title?.value ?? "";
  return (
    <Page title={words("shell.home")}>
      <div class="title line between">
        <div>
          <h1>{greeting()}</h1>
          <p>
            <span class="sentence-case">{formatDay(now(), now())}</span>.
            <Show when={studies() && streak().days > 1}> {words("home.inARow", { count: streak().days })}</Show>
          </p>
        </div>
        <Show when={studies()}>
          <Streak week={streak().week} />
        </Show>
      </div>
      <Show when={user().systemRole === "administrator" && courses()}>
        {(known) => (
          <Suspense>
            <FirstSteps courses={known()} />
          </Suspense>
        )}
      </Show>
      <CourseListing courses={courses()}>
        <div class="split">
          <div class="home">
            <Show when={hero()}>{(here) => <Hero resume={here()} course={courseName(here().page.courseId)} />}</Show>
            <section class="section" aria-labelledby="courses">
              <div class="section-head">
                <h2 id="courses">{words("shell.yourCourses")}</h2>
                <span class="tiny faint num">{formatNumber(courses()?.length ?? 0)}</span>
              </div>
              <CourseRows courses={courses() ?? []} />
            </section>
            <InstallHint />
          </div>
          <HomeAside courseName={courseName} />
        </div>
      </CourseListing>
    </Page>
  );
}
