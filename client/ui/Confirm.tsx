import { createEffect, createSignal, type JSX, Show } from "solid-js";
import { Button } from "./Button.tsx";
import { Dialog } from "./Dialog.tsx";

interface ConfirmProps {
  readonly open: boolean;
  readonly title: string;
  readonly text: string;
  readonly action: string;
  /** Says itself how it went, or rejects where `problem` has words for it: then the dialog stays. */
  onDo(): Promise<unknown>;
  problem?(error: unknown): JSX.Element;
  onClose(): void;
}

/** Something that others feel at once is asked about first. */
export function Confirm(props: ConfirmProps) {
  const [busy, setBusy] = createSignal(false);
  const [refused, setRefused] = createSignal<{ error: unknown } | null>(null);
  createEffect(() => props.open && setRefused(null));
  const run = async () => {
    if (busy()) return;
    setBusy(true);
    try {
      await props.onDo();
      props.onClose();
    } catch (error) {
      if (!props.problem) throw error;
      setRefused({ error });
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={props.open}
      title={props.title}
      onClose={() => props.onClose()}
      onCancel={() => props.onClose()}
      actions={
        <Button look="alert" busy={busy()} onClick={() => void run()}>
          {props.action}
        </Button>
      }
    >
      <Show when={refused()}>{(why) => props.problem?.(why().error)}</Show>
      <p>{props.text}</p>
    </Dialog>
  );
}
