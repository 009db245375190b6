import { createEffect, createSignal, on, Show } from "solid-js";
import { isSafeLink } from "@mochila/shared/pages/content.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { useEditorWords } from "./words.ts";

/** Asks where a link leads. `address` is what the selection has now; null: closed. */
export function LinkDialog(props: { address: string | null; onSet: (href: string) => void; onClose: () => void }) {
  const words = useEditorWords();
  const [value, setValue] = createSignal("");
  const [wrong, setWrong] = createSignal(false);
  createEffect(on(() => props.address, (address) => {
    setValue(address ?? "");
    setWrong(false);
  }));
  const submit = () => {
    const href = value().trim();
    const whole = /^[\w-]+(\.[\w-]+)+/.test(href) ? `https://${href}` : href;
    if (isSafeLink(whole)) props.onSet(whole);
    else setWrong(true);
  };
  return (
    <Dialog
      open={props.address !== null}
      title={words("editor.linkTitle")}
      onClose={props.onClose}
      actions={
        <>
          <Button look="bare" onClick={() => props.onClose()}>{words("editor.cancel")}</Button>
          <Show when={props.address}>
            <Button look="soft" onClick={() => props.onSet("")}>{words("editor.linkRemove")}</Button>
          </Show>
          <Button onClick={submit}>{words("editor.linkSet")}</Button>
        </>
      }
    >
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Field label={words("editor.linkAddress")} value={value()} hint={words("editor.linkHint")} error={wrong() ? words("editor.linkWrong") : undefined} onInput={(event) => setValue(event.currentTarget.value)} autofocus />
      </form>
    </Dialog>
  );
}
