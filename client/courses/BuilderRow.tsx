import { A, useNavigate } from "@solidjs/router";
import { Show } from "solid-js";
import type { Localized } from "@mochila/shared/kernel/schema.ts";
import { useWords } from "../i18n/words.ts";
import { IconButton } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Menu, type MenuEntry } from "../ui/Menu.tsx";
import { showToast } from "../ui/toast.ts";
import type { Ordered } from "./arrange.ts";
import { type RowKind, type RowState, useBuilderActions } from "./builder-actions.ts";
import { useBuilderWords } from "./builder-words.ts";
import type { Naming } from "./NameDialog.tsx";

interface BuilderRowProps {
  readonly kind: RowKind;
  readonly row: { readonly id: string; readonly courseId: string; readonly title: Localized<string>; readonly state: RowState };
  readonly name: string;
  readonly lang: string | undefined;
  readonly siblings: readonly Ordered[];
  /** What around it is not shown, so that nobody sees it yet. */
  readonly within: "course" | "module" | null;
  readonly onName: (naming: Naming) => void;
}

/** What can be done to a module or a page: each by a button that a keyboard reaches, and each can be undone. */
export function BuilderRow(props: BuilderRowProps) {
  const words = useBuilderWords();
  const shell = useWords();
  const navigate = useNavigate();
  const actions = useBuilderActions(props.row.courseId);
  const isShown = () => props.row.state === "published";
  const standing = () => {
    if (!isShown()) return words("builder.hidden");
    if (props.within === "course") return words("builder.shownWithCourse");
    return words(props.within === "module" ? "builder.shownWithModule" : "builder.shown");
  };
  const name = () => ({ name: props.name || shell("course.untitled") });
  // Solid moves the row in the page, and a moved button loses the focus.
  const move = async (step: -1 | 1, button?: HTMLButtonElement) => {
    if (!(await actions.move(props.kind, { id: props.row.id, siblings: props.siblings, step }))) return;
    requestAnimationFrame(() => button?.focus());
    showToast(words("builder.moved"), () => void actions.move(props.kind, { id: props.row.id, siblings: props.siblings, step: step === 1 ? -1 : 1 }));
  };
  const setState = (state: RowState) => void actions.setState(props.kind, props.row.id, state);
  const bin = async () => {
    const before = props.row.state;
    const said = words("builder.binned", name());
    const { id } = props.row;
    await actions.setState(props.kind, id, "trashed");
    showToast(said, () => void actions.setState(props.kind, id, before));
  };
  const rename = () => props.onName({ place: props.row.id, heading: words("builder.renameTitle"), title: props.row.title, save: (title) => actions.rename(props.kind, props.row.id, title) });
  const history = () => `/history/${props.kind === "module" ? "modules" : "items"}/${props.row.id}`;
  const toggle = () => setState(isShown() ? "draft" : "published");
  const entries = (): MenuEntry[] => [
    { icon: "up", text: words("builder.doUp"), run: () => void move(-1) },
    { icon: "down", text: words("builder.doDown"), run: () => void move(1) },
    { icon: "pencil", text: words("builder.doRename"), run: rename },
    { icon: "eye", text: words(isShown() ? "builder.doUnpublish" : "builder.doPublish"), run: toggle },
    { icon: "history", text: words("builder.doHistory"), run: () => navigate(history()) },
    { icon: "trash", text: words("builder.doBin"), run: () => void bin() },
  ];
  return (
    <div class="row builder-row" data-kind={props.kind}>
      <Icon name={props.kind === "module" ? "list" : "file"} />
      <span class="row-main">
        <Show when={props.kind === "page"} fallback={<h2 lang={props.lang}>{name().name}</h2>}>
          <A class="row-title plain-link" href={`/courses/${props.row.courseId}/items/${props.row.id}/edit`} lang={props.lang} aria-label={words("builder.editText", name())}>
            {name().name}
          </A>
        </Show>
        <span class="row-meta">
          <span>{standing()}</span>
        </span>
      </span>
      <div class="row-end wide">
        <IconButton icon="up" label={words("builder.up", name())} onClick={(event) => void move(-1, event.currentTarget)} />
        <IconButton icon="down" label={words("builder.down", name())} onClick={(event) => void move(1, event.currentTarget)} />
        <IconButton icon="pencil" label={words("builder.rename", name())} onClick={rename} />
        <IconButton icon="eye" label={isShown() ? words("builder.unpublish", name()) : words("builder.publish", name())} onClick={toggle} />
        <IconButton icon="history" label={words("builder.history", name())} onClick={() => navigate(history())} />
        <IconButton icon="trash" label={words("builder.bin", name())} onClick={() => void bin()} />
      </div>
      <div class="row-end narrow">
        <Menu label={words("builder.more", name())} entries={entries()} />
      </div>
    </div>
  );
}
