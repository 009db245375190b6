import { For, Show } from "solid-js";
import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import { formatAgo, formatNumber } from "../i18n/formats.ts";
import { useNow } from "../ui/now.ts";
import { formatDuration } from "./durations.ts";
import { type Column, FoldedTable } from "./FoldedTable.tsx";
import { shownName } from "../users/shown-name.ts";
import { useReportWords } from "./words.ts";

type Person = CourseActivity["people"][number];

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .slice(0, 2)
    .map((part) => part.charAt(0))
    .join("")
    .toLocaleUpperCase();

/** Who did something in the period; the longest away first among the others. Pure. */
function splitBySeen(people: readonly Person[]): { seen: readonly Person[]; absent: readonly Person[] } {
  return {
    seen: people.filter((person) => person.events > 0).toSorted((a, b) => (b.lastSeenAt ?? 0) - (a.lastSeenAt ?? 0)),
    absent: people.filter((person) => person.events === 0).toSorted((a, b) => (a.lastSeenAt ?? 0) - (b.lastSeenAt ?? 0)),
  };
}

/** One square a person, filled for those who were here. */
const SQUARES_PER_LINE = 15;
const SQUARE = 20;
function Picture(props: { seen: number; absent: number; label: string }) {
  const all = () => props.seen + props.absent;
  const lines = () => Math.ceil(all() / SQUARES_PER_LINE);
  return (
    <svg class="squares" viewBox={`0 0 ${SQUARES_PER_LINE * SQUARE} ${lines() * SQUARE}`} role="img" aria-label={props.label}>
      <For each={Array.from({ length: all() }, (_, index) => index)}>
        {(index) => (
          <rect
            classList={{ "is-seen": index < props.seen }}
            x={(index % SQUARES_PER_LINE) * SQUARE + 1.5}
            y={Math.floor(index / SQUARES_PER_LINE) * SQUARE + 1.5}
            width={SQUARE - 3}
            height={SQUARE - 3}
            rx="4"
          />
        )}
      </For>
    </svg>
  );
}

function PersonRow(props: { person: Person }) {
  const words = useReportWords();
  const now = useNow();
  return (
    <li class="row">
      <span class="face" aria-hidden="true">{initials(props.person.name)}</span>
      <span class="row-main">
        <span class="row-title">{shownName(props.person.name)}</span>
        <span class="row-meta">
          <span>{props.person.lastSeenAt === null ? words("reports.never") : words("reports.lastSeen", { ago: formatAgo(props.person.lastSeenAt, now()) })}</span>
          <Show when={props.person.seconds > 0}>
            <span>{formatDuration(props.person.seconds)}</span>
          </Show>
        </span>
      </span>
    </li>
  );
}

/** Who was here in the period and who was not. `people`: the students, all of them. */
export function SeenPeople(props: { people: readonly Person[] }) {
  const words = useReportWords();
  const now = useNow();
  const groups = () => splitBySeen(props.people);
  const columns = (): [Column<Person>, ...Column<Person>[]] => [
    { head: words("reports.name"), of: (person) => shownName(person.name) },
    { head: words("reports.lastSeenColumn"), of: (person) => (person.lastSeenAt === null ? words("reports.neverShort") : formatAgo(person.lastSeenAt, now())) },
    { head: words("reports.time"), of: (person) => formatDuration(person.seconds), number: true },
    { head: words("reports.actionsColumn"), of: (person) => formatNumber(person.events), number: true },
    { head: words("reports.doneColumn"), of: (person) => formatNumber(person.completed), number: true },
  ];
  const sentence = (): string =>
    props.people.length === 0 ? words("reports.noStudents") : groups().absent.length === 0 ? words("reports.everybody") : words("reports.whoSentence", { seen: groups().seen.length, count: props.people.length });
  return (
    <section class="section" aria-labelledby="report-people">
      <div class="section-head">
        <h2 id="report-people">{words("reports.who")}</h2>
      </div>
      <Picture
        seen={groups().seen.length}
        absent={groups().absent.length}
        label={words("reports.seenShare", { seen: groups().seen.length, absent: groups().absent.length })}
      />
      <p class="small soft mt-2">{sentence()}</p>
      <Show when={groups().absent.length > 0}>
        <h3 class="small mt-4">{words("reports.absent")}</h3>
        <ul class="rows">
          <For each={groups().absent}>{(person) => <PersonRow person={person} />}</For>
        </ul>
      </Show>
      <Show when={groups().seen.length > 0}>
        <h3 class="small mt-4">{words("reports.here")}</h3>
        <ul class="rows">
          <For each={groups().seen}>{(person) => <PersonRow person={person} />}</For>
        </ul>
      </Show>
      <FoldedTable title={words("reports.who")} columns={columns()} rows={[...groups().absent, ...groups().seen]} />
    </section>
  );
}
