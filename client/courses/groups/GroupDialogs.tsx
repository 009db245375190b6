import { createEffect, createSignal, on } from "solid-js";
import { NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { said } from "./words.ts";

interface FormDialogProps {
  readonly open: boolean;
  readonly id: string;
  readonly title: string;
  readonly action: string;
  readonly text?: string;
  readonly label: string;
  readonly value: string;
  readonly numeric?: boolean;
  /** Answers what is wrong with it; null: it is on the device. */
  readonly onTake: (text: string) => Promise<string | null>;
  readonly onClose: () => void;
}

/** One thing that is asked for, in a dialog. */
export function FormDialog(props: FormDialogProps) {
  const words = useWords();
  const [text, setText] = createSignal("");
  const [wrong, setWrong] = createSignal<string | null>(null);
  const [busy, setBusy] = createSignal(false);
  // Once: what stands there may change under the words that are typed.
  createEffect(
    on(() => props.open, (open) => {
      if (!open) return;
      setText(props.value);
      setWrong(null);
    }),
  );
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    try {
      setWrong(await props.onTake(text().trim()));
      if (wrong() === null) props.onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={props.open}
      title={props.title}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="bare" onClick={() => props.onClose()}>
            {words("shell.cancel")}
          </Button>
          <Button type="submit" form={props.id} busy={busy()}>
            {props.action}
          </Button>
        </>
      }
    >
      <form id={props.id} onSubmit={(event) => void submit(event)}>
        {props.text && <p class="soft mb-4">{props.text}</p>}
        <Field label={props.label} required maxlength={NAME_CHARACTERS_MAX} inputmode={props.numeric ? "numeric" : "text"} autocomplete="off" error={wrong() ?? undefined} value={text()} onInput={(event) => setText(event.currentTarget.value)} />
      </form>
    </Dialog>
  );
}

/** How many groups chance makes of the students. */
export function SplitDialog(props: { open: boolean; students: number; onSplit: (count: number) => Promise<void>; onClose: () => void }) {
  const take = async (text: string): Promise<string | null> => {
    const count = Number(text);
    if (!Number.isInteger(count) || count < 2 || count > props.students) return said("groups.splitWrong");
    await props.onSplit(count);
    return null;
  };
  return (
    <FormDialog
      open={props.open}
      id="split-groups"
      title={said("groups.splitTitle")}
      text={said("groups.splitText", { count: props.students })}
      label={said("groups.splitCount")}
      value={String(Math.max(2, Math.round(props.students / 4)))}
      numeric
      action={said("groups.split")}
      onTake={take}
      onClose={props.onClose}
    />
  );
}
