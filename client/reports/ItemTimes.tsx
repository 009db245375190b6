import { For, Show } from "solid-js";
import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import type { PageItem } from "@mochila/shared/pages/schema.ts";
import { formatNumber } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { formatDuration } from "./durations.ts";
import { useReportWords } from "./words.ts";

type Item = CourseActivity["items"][number];

/** As many bars as are read at a glance; the table has all. */
const SHOWN_MAX = 12;

interface ItemTimesProps {
  readonly items: readonly Item[];
  readonly pages: ReadonlyMap<string, PageItem>;
}

function createTitles(props: ItemTimesProps) {
  const words = useReportWords();
  return (itemId: string): { readonly value: string; readonly lang: string } => {
    const said = pick(props.pages.get(itemId)?.title, language());
    return said ?? { value: words("reports.goneItem"), lang: language() };
  };
}

function Table(props: ItemTimesProps) {
  const words = useReportWords();
  const titleOf = createTitles(props);
  return (
    <details class="as-table">
      <summary>{words("reports.asTable")}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label={words("reports.tableOf", { title: words("reports.items") })}>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{words("reports.page")}</th>
              <th scope="col" class="n">{words("reports.time")}</th>
              <th scope="col" class="n">{words("reports.people")}</th>
              <th scope="col" class="n">{words("reports.opened")}</th>
              <th scope="col" class="n">{words("reports.doneColumn")}</th>
              <th scope="col" class="n">{words("reports.solutions")}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.items}>
              {(item) => (
                <tr>
                  <th scope="row" lang={titleOf(item.itemId).lang}>{titleOf(item.itemId).value}</th>
                  <td class="n">{formatDuration(item.seconds)}</td>
                  <td class="n">{formatNumber(item.people)}</td>
                  <td class="n">{formatNumber(item.opened)}</td>
                  <td class="n">{formatNumber(item.completed)}</td>
                  <td class="n">{formatNumber(item.solutions)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </details>
  );
}

/** Time by page, the longest first. */
export function ItemTimes(props: ItemTimesProps) {
  const words = useReportWords();
  const titleOf = createTitles(props);
  const most = () => props.items[0];
  const shareOf = (item: Item): number => Math.round((100 * item.seconds) / Math.max(1, most()?.seconds ?? 1));
  return (
    <section class="section" aria-labelledby="report-items">
      <div class="section-head">
        <h2 id="report-items">{words("reports.items")}</h2>
      </div>
      <Show when={(most()?.seconds ?? 0) > 0}>
        <p class="small soft mb-2">{words("reports.itemsSentence", { title: titleOf(most()?.itemId ?? "").value, time: formatDuration(most()?.seconds ?? 0) })}</p>
      </Show>
      <ul class="rows">
        <For each={props.items.slice(0, SHOWN_MAX)}>
          {(item) => (
            <li class="row time-row">
              <span class="row-main">
                <span class="row-title said" lang={titleOf(item.itemId).lang}>{titleOf(item.itemId).value}</span>
                <svg class="hbar" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
                  <rect width="100" height="8" />
                  <rect width={shareOf(item)} height="8" />
                </svg>
              </span>
              <span class="row-end num">{formatDuration(item.seconds)}</span>
            </li>
          )}
        </For>
      </ul>
      <Table items={props.items} pages={props.pages} />
    </section>
  );
}
