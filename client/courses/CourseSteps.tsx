import { A } from "@solidjs/router";
import { For, type JSX, Match, Show, Switch } from "solid-js";
import type { Course } from "@mochila/shared/courses/schema.ts";
import { useBuilderWords } from "./builder-words.ts";
import type { TreeModule } from "./course-tree.ts";
import { Tick } from "./ItemRow.tsx";
import { useCoursePeople } from "./people-queries.ts";

interface Step {
  readonly name: "module" | "page" | "show" | "people" | "open";
  readonly done: boolean;
  /** Where it is done; absent: below on this screen, or not yet. */
  readonly href?: string;
  readonly run?: () => void;
}

interface CourseStepsProps {
  readonly course: Course;
  readonly modules: readonly TreeModule[];
  readonly onModule: () => void;
  readonly onPage: (module: TreeModule) => void;
  readonly onOpen: () => void;
}

/** How a course begins: stands above it until each step is done once. */
export function CourseSteps(props: CourseStepsProps) {
  const words = useBuilderWords();
  const people = useCoursePeople(() => props.course.id);
  const pages = () => props.modules.flatMap((module) => module.items.map(({ page }) => ({ page, module: module.module })));
  const steps = (): readonly Step[] => {
    const [first] = props.modules;
    const [page] = pages();
    return [
      { name: "module", done: first !== undefined, run: () => props.onModule() },
      { name: "page", done: page !== undefined, ...(first && { run: () => props.onPage(first) }) },
      { name: "show", done: pages().some((one) => one.page.state === "published" && one.module.state === "published") },
      { name: "people", done: (people()?.get("student")?.length ?? 0) > 0, href: `/courses/${props.course.id}/people` },
      { name: "open", done: props.course.state !== "draft", run: () => props.onOpen() },
    ];
  };
  const inside = (step: Step): JSX.Element => (
    <>
      <Tick state={step.done ? "done" : "none"} />
      <span class="row-main">
        <span class="row-title">{words(`builder.step_${step.name}`)}</span>
        <Show when={!step.done}>
          <span class="row-meta">
            <span>{words(`builder.step_${step.name}Hint`)}</span>
          </span>
        </Show>
      </span>
    </>
  );
  return (
    <Show when={people() && steps().some(({ done }) => !done)}>
      <section class="section" aria-labelledby="course-steps">
        <div class="section-head">
          <h2 id="course-steps">{words("builder.steps")}</h2>
          <span class="tiny faint num">{words("builder.stepsDone", { done: steps().filter(({ done }) => done).length, all: steps().length })}</span>
        </div>
        <ol class="rows" data-steps>
          <For each={steps()}>
            {(step) => (
              <li>
                <Switch fallback={<div class="row">{inside(step)}</div>}>
                  <Match when={!step.done && step.href}>
                    {(href) => (
                      <A class="row" href={href()}>
                        {inside(step)}
                      </A>
                    )}
                  </Match>
                  <Match when={!step.done && step.run}>
                    {(run) => (
                      <button type="button" class="row row-button" onClick={() => run()()}>
                        {inside(step)}
                      </button>
                    )}
                  </Match>
                </Switch>
              </li>
            )}
          </For>
        </ol>
      </section>
    </Show>
  );
}
