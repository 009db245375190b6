import { createEffect, createMemo, createSignal, on } from "solid-js";
import { NAME_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { Button } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Field } from "../../ui/Field.tsx";
import { createTypedOf } from "../../users/typed.ts";
import { said } from "./words.ts";

interface FormDialogProps {
  readonly open: boolean;
  readonly id: string;
  /** Of what, so that what was typed for it comes back to it. */
  readonly place: string;
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
  // Once: what stands there may change under the words that are typed.
  const before = createMemo(on(() => props.open, () => props.value));
  const typed = createTypedOf<string | null>(() => props.place, () => null);
  const text = () => typed().value() ?? before();
  const [wrong, setWrong] = createSignal<string | null>(null);
  const [busy, setBusy] = createSignal(false);
  createEffect(() => props.open && setWrong(null));
  /** Escape and a touch beside it leave what was typed for the next time. */
  const cancel = () => {
    typed().done();
    props.onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    if (busy()) return;
    setBusy(true);
    const sent = typed();
    try {
      setWrong(await props.onTake(text().trim()));
      if (wrong() !== null) return;
      sent.done();
      props.onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={props.open}
      title={props.title}
      onClose={() => props.onClose()}
      onCancel={cancel}
      actions={
        <Button type="submit" form={props.id} busy={busy()}>
          {props.action}
        </Button>
      }
    >
      <form id={props.id} onSubmit={(event) => void submit(event)}>
        {props.text && <p class="soft mb-4">{props.text}</p>}
        <Field label={props.label} required maxlength={NAME_CHARACTERS_MAX} inputmode={props.numeric ? "numeric" : "text"} autocomplete="off" error={wrong() ?? undefined} value={text()} onInput={(event) => typed().set(event.currentTarget.value)} />
      </form>
    </Dialog>
  );
}

/** How many groups chance makes of the students. */
export function SplitDialog(props: { open: boolean; courseId: string; students: number; onSplit: (count: number) => Promise<void>; onClose: () => void }) {
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
      place={`split-${props.courseId}`}
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
