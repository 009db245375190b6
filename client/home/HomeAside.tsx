import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { Tick } from "../courses/ItemRow.tsx";
import { formatAgo, formatBytes } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { useStorage } from "../storage/queries.ts";
import { useNow } from "../ui/now.ts";
import { useLately } from "./queries.ts";

/** Beside the courses: the way back to what was read, and what this device holds. */
export function HomeAside(props: { courseName: (courseId: string) => string }) {
  const words = useWords();
  const now = useNow();
  const pages = useLately();
  const storage = useStorage();
  return (
    <aside aria-label={words("home.lately")}>
      <Show when={pages().length > 0}>
        <section class="section" aria-labelledby="lately">
          <div class="section-head">
            <h2 id="lately">{words("home.lately")}</h2>
          </div>
          <ul class="rows">
            <For each={pages()}>
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
      <section class="section" aria-labelledby="here">
        <div class="section-head">
          <h2 id="here">{words("storage.title")}</h2>
          <A href="/storage">{words("home.downloads")}</A>
        </div>
        <Show when={storage()}>{(known) => <p class="small soft">{words("home.here", { size: formatBytes(known().media) })}</p>}</Show>
      </section>
    </aside>
  );
}
