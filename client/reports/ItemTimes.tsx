import { For, Show } from "solid-js";
import type { CourseActivity } from "@mochila/shared/reports/course-activity.ts";
import type { PageItem } from "@mochila/shared/pages/schema.ts";
import { formatNumber } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { formatDuration } from "./durations.ts";
import { type Column, FoldedTable } from "./FoldedTable.tsx";
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

/** Time by page, the longest first. */
export function ItemTimes(props: ItemTimesProps) {
  const words = useReportWords();
  const titleOf = createTitles(props);
  const most = () => props.items[0];
  const columns = (): [Column<Item>, ...Column<Item>[]] => [
    { head: words("reports.page"), of: (item) => titleOf(item.itemId).value, langOf: (item) => titleOf(item.itemId).lang },
    { head: words("reports.time"), of: (item) => formatDuration(item.seconds), number: true },
    { head: words("reports.people"), of: (item) => formatNumber(item.people), number: true },
    { head: words("reports.opened"), of: (item) => formatNumber(item.opened), number: true },
    { head: words("reports.doneColumn"), of: (item) => formatNumber(item.completed), number: true },
    { head: words("reports.solutions"), of: (item) => formatNumber(item.solutions), number: true },
  ];
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
      <FoldedTable title={words("reports.items")} columns={columns()} rows={props.items} />
    </section>
  );
}
