import { createSignal, For, Show } from "solid-js";
import type { ImportLine, PeopleImport } from "@mochila/shared/admin/people-import.ts";
import { CSV_MARK, csvLine } from "@mochila/shared/kernel/csv.ts";
import { formatNumber } from "../../i18n/formats.ts";
import { Button } from "../../ui/Button.tsx";
import { useNow } from "../../ui/now.ts";
import { saveFile } from "../../users/save-file.ts";
import { showFailure } from "../failure.ts";
import type { ImportCalls } from "./calls.ts";
import { createImportLines, type LinesFilter } from "./import-now.ts";
import { resultWords, said } from "./words.ts";

const heads = ["head_line", "head_email", "head_name", "head_course", "head_result"] as const;

const reportOf = (lines: readonly ImportLine[], now: number): string[] => [
  csvLine(heads.map((head) => said(`imports.${head}`))),
  ...lines.map((line) => csvLine([line.line, line.email, line.name, line.course ?? "", resultWords(line, now)])),
];

function Line(props: { line: ImportLine }) {
  const now = useNow();
  return (
    <div class="row" data-line={props.line.line}>
      <span class="row-main">
        <span class="row-title">{[props.line.name, props.line.email].filter((part) => part !== "").join(" · ") || "—"}</span>
        <span class="row-meta">
          <span class="num">{said("imports.line", { line: props.line.line })}</span>
          <span classList={{ "alert-text": props.line.problem !== null || props.line.undone === "kept" }}>{resultWords(props.line, now())}</span>
        </span>
      </span>
    </div>
  );
}

/** Line by line, the wrong ones first if there are any; all of it as a file. */
export function Lines(props: { one: PeopleImport; calls: ImportCalls }) {
  const [chosen, setChosen] = createSignal<LinesFilter>();
  const [saving, setSaving] = createSignal(false);
  const now = useNow();
  const only = (): LinesFilter => chosen() ?? (props.one.kept > 0 ? "kept" : props.one.problems > 0 ? "problems" : "all");
  const list = createImportLines(props.calls, () => ({ id: props.one.id, state: props.one.state, only: only() }));
  const filters = (): [LinesFilter, string, number][] => [
    ["all", said("imports.all"), props.one.lines],
    ...(props.one.problems > 0 ? [["problems", said("imports.wrong"), props.one.problems] as [LinesFilter, string, number]] : []),
    ...(props.one.kept > 0 ? [["kept", said("imports.left"), props.one.kept] as [LinesFilter, string, number]] : []),
  ];
  const save = async () => {
    setSaving(true);
    await props.calls.allLines(props.one.id).then(
      (lines) => saveFile(new Blob([CSV_MARK, ...reportOf(lines, now())], { type: "text/csv" }), said("imports.reportName")),
      showFailure,
    );
    setSaving(false);
  };
  return (
    <section class="section" aria-label={said("imports.all")}>
      <div class="tabs" role="group" aria-label={said("imports.all")}>
        <For each={filters()}>
          {([name, text, count]) => (
            <button type="button" class="tab" aria-pressed={only() === name} onClick={() => setChosen(name)}>
              {text}
              <span class="faint num">{formatNumber(count)}</span>
            </button>
          )}
        </For>
      </div>
      <Show when={list.page()}>
        {(page) => (
          <ul class="rows" aria-busy={list.busy()}>
            <For each={page().lines}>
              {(line) => (
                <li>
                  <Line line={line} />
                </li>
              )}
            </For>
          </ul>
        )}
      </Show>
      <p class="btns mt-4">
        <Show when={list.page()?.more}>
          <Button look="soft" busy={list.busy()} onClick={() => void list.more()}>
            {said("imports.more")}
          </Button>
        </Show>
        <Button look="soft" icon="download" busy={saving()} onClick={() => void save()}>
          {said("imports.report")}
        </Button>
      </p>
    </section>
  );
}
