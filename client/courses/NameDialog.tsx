import { createEffect, createSignal, For } from "solid-js";
import type { Language, Localized } from "@mochila/shared/kernel/schema.ts";
import { TITLE_CHARACTERS_MAX } from "@mochila/shared/limits.ts";
import { formatLanguage } from "../i18n/formats.ts";
import { useWords } from "../i18n/words.ts";
import { Button } from "../ui/Button.tsx";
import { Dialog } from "../ui/Dialog.tsx";
import { Field } from "../ui/Field.tsx";
import { useBuilderWords } from "./builder-words.ts";

/** A name that is asked for: what for, what stands there now, and what to do with it. */
export interface Naming {
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
  const words = useWords();
  const builder = useBuilderWords();
  const [title, setTitle] = createSignal<Localized<string>>({});
  createEffect(() => setTitle({ ...props.naming?.title }));
  const cleaned = () => Object.fromEntries(Object.entries(title()).flatMap(([lang, text]) => (text?.trim() ? [[lang, text.trim()]] : []))) as Localized<string>;
  const submit = async (event: SubmitEvent) => {
    event.preventDefault();
    const name = cleaned();
    if (Object.keys(name).length === 0) return;
    await props.naming?.save(name);
    props.onClose();
  };
  return (
    <Dialog
      open={props.naming !== null}
      title={props.naming?.heading ?? ""}
      onClose={() => props.onClose()}
      actions={
        <>
          <Button look="bare" onClick={() => props.onClose()}>
            {words("shell.cancel")}
          </Button>
          <Button type="submit" form="name-form" disabled={Object.keys(cleaned()).length === 0}>
            {builder("builder.save")}
          </Button>
        </>
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
              onInput={(event) => setTitle({ ...title(), [lang]: event.currentTarget.value })}
            />
          )}
        </For>
      </form>
    </Dialog>
  );
}
