import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { useCoursesCalls } from "../admin/courses/calls.ts";
import { usePeopleCalls } from "../admin/people.ts";
import type { CourseSummary } from "../courses/course-summary.ts";
import { Tick } from "../courses/ItemRow.tsx";
import { firstSteps as en } from "../i18n/en/first-steps.ts";
import { firstSteps as es } from "../i18n/es/first-steps.ts";
import { createAsked } from "../ui/asked.ts";
import { makeWords } from "../i18n/words.ts";

const said = makeWords({ firstSteps: en }, { firstSteps: es });

interface Step {
  readonly name: "course" | "people" | "enrol" | "publish";
  readonly href: string;
  readonly done: boolean;
}

/**
 * How a school begins, for its administrator: stands on Home until each step is done once. Nothing where the school cannot be asked, and nothing for who
 * comes to a school that has courses already, of others.
 */
export default function FirstSteps(props: { courses: readonly CourseSummary[] }) {
  const calls = usePeopleCalls();
  const courses = useCoursesCalls();
  const { answer: counts } = createAsked(() => calls.list({}).then(({ counts: known }) => known).catch(() => null));
  const { answer: coursesOfAll } = createAsked(() => courses.list({}).then(({ counts: { draft, published } }) => draft + published).catch(() => null));
  const course = () => props.courses[0]?.id ?? "";
  const inCourse = (path: string): string => (course() === "" ? "/courses/new" : `/courses/${course()}/${path}`);
  const steps = (): readonly Step[] => [
    { name: "course", href: "/courses/new", done: course() !== "" },
    { name: "people", href: "/admin/import", done: (counts()?.instructor ?? 0) > 0 && (counts()?.student ?? 0) > 0 },
    { name: "enrol", href: inCourse("people"), done: props.courses.some(({ students }) => students > 0) },
    { name: "publish", href: inCourse("build"), done: props.courses.some(({ course: { state }, pages }) => state === "published" && pages > 0) },
  ];
  const isTheirs = () => coursesOfAll() === 0 || (coursesOfAll() !== undefined && props.courses.length > 0);
  const open = () => counts() && isTheirs() && steps().some((step) => !step.done);
  return (
    <Show when={open()}>
      <section class="section" aria-labelledby="first-steps">
        <div class="section-head">
          <h2 id="first-steps">{said("firstSteps.title")}</h2>
        </div>
        <ol class="rows">
          <For each={steps()}>
            {(step) => (
              <li>
                <A class="row" href={step.href}>
                  <Tick state={step.done ? "done" : "none"} />
                  <span class="row-main">
                    <span class="row-title">{said(`firstSteps.${step.name}`)}</span>
                    <span class="row-meta">
                      <span>{said(`firstSteps.${step.name}Hint`)}</span>
                    </span>
                  </span>
                </A>
              </li>
            )}
          </For>
        </ol>
      </section>
    </Show>
  );
}
