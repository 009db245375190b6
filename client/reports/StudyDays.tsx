import { createSignal, For, onCleanup, onMount, Show } from "solid-js";
import { formatNumber } from "../i18n/formats.ts";
import { type Bar, barsOf, CHART, drawBars } from "./activity-chart.ts";
import { formatDuration, formatLongDay, formatShortDay } from "./durations.ts";
import { type Column, FoldedTable } from "./FoldedTable.tsx";
import { useReportWords } from "./words.ts";

/** First, middle and last bar have their date below; more would touch each other on a phone. */
const isDated = (index: number, count: number): boolean => index === 0 || index === count - 1 || (count > 4 && index === Math.floor(count / 2));

const anchorOf = (index: number, count: number): "start" | "middle" | "end" => (count < 3 ? "middle" : index === 0 ? "start" : index === count - 1 ? "end" : "middle");

/** A phone's column, until the real width is known. */
const WIDTH_FIRST = 320;

/** How wide an element stands, so that a drawing in it has letters of one size on every screen. */
function createWidth(): { readonly width: () => number; watch(element: Element): void } {
  const [width, setWidth] = createSignal(WIDTH_FIRST);
  let watched: Element | undefined;
  const observer = new ResizeObserver(([entry]) => entry && setWidth(Math.max(200, Math.round(entry.contentRect.width))));
  onMount(() => watched && observer.observe(watched));
  onCleanup(() => observer.disconnect());
  return { width, watch: (element) => (watched = element) };
}

function Picture(props: { bars: readonly Bar[]; label: string }) {
  const { width: chartWidth, watch } = createWidth();
  const drawn = () => drawBars(props.bars, chartWidth());
  const dateAt = (x: number, width: number, index: number) => ({ start: x, middle: x + width / 2, end: x + width })[anchorOf(index, props.bars.length)];
  return (
    <svg class="chart" height={CHART.height} viewBox={`0 0 ${chartWidth()} ${CHART.height}`} role="img" aria-label={props.label} ref={watch}>
      <For each={drawn()}>
        {(one, index) => (
          <>
            <rect class="bar-fill" classList={{ "is-high": one.highest }} x={one.x} y={one.y} width={one.width} height={one.height} rx={Math.min(3, one.width / 2)} />
            <Show when={one.labelled}>
              <text x={Math.min(chartWidth() - 20, Math.max(20, one.x + one.width / 2))} y={one.y - 6} text-anchor="middle">
                {formatDuration(one.bar.seconds)}
              </text>
            </Show>
            <Show when={isDated(index(), props.bars.length)}>
              <text x={dateAt(one.x, one.width, index())} y={CHART.base + 18} text-anchor={anchorOf(index(), props.bars.length)}>
                {formatShortDay(one.bar.day)}
              </text>
            </Show>
          </>
        )}
      </For>
      <path class="axis" d={`M0 ${CHART.base + 0.5}h${chartWidth()}`} />
    </svg>
  );
}

/** Time in pages by day, or by week where there are many days. `days`: every day of the period. */
export function StudyDays(props: { days: readonly Bar[] }) {
  const words = useReportWords();
  const shown = () => barsOf(props.days);
  const columns = (): [Column<Bar>, ...Column<Bar>[]] => {
    const byDay = shown().unit === "day";
    const people: Column<Bar> = { head: words("reports.people"), of: (bar) => formatNumber(bar.people ?? 0), number: true };
    return [
      { head: words(byDay ? "reports.day" : "reports.week"), of: (bar) => formatShortDay(bar.day) },
      { head: words("reports.time"), of: (bar) => formatDuration(bar.seconds), number: true },
      // Who came on two days of a week would count twice.
      ...(byDay ? [people] : []),
      { head: words("reports.actionsColumn"), of: (bar) => formatNumber(bar.events), number: true },
      { head: words("reports.doneColumn"), of: (bar) => formatNumber(bar.completed), number: true },
    ];
  };
  const highest = () => shown().bars.reduce<Bar | null>((best, bar) => (bar.seconds > (best?.seconds ?? 0) ? bar : best), null);
  const sentence = (): string => {
    const bar = highest();
    if (!bar) return words("reports.noTime");
    const said = { day: formatLongDay(bar.day), time: formatDuration(bar.seconds) };
    return bar.people === null ? words("reports.busiestWeek", said) : words("reports.busiestDay", { ...said, count: bar.people });
  };
  return (
    <section class="section" aria-labelledby="report-days">
      <div class="section-head">
        <h2 id="report-days">{words("reports.byDay")}</h2>
      </div>
      <Picture bars={shown().bars} label={`${words(shown().unit === "day" ? "reports.byDayChart" : "reports.byWeekChart")}. ${sentence()}`} />
      <p class="small soft mt-2">{sentence()}</p>
      <FoldedTable title={words("reports.byDay")} columns={columns()} rows={shown().bars} />
    </section>
  );
}
