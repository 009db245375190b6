import { createSignal, Show } from "solid-js";
import type { TextNode } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { IconButton } from "../../ui/Button.tsx";

const COPIED_MS = 2_000;

/** Names that people use for what authors write in lower case. Others are shown as they are. */
const namesOf: Readonly<Record<string, string>> = { python: "Python", bash: "Shell", sh: "Shell", shell: "Shell", r: "R", sql: "SQL", js: "JavaScript", html: "HTML", json: "JSON", yaml: "YAML" };

/** Code with the name of its language, to be copied whole; wide lines scroll in their own region. Output and errors have no language to copy. */
export function CodeBlock(props: { language: string; caption: string | undefined; content: readonly TextNode[] | undefined }) {
  const words = useWords();
  const [copied, setCopied] = createSignal(false);
  const code = () => (props.content ?? []).map((node) => node.text).join("");
  const name = () => {
    if (props.caption) return props.caption;
    if (props.language === "output") return words("page.output");
    if (props.language === "error") return words("page.errorOutput");
    return namesOf[props.language] ?? (props.language || words("page.code"));
  };
  const copy = async () => {
    await navigator.clipboard.writeText(code());
    setCopied(true);
    setTimeout(() => setCopied(false), COPIED_MS);
  };
  return (
    <div class="code" data-kind={props.language === "output" || props.language === "error" ? props.language : undefined}>
      <div class="code-head">
        <span>{name()}</span>
        <span class="line">
          <span role="status">
            <Show when={copied()}>{words("page.copied")}</Show>
          </span>
          <IconButton icon={copied() ? "check" : "copy"} label={words("page.copyCode")} onClick={() => void copy()} />
        </span>
      </div>
      <pre tabindex="0" role="group" aria-label={name()}>
        <code>{code()}</code>
      </pre>
    </div>
  );
}
