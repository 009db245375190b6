import { For, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import type { RescuedWork } from "../person.ts";
import { Button } from "../ui/Button.tsx";
import { useNow } from "../ui/now.ts";
import { saveFile } from "../users/save-file.ts";
import { useOutboxActions } from "./actions.ts";
import { useExport } from "./rescued-text.ts";
import { RescuedPiece } from "./RescuedPiece.tsx";

/** Everything that was refused or replaced, newest first, until the person has decided about it. */
export function NeedsAttention(props: { works: readonly RescuedWork[]; nameOf: (work: RescuedWork) => string }) {
  const words = useWords();
  const now = useNow();
  const exported = useExport();
  const { waysOut } = useOutboxActions();
  const save = async () => {
    const pieces = props.works.map(async (work) => ({ work, name: props.nameOf(work), ways: await waysOut(work) }));
    const text = exported(await Promise.all(pieces), now());
    saveFile(new Blob([text], { type: "text/plain;charset=utf-8" }), "mochila.txt");
  };
  return (
    <Show when={props.works.length > 0}>
      <section aria-labelledby="attention">
        <div class="section-head">
          <h2 id="attention" class="alert-text">
            {words("shell.attention")}
          </h2>
        </div>
        <For each={props.works}>{(work) => <RescuedPiece work={work} name={props.nameOf(work)} />}</For>
        <p class="btns mt-4">
          <Button look="soft" icon="download" onClick={() => void save()}>
            {words("outbox.saveAll")}
          </Button>
        </p>
      </section>
    </Show>
  );
}
