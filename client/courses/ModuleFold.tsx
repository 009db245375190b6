import { For, type JSX, Show } from "solid-js";
import type { Module } from "@mochila/shared/courses/module.ts";
import { formatMinutes } from "../i18n/formats.ts";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { Icon } from "../ui/Icon.tsx";

/** `a` and *a* inside a sentence: the only Markdown that these sentences may have, and `\\*` for the sign itself. */
function inlineMarks(sentence: string): JSX.Element[] {
  return sentence.split(/(\\[\\`*_]|`[^`]+`|\*\*[^*]+\*\*|\*[^*]+\*|_[^_\s][^_]*_)/).map((part) => {
    if (/^\\[\\`*_]$/.test(part)) return part.slice(1);
    if (part.length > 2 && part.startsWith("`")) return <code>{part.slice(1, -1)}</code>;
    if (part.length > 4 && part.startsWith("**")) return <strong>{part.slice(2, -2)}</strong>;
    if (part.length > 2 && /^[*_].*[*_]$/.test(part)) return <em>{part.slice(1, -1)}</em>;
    return part;
  });
}

/** What a module asks, aims at and leaves behind, folded away until someone wants it. */
export function ModuleFold(props: { module: Module }) {
  const words = useWords();
  const parts = () =>
    (["questions", "objectives", "keyPoints"] as const).flatMap((name) => {
      const said = pick<string[]>(props.module[name], language());
      return said ? [{ name, said }] : [];
    });
  return (
    <Show when={parts().length > 0}>
      <details class="fold">
        <summary>
          <Icon name="chevron-right" small flip />
          <span class="small">
            {words("course.about")}
            <Show when={props.module.minutes}>{(minutes) => <>, {words("course.withExercises", { time: formatMinutes(minutes()) })}</>}</Show>
          </span>
        </summary>
        <For each={parts()}>
          {(part) => (
            <div class="fold-part said" lang={part.said.lang}>
              <h3 class="label" lang={language()}>
                {words(`course.${part.name}`)}
              </h3>
              <ul class="points">
                <For each={part.said.value}>{(sentence) => <li>{inlineMarks(sentence)}</li>}</For>
              </ul>
            </div>
          )}
        </For>
      </details>
    </Show>
  );
}
