import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { Tick } from "../courses/ItemRow.tsx";
import { formatAgo, formatBytes } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { useStorage } from "../storage/queries.ts";
import { useNow } from "../ui/now.ts";
import { useKnownPages } from "./queries.ts";
import type { PageAt } from "./resume.ts";

function PageRows(props: { id: string; title: string; pages: readonly PageAt[]; courseName: (courseId: string) => string }) {
  const now = useNow();
  return (
    <Show when={props.pages.length > 0}>
      <section class="section" aria-labelledby={props.id}>
        <div class="section-head">
          <h2 id={props.id}>{props.title}</h2>
        </div>
        <ul class="rows">
          <For each={props.pages}>
            {({ page, at, done }) => (
              <li>
                <A class="row" href={`/courses/${page.courseId}/items/${page.id}`}>
                  <Tick state={done ? "done" : "part"} />
                  <span class="row-main">
                    <span class="row-title said" lang={pick(page.title, language())?.lang}>
                      {pick(page.title, language())?.value}
                    </span>
                    <span class="row-meta">
                      <span>{props.courseName(page.courseId)}</span>
                      <span>{formatAgo(at, now())}</span>
                    </span>
                  </span>
                </A>
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  );
}

/** Beside the courses: the way back to what was marked and read, and what this device holds. */
export function HomeAside(props: { courseName: (courseId: string) => string }) {
  const words = useWords();
  const pages = useKnownPages();
  const storage = useStorage();
  return (
    <aside aria-label={words("home.lately")}>
      <PageRows id="bookmarks" title={words("home.bookmarks")} pages={pages.bookmarked()} courseName={props.courseName} />
      <PageRows id="lately" title={words("home.lately")} pages={pages.lately()} courseName={props.courseName} />
      <section class="section of-device" aria-labelledby="here">
        <div class="section-head">
          <h2 id="here">{words("storage.title")}</h2>
          <A href="/storage">{words("home.downloads")}</A>
        </div>
        <Show when={storage()}>{(known) => <p class="small soft">{words("home.here", { size: formatBytes(known().media) })}</p>}</Show>
      </section>
    </aside>
  );
}
