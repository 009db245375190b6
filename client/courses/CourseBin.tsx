import { A } from "@solidjs/router";
import { For, Show } from "solid-js";
import { language } from "../i18n/language.ts";
import { pick } from "../i18n/localized.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { showToast } from "../ui/toast.ts";
import { type BinnedRow, useBin } from "./bin.ts";
import { useBuilderActions } from "./builder-actions.ts";
import { useBuilderWords } from "./builder-words.ts";

/** One module or page in the bin. Put back, it is a draft: what students see is shown by somebody's decision alone. */
function Binned(props: { row: BinnedRow; courseId: string }) {
  const words = useBuilderWords();
  const shell = useWords();
  const actions = useBuilderActions(props.courseId);
  const title = () => pick(props.row.title, language());
  const name = () => ({ name: title()?.value || shell("course.untitled") });
  const putBack = () => {
    const { kind, id } = props.row;
    const said = words("builder.isBack", name());
    void actions.setState(kind, id, "draft").then(() => showToast(said, () => void actions.setState(kind, id, "trashed")));
  };
  return (
    <div class="row" data-kind={props.row.kind}>
      <Icon name={props.row.kind === "module" ? "list" : "file"} />
      <span class="row-main">
        <A class="row-title plain-link" href={`/history/${props.row.kind === "module" ? "modules" : "items"}/${props.row.id}`} lang={title()?.lang} aria-label={words("builder.history", name())}>
          {name().name}
        </A>
      </span>
      <span class="row-end">
        <Button look="soft" aria-label={words("builder.putBackNamed", name())} onClick={putBack}>
          {words("builder.putBack")}
        </Button>
      </span>
    </div>
  );
}

/** What was thrown away of a course, with the way back. Nothing while the bin is empty. */
export function CourseBin(props: { courseId: string }) {
  const words = useBuilderWords();
  const rows = useBin(() => props.courseId);
  return (
    <Show when={rows()?.length}>
      <details class="fold section">
        <summary>
          <Icon name="chevron-right" small flip />
          {words("builder.binTitle")} <span class="num">({rows()?.length})</span>
        </summary>
        <p class="small soft mt-2">{words("builder.binIntro")}</p>
        <ul class="rows">
          <For each={rows()}>
            {(row) => (
              <li>
                <Binned row={row} courseId={props.courseId} />
              </li>
            )}
          </For>
        </ul>
      </details>
    </Show>
  );
}
