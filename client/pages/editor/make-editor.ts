import { gapCursor } from "prosemirror-gapcursor";
import { EditorState } from "prosemirror-state";
import { tableEditing } from "prosemirror-tables";
import { EditorView } from "prosemirror-view";
import type { Awareness } from "y-protocols/awareness";
import { initProseMirrorDoc, redo, undo, ySyncPlugin, yUndoPlugin } from "y-prosemirror";
import type * as Y from "yjs";
import { imageTypes } from "@mochila/shared/files/file.ts";
import type { FileStore } from "../../person.ts";
import { type LabelWords, labelsPlugin } from "./block-labels.ts";
import { cursorsPlugin } from "./cursors.ts";
import { keyPlugins } from "./keys.ts";
import { PictureView } from "./picture-view.ts";
import { schema } from "./schema.ts";

export interface EditorParts extends LabelWords {
  readonly mount: HTMLElement;
  readonly fragment: Y.XmlFragment;
  readonly awareness: Awareness;
  readonly files: Pick<FileStore, "open" | "close">;
  /** What a screen reader calls the text. */
  readonly label: string;
  readonly lang: string;
  isEditable(): boolean;
  nameOf(userId: string): string;
  awayText(): string;
  /** After every change of text or selection. */
  onState(state: EditorState): void;
  onLink(): void;
  onPictures(files: readonly File[]): void;
}

const picturesOf = (data: DataTransfer | null): File[] => [...(data?.files ?? [])].filter((file) => (imageTypes as readonly string[]).includes(file.type));

/** An editor over a shared document, and what it takes to end it. The fragment holds at least one block. */
export function makeEditor(parts: EditorParts): EditorView {
  const { doc, mapping } = initProseMirrorDoc(parts.fragment, schema);
  const takePictures = (data: DataTransfer | null): boolean => {
    const pictures = parts.isEditable() ? picturesOf(data) : [];
    if (pictures.length > 0) parts.onPictures(pictures);
    return pictures.length > 0;
  };
  return new EditorView(parts.mount, {
    state: EditorState.create({
      doc,
      plugins: [ySyncPlugin(parts.fragment, { mapping }), yUndoPlugin(), cursorsPlugin(parts), labelsPlugin(parts), ...keyPlugins(parts.onLink), gapCursor(), tableEditing()],
    }),
    editable: () => parts.isEditable(),
    attributes: { class: "read editing", role: "textbox", "aria-multiline": "true", "aria-label": parts.label, "aria-placeholder": parts.placeholder(), lang: parts.lang, spellcheck: "true" },
    nodeViews: { image: (node) => new PictureView(node, parts.files, parts.awayText) },
    handlePaste: (_view, event) => takePictures(event.clipboardData),
    handleDrop: (_view, event) => takePictures(event.dataTransfer),
    dispatchTransaction(this: EditorView, tr) {
      this.updateState(this.state.apply(tr));
      parts.onState(this.state);
    },
  });
}

export const undoOwn = undo;
export const redoOwn = redo;
