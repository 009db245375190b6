import type { EditorState } from "prosemirror-state";
import type { EditorView as ProseMirrorView } from "prosemirror-view";
import { createSignal, type JSX, onCleanup, onMount } from "solid-js";
import { CodedError } from "@mochila/shared/errors.ts";
import { imageTypes } from "@mochila/shared/files/file.ts";
import { FILE_BYTES_MAX } from "@mochila/shared/limits.ts";
import { formatBytes, formatLanguage } from "../../i18n/formats.ts";
import { useWords } from "../../i18n/words.ts";
import { usePerson } from "../../person.ts";
import { showToast } from "../../ui/toast.ts";
import { takeText } from "../text-to-restore.ts";
import { useEditorActions } from "./actions.ts";
import { BlockPanel } from "./BlockPanel.tsx";
import { blockLabel } from "./block-names.ts";
import { insertImage, linkAt, replaceText, setLink } from "./commands.ts";
import { LinkDialog } from "./LinkDialog.tsx";
import { makeEditor, undoOwn } from "./make-editor.ts";
import type { RoomSession } from "./room-session.ts";
import { Toolbar } from "./Toolbar.tsx";
import { useEditorWords } from "./words.ts";

interface TextEditorProps {
  readonly session: RoomSession;
  readonly courseId: string;
  readonly itemId: string;
  /** Read once, when the editor is made, and again at every change. */
  readonly editable: boolean;
  nameOf(userId: string): string;
  /** At the end of the toolbar. */
  readonly tail: JSX.Element;
  /** Between toolbar and text: the title. */
  readonly head: JSX.Element;
}

/** The editor over one language's text, with its tools. Made anew for each language. */
export function TextEditor(props: TextEditorProps) {
  const words = useEditorWords();
  const app = useWords();
  const { files } = usePerson();
  const actions = useEditorActions(props.itemId);
  const [state, setState] = createSignal<EditorState | null>(null, { equals: false });
  const [address, setAddress] = createSignal<string | null>(null);
  let mount: HTMLDivElement | undefined;
  let picker: HTMLInputElement | undefined;
  let view: ProseMirrorView | undefined;

  const run = (command: (state: EditorState, dispatch: ProseMirrorView["dispatch"], view: ProseMirrorView) => boolean) => {
    if (!view) return;
    command(view.state, (tr) => view?.dispatch(tr), view);
  };
  const edit: typeof run = (command) => {
    run(command);
    view?.focus();
  };
  const openLink = () => {
    if (view && props.editable) setAddress(linkAt(view.state));
  };
  const addPictures = async (pictures: readonly File[]) => {
    for (const file of pictures) {
      try {
        const id = await actions.addPicture(props.courseId, file);
        edit(insertImage({ file: id, alt: "" }));
      } catch (error) {
        const tooLarge = error instanceof CodedError && error.code === "too_large";
        showToast(tooLarge ? words("editor.pictureTooLarge", { size: formatBytes(FILE_BYTES_MAX) }) : words("editor.pictureFailed"));
      }
    }
  };
  /** An old text that the person brings from the history. */
  const restoreText = () => {
    const old = props.editable ? takeText(props.itemId, props.session.lang) : null;
    if (!old) return;
    try {
      edit(replaceText(old));
      showToast(words("editor.restored"), () => edit(undoOwn));
    } catch (error) {
      console.error(error);
      showToast(words("editor.restoreFailed"));
    }
  };
  onMount(() => {
    if (!mount) return;
    if (props.editable) props.session.begin();
    view = makeEditor({
      mount,
      fragment: props.session.fragment,
      awareness: props.session.awareness,
      files,
      label: words("editor.text", { language: formatLanguage(props.session.lang) }),
      lang: props.session.lang,
      isEditable: () => props.editable,
      nameOf: props.nameOf,
      awayText: () => words("editor.pictureAway"),
      placeholder: () => words("editor.placeholder"),
      labelOf: (block, number) => blockLabel(block, { number, editor: words, page: app }),
      onState: setState,
      onLink: openLink,
      onPictures: (pictures) => void addPictures(pictures),
    });
    setState(view.state);
    // Not before the binding between editor and room has settled.
    const timer = setTimeout(restoreText, 0);
    onCleanup(() => clearTimeout(timer));
  });
  onCleanup(() => view?.destroy());
  return (
    <>
      <Toolbar state={state()} disabled={!props.editable} run={edit} onLink={openLink} onPicture={() => picker?.click()}>
        {props.tail}
      </Toolbar>
      <input
        ref={(element) => (picker = element)}
        type="file"
        hidden
        accept={imageTypes.join()}
        onChange={(event) => {
          void addPictures([...(event.currentTarget.files ?? [])]);
          event.currentTarget.value = "";
        }}
      />
      <div class="edit-body">
        <BlockPanel state={props.editable ? state() : null} run={run} />
        <div class="edit-text">
          {props.head}
          <div ref={(element) => (mount = element)} />
        </div>
      </div>
      <LinkDialog
        address={address()}
        onClose={() => setAddress(null)}
        onSet={(href) => {
          setAddress(null);
          edit(setLink(href));
        }}
      />
    </>
  );
}
