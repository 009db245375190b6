import { For, Show } from "solid-js";
import { useCourseSummaries } from "../courses/queries.ts";
import { useWords } from "../i18n/words.ts";

/** What this is, under which licence, and where the material of the courses comes from. */
export function About() {
  const words = useWords();
  const courses = useCourseSummaries();
  const sourced = () => (courses() ?? []).filter((summary) => summary.course.source);
  return (
    <section class="section" aria-labelledby="about">
      <div class="section-head">
        <h2 id="about">{words("users.about")}</h2>
      </div>
      <p class="small soft">{words("users.aboutText")}</p>
      <Show when={sourced().length > 0}>
        <h3 class="label mt-4">{words("users.sources")}</h3>
        <dl class="facts mt-2">
          <For each={sourced()}>
            {(summary) => (
              <>
                <dt class="said" lang={summary.title?.lang}>
                  {summary.title?.value}
                </dt>
                <dd>{summary.course.source}</dd>
              </>
            )}
          </For>
        </dl>
      </Show>
    </section>
  );
}
