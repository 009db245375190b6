import { createEffect, createUniqueId, type JSX, Show } from "solid-js";
import { useWords } from "../i18n/words.ts";
import { Button } from "./Button.tsx";

interface DialogProps {
  readonly open: boolean;
  readonly title: string;
  readonly children: JSX.Element;
  /** Buttons at the foot, the least harmful first. */
  readonly actions: JSX.Element;
  /** Puts the way out that changes nothing before them. */
  onCancel?(): void;
  /** Escape and the back gesture too. A dialog that is to stay does nothing here. */
  onClose(): void;
}

/** The browser's own dialog: focus stays inside, Escape closes, focus returns to where it was. */
export function Dialog(props: DialogProps) {
  const words = useWords();
  const id = createUniqueId();
  let element: HTMLDialogElement | undefined;
  createEffect(() => {
    if (props.open && !element?.open) element?.showModal();
    if (!props.open && element?.open) element.close();
  });
  const closed = () => {
    if (props.open) props.onClose();
    if (props.open && element?.isConnected && !element.open) element.showModal();
  };
  return (
    <dialog ref={(dialog) => (element = dialog)} class="dialog" aria-labelledby={id} onClose={closed}>
      <Show when={props.open}>
        <h2 id={id}>{props.title}</h2>
        <div class="mt-4">{props.children}</div>
        <div class="btns">
          <Show when={props.onCancel}>
            <Button look="bare" onClick={() => props.onCancel?.()}>
              {words("shell.cancel")}
            </Button>
          </Show>
          {props.actions}
        </div>
      </Show>
    </dialog>
  );
}
