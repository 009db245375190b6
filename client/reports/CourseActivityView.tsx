import { useParams } from "@solidjs/router";
import { createMemo, createSignal, createUniqueId, For, type JSX, Match, Show, Switch } from "solid-js";
import { NotFoundView } from "../home/NotFoundView.tsx";
import { formatAgo, formatNumber } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Banner, Empty, Skeleton } from "../ui/Notice.tsx";
import { useNow } from "../ui/now.ts";
import { Page } from "../ui/Page.tsx";
import { allDays } from "./activity-chart.ts";
import { formatDuration } from "./durations.ts";
import { ItemTimes } from "./ItemTimes.tsx";
import { type AskedReport, type CourseNames, type Report, useCourseActivity, useCourseNames, useIsStaff } from "./queries.ts";
import { SeenPeople } from "./SeenPeople.tsx";
import { StudyDays } from "./StudyDays.tsx";
import { useReportWords } from "./words.ts";
import "./reports.css";

const PERIODS = [7, 28, 98] as const;

function PeriodChoice(props: { days: number; onChange: (days: number) => void }) {
  const words = useReportWords();
  const id = createUniqueId();
  const nameOf = (days: number) => (days <= 28 ? words("reports.days", { count: days }) : words("reports.weeks", { count: days / 7 }));
  return (
    <div class="field field-slim">
      <label class="unseen" for={id}>{words("reports.period")}</label>
      <span class="pick">
        <select class="input" id={id} onChange={(event) => props.onChange(Number(event.currentTarget.value))}>
          <For each={PERIODS}>{(days) => <option value={days} selected={days === props.days}>{nameOf(days)}</option>}</For>
        </select>
        <Icon name="chevron-down" />
      </span>
    </div>
  );
}

/** How old the figures are, in words: what has arrived and is not counted, and when the newest counted one arrived. */
function Age(props: { report: Report }) {
  const words = useReportWords();
  const now = useNow();
  const sentences = (): string => {
    const { asOf, waiting } = props.report.activity;
    const counted = asOf === null ? words("reports.nothingCounted") : words("reports.counted", { ago: formatAgo(asOf, now()) });
    if (waiting > 0) return `${counted} ${words("reports.waiting", { count: waiting })}`;
    return asOf === null ? counted : `${counted} ${words("reports.allCounted")}`;
  };
  return <p class="small soft">{sentences()}</p>;
}

/** Above a report that is not of this moment: why, and how old it is. */
function Stale(props: { asked: AskedReport; report: Report }) {
  const words = useReportWords();
  const now = useNow();
  const ago = () => ({ ago: formatAgo(props.report.at, now()) });
  const said = (): string => {
    if (props.asked.problem() === "unavailable") return words("reports.kept", ago());
    return props.asked.problem() === "reports_unavailable" ? words("reports.unavailableKept", ago()) : words("reports.failedKept", ago());
  };
  return (
    <Show when={props.asked.problem()}>
      <Banner icon="history" action={<Again asked={props.asked} />}>{said()}</Banner>
    </Show>
  );
}

const Again = (props: { asked: AskedReport }) => {
  const words = useReportWords();
  return (
    <Button look="soft" busy={props.asked.asking()} onClick={() => void props.asked.ask()}>
      {words("reports.again")}
    </Button>
  );
};

/** There is no report on this device: what is missing, and what to do. */
function Missing(props: { asked: AskedReport }) {
  const words = useReportWords();
  const problem = () => props.asked.problem();
  const action = (): JSX.Element => <Again asked={props.asked} />;
  return (
    <Switch fallback={<Skeleton label={words("reports.loading")} rows={5} />}>
      <Match when={problem() === "unavailable"}>
        <Empty title={words("reports.offlineTitle")} action={action()}>{words("reports.offline")}</Empty>
      </Match>
      <Match when={problem() === "reports_unavailable"}>
        <Empty title={words("reports.unavailableTitle")}>{words("reports.unavailable")}</Empty>
      </Match>
      <Match when={problem()}>
        <Empty title={words("reports.failedTitle")} action={action()}>{words("reports.failed")}</Empty>
      </Match>
    </Switch>
  );
}

function Figures(props: { people: Report["activity"]["people"]; days: Report["activity"]["days"] }) {
  const words = useReportWords();
  const sum = (field: "seconds" | "events" | "completed"): number => props.days.reduce((total, day) => total + day[field], 0);
  const seen = () => props.people.filter((person) => person.events > 0).length;
  return (
    <dl class="figures section">
      <div>
        <dt>{words("reports.activeStudents")}</dt>
        <dd>{formatNumber(seen())}<small>{words("reports.ofStudents", { count: props.people.length })}</small></dd>
      </div>
      <div>
        <dt>{words("reports.studyTime")}</dt>
        <dd>{formatDuration(sum("seconds"))}<small>{words("reports.byAll")}</small></dd>
      </div>
      <div>
        <dt>{words("reports.completed")}</dt>
        <dd>{formatNumber(sum("completed"))}<small>{words("reports.completedHint", { count: sum("completed") })}</small></dd>
      </div>
      <div>
        <dt>{words("reports.actions")}</dt>
        <dd>{formatNumber(sum("events"))}<small>{words("reports.actionsHint")}</small></dd>
      </div>
    </dl>
  );
}

function Activity(props: { report: Report; names: CourseNames; days: number }) {
  const words = useReportWords();
  const now = useNow();
  const students = createMemo(() => new Set((props.names.members() ?? []).filter((member) => member.role === "student").map((member) => member.userId)));
  const people = createMemo(() => props.report.activity.people.filter((person) => students().has(person.userId)));
  const days = () => allDays(props.report.activity.days, { count: props.days, today: new Date(now()).toISOString().slice(0, 10) });
  const some = () => props.report.activity.days.some((day) => day.events > 0);
  return (
    <Show
      when={some()}
      fallback={
        <>
          <Empty title={words(props.report.activity.asOf === null ? "reports.emptyTitle" : "reports.emptyPeriodTitle")}>
            {words(props.report.activity.asOf === null ? "reports.empty" : "reports.emptyPeriod")}
          </Empty>
          <SeenPeople people={people()} />
        </>
      }
    >
      <Figures people={people()} days={props.report.activity.days} />
      <div class="split section">
        <div>
          <StudyDays days={days()} />
          <ItemTimes items={props.report.activity.items} pages={props.names.pages()} />
        </div>
        <aside aria-label={words("reports.who")}>
          <SeenPeople people={people()} />
        </aside>
      </div>
    </Show>
  );
}

/** What the staff of a course sees of its activity. */
export default function CourseActivityView() {
  const words = useReportWords();
  const params = useParams<{ courseId: string }>();
  const [days, setDays] = createSignal<number>(28);
  const names = useCourseNames(() => params.courseId);
  const staff = useIsStaff(names.members);
  const asked = useCourseActivity(() => params.courseId, days);
  const course = () => pick(names.course()?.title, language());
  const studentCount = () => (names.members() ?? []).filter((member) => member.role === "student" && member.state === "active").length;
  return (
    <Show when={staff() !== false && asked.problem() !== "forbidden"} fallback={<NotFoundView />}>
      <Page title={words("reports.title")} crumbs={[{ href: `/courses/${params.courseId}`, label: course()?.value ?? "" }]}>
        <div class="title line between">
          <div>
            <h1>{words("reports.title")}</h1>
            <p>{words("reports.ofCourse", { course: course()?.value ?? "", count: studentCount() })}</p>
            <Show when={asked.report()}>{(report) => <Age report={report()} />}</Show>
          </div>
          <PeriodChoice days={days()} onChange={setDays} />
        </div>
        <Show when={asked.report()} fallback={<Missing asked={asked} />}>
          {(report) => (
            <>
              <Stale asked={asked} report={report()} />
              <Activity report={report()} names={names} days={days()} />
            </>
          )}
        </Show>
      </Page>
    </Show>
  );
}
