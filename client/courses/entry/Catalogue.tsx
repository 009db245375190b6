import { createMemo, createSignal, Show } from "solid-js";
import type { CataloguePage } from "@mochila/shared/courses/entry.ts";
import { formatList } from "../../i18n/formats.ts";
import { language } from "../../i18n/language.ts";
import { pick } from "../../i18n/localized.ts";
import { Icon } from "../../ui/Icon.tsx";
import { createPaged } from "../../ui/paged.ts";
import { PagedList } from "../../ui/PagedList.tsx";
import { Tile } from "../../ui/Weave.tsx";
import { useJoinCalls } from "./entry-calls.ts";
import { said } from "./words.ts";
import "../../ui/lists.css";

type Line = CataloguePage["courses"][number];

function CatalogueRow(props: { line: Line; onChoose: () => void }) {
  const title = () => pick(props.line.title, language());
  const mark = () => (props.line.standing === "free" || props.line.standing === "other" ? null : props.line.standing);
  return (
    <button type="button" class="row row-button" data-offer={props.line.courseId} onClick={() => props.onChoose()}>
      <Tile id={props.line.courseId} />
      <span class="row-main">
        <span class="row-title said" lang={title()?.lang}>
          {title()?.value}
        </span>
        <span class="row-meta">
          <span>{formatList(props.line.teachers)}</span>
          <Show when={mark()}>{(standing) => <span>{said(`entry.standing_${standing()}`)}</span>}</Show>
        </span>
      </span>
    </button>
  );
}

/** Courses that are open to the school. The school is asked: what nobody here is in is on no device. */
export function Catalogue(props: { onChoose: (courseId: string) => void }) {
  const calls = useJoinCalls();
  const [search, setSearch] = createSignal("");
  const wanted = createMemo(() => search().trim());
  const list = createPaged<string, CataloguePage>({
    filter: wanted,
    load: (text, before) => calls.catalogue({ search: text, after: before?.courses.at(-1)?.courseId }),
    join: (before, next) => ({ ...next, courses: [...before.courses, ...next.courses] }),
  });
  return (
    <section class="section" aria-labelledby="catalogue">
      <div class="section-head">
        <h2 id="catalogue">{said("entry.catalogue")}</h2>
      </div>
      <Show when={wanted() !== "" || list.page()?.courses.length}>
        <div class="search mb-4">
          <Icon name="search" />
          <input class="input" type="search" aria-label={said("entry.search")} placeholder={said("entry.search")} maxlength={100} value={search()} onInput={(event) => setSearch(event.currentTarget.value)} />
        </div>
      </Show>
      <PagedList
        list={list}
        awayTitle={said("entry.away")}
        away={said("entry.catalogueAway")}
        none={
          <p class="soft" role="status">
            {said(wanted() === "" ? "entry.catalogueNone" : "entry.catalogueNotFound")}
          </p>
        }
        more={said("entry.more")}
        linesOf={(page) => page.courses}
      >
        {(line) => <CatalogueRow line={line} onChoose={() => props.onChoose(line.courseId)} />}
      </PagedList>
    </section>
  );
}
