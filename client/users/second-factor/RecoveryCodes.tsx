import { For } from "solid-js";
import { Button } from "../../ui/Button.tsx";
import { copyText } from "../../ui/clipboard.ts";
import { showToast } from "../../ui/toast.ts";
import { saveFile } from "../save-file.ts";
import { said } from "./words.ts";

/** Shown once: to be copied, saved or written down, before anything goes on. */
export function RecoveryCodes(props: { codes: readonly string[] }) {
  const text = () => [said("factor.codesFile"), "", ...props.codes, ""].join("\n");
  const copy = async () => showToast(said((await copyText(text())) ? "factor.copied" : "factor.notCopied"));
  return (
    <>
      <p class="mb-4">{said("factor.codesText")}</p>
      <ul class="recovery-codes" data-recovery-codes>
        <For each={props.codes}>{(code) => <li>{code}</li>}</For>
      </ul>
      <p class="line">
        <Button look="soft" icon="copy" onClick={() => void copy()}>
          {said("factor.copyCodes")}
        </Button>
        <Button look="soft" icon="download" onClick={() => saveFile(new Blob([text()], { type: "text/plain" }), "mochila-recovery-codes.txt")}>
          {said("factor.saveCodes")}
        </Button>
      </p>
    </>
  );
}
