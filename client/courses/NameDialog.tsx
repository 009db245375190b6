import { createMemo, createSignal, For, on } from "solid-js";
import type { Language, Localized } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { formatLanguage } from "../i18n/formats.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { createTypedOf } from "../users/typed.ts";
import { useBuilderWords } from "./builder-words.ts";
import { cleanTitle } from "./clean-title.ts";

/** A name that is asked for: what for, what stands there now, and what to do with it. */
export interface Naming {
  /** Of what, so that what was typed for it comes back to it. */
  readonly place: string;
  readonly heading: string;
  readonly title: Localized<string>;
  save(title: Localized<string>): Promise<unknown>;
}

interface NameDialogProps {
  readonly naming: Naming | null;
  readonly languages: readonly Language[];
  readonly onClose: () => void;
}

/** A name in each language of the course; one is enough. */
export function NameDialog(props: NameDialogProps) {
  const builder = useBuilderWords();
  // Once: what stands there may change under the words that are typed.
  const before = createMemo(on(() => props.naming, (naming) => naming?.title ?? {}));
  const typed = createTypedOf<Localized<string>>(() => `name-${props.naming?.place ?? ""}`, () => ({}));
  const title = () => ({ ...before(), ...typed().value() });
  const cleaned = () => cleanTitle(title());
  const [busy, setBusy] = createSignal(false);
  /** Escape and a touch beside it leave what was typed for the next time. */
  const cancel = () => {
    typed().done();
    props.onClose();
  };
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = cleaned();
    if (Object.keys(name).length === 0 || busy()) return;
    setBusy(true);
    try {
      const sent = typed();
      await props.naming?.save(name);
      sent.done();
      props.onClose();
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog
      open={props.naming !== null}
      title={props.naming?.heading ?? ""}
      onClose={() => props.onClose()}
      onCancel={cancel}
      actions={
        <Button type="submit" form="name-form" busy={busy()} disabled={Object.keys(cleaned()).length === 0}>
          {builder("builder.save")}
        </Button>
      }
    >
      <form id="name-form" onSubmit={(event) => void submit(event)}>
        <For each={props.languages}>
          {(lang) => (
            <Field
              label={builder("builder.nameIn", { language: formatLanguage(lang) })}
              lang={lang}
              maxlength={TITLE_CHARACTERS_MAX}
              value={title()[lang] ?? ""}
              onInput={(event) => typed().set({ ...typed().value(), [lang]: event.currentTarget.value })}
            />
          )}
        </For>
      </form>
    </Dialog>
  );
}
