import { For, Match, Show, Switch } from "solid-js";
import type { FieldChange } from "../fields/field-changes.ts";
import { type DiffLine, diffText } from "./text-diff.ts";
import { useHistoryWords } from "./words.ts";

/** Texts that people write at length are compared line by line; of anything else one sees what it was and what it is. */
const TEXTS: ReadonlySet<string> = new Set(["body", "content", "description", "questions", "objectives", "keyPoints", "source"]);

function Line(props: { line: DiffLine }) {
  const words = useHistoryWords();
  return (
    <Show when={"pieces" in props.line ? props.line.pieces : null} fallback={<p class="diff-skip">{words("history.skipped", { count: "skipped" in props.line ? props.line.skipped : 0 })}</p>}>
      {(pieces) => (
        <p>
          <For each={pieces()}>
            {(piece) => (
              <Switch fallback={piece.text}>
                <Match when={piece.kind === "out"}>
                  <del>{piece.text || " "}</del>
                </Match>
                <Match when={piece.kind === "in"}>
                  <ins>{piece.text || " "}</ins>
                </Match>
              </Switch>
            )}
          </For>
        </p>
      )}
    </Show>
  );
}

/** One field before and after. */
export function ChangeText(props: { change: FieldChange; earliest?: boolean }) {
  const words = useHistoryWords();
  return (
    <div class="change">
      <dt class="small soft">{props.change.label}</dt>
      <dd class="said">
        <Switch>
          <Match when={props.earliest || props.change.field === "order" || props.change.field === "publish"}>
            <p>{props.change.after}</p>
          </Match>
          <Match when={TEXTS.has(props.change.field)}>
            <For each={diffText(props.change.before, props.change.after)}>{(line) => <Line line={line} />}</For>
          </Match>
          <Match when={true}>
            <p>
              <span class="unseen">{words("history.before")} </span>
              <del>{props.change.before || words("history.nothing")}</del> <span aria-hidden="true">→</span> <span class="unseen">{words("history.after")} </span>
              <ins>{props.change.after || words("history.nothing")}</ins>
            </p>
          </Match>
        </Switch>
      </dd>
    </div>
  );
}
