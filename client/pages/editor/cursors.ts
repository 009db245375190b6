import { Plugin, PluginKey } from "prosemirror-state";
import { Decoration, DecorationSet, type EditorView } from "prosemirror-view";
import type { Awareness } from "y-protocols/awareness";
import { absolutePositionToRelativePosition, relativePositionToAbsolutePosition, ySyncPluginKey } from "y-prosemirror";
import * as Y from "yjs";
import { sameValue } from "@mochila/shared/sync/change.ts";

/** What another person shows, as the server passes it on. */
export interface PeerState {
  readonly user?: { readonly userId: string; readonly color: number };
  readonly cursor?: { readonly anchor: unknown; readonly head: unknown } | null;
}

interface Binding {
  readonly doc: Y.Doc;
  readonly type: Y.XmlFragment;
  readonly binding: { readonly mapping: Map<Y.AbstractType<unknown>, never> } | null;
}

export interface CursorParts {
  readonly awareness: Awareness;
  /** The name of a person in this course; empty while unknown. */
  nameOf(userId: string): string;
}

const key = new PluginKey<DecorationSet>("cursors");

/** A bar with a name that fades after three seconds (a style of `.caret`). Colours are classes: a style attribute would break the policy. */
function caret(name: string, color: number): HTMLElement {
  const bar = document.createElement("span");
  bar.className = "caret";
  bar.dataset["peer"] = String(color);
  const flag = document.createElement("span");
  flag.textContent = name;
  bar.append(flag);
  bar.setAttribute("aria-hidden", "true");
  return bar;
}

function toAbsolute({ doc, type, binding }: Binding, position: unknown, size: number): number | null {
  if (!binding) return null;
  try {
    const at: number | null = relativePositionToAbsolutePosition(doc, type, Y.createRelativePositionFromJSON(position), binding.mapping);
    return at === null ? null : Math.min(Math.max(at, 0), size);
  } catch {
    // A place that is gone, or that a foreign editor made up.
    return null;
  }
}

function decorate(view: { state: EditorView["state"] }, { awareness, nameOf }: CursorParts): DecorationSet {
  const sync = ySyncPluginKey.getState(view.state) as Binding | undefined;
  if (!sync?.binding) return DecorationSet.empty;
  const { doc } = view.state;
  const decorations: Decoration[] = [];
  for (const [client, state] of awareness.getStates() as Map<number, PeerState>) {
    if (client === awareness.clientID || !state.cursor || !state.user) continue;
    const anchor = toAbsolute(sync, state.cursor.anchor, doc.content.size);
    const head = toAbsolute(sync, state.cursor.head, doc.content.size);
    if (anchor === null || head === null) continue;
    const { color, userId } = state.user;
    const name = nameOf(userId);
    decorations.push(Decoration.widget(head, () => caret(name, color), { key: `${client}:${head}:${name}`, side: 10 }));
    if (anchor !== head) decorations.push(Decoration.inline(Math.min(anchor, head), Math.max(anchor, head), { class: "peer-selection", "data-peer": String(color) }));
  }
  return DecorationSet.create(doc, decorations);
}

/** Tells the others where this person's cursor is, unless it stands where it stood. Gone when the editor has no focus. */
function tell(view: EditorView, { awareness }: CursorParts): void {
  const sync = ySyncPluginKey.getState(view.state) as Binding | undefined;
  if (!sync?.binding) return;
  const { anchor, head } = view.state.selection;
  const toRelative = (at: number): unknown => Y.relativePositionToJSON(absolutePositionToRelativePosition(at, sync.type, sync.binding?.mapping as never));
  const cursor = view.hasFocus() ? { anchor: toRelative(anchor), head: toRelative(head) } : null;
  const before = (awareness.getLocalState() as PeerState | null)?.cursor ?? null;
  if (!sameValue(before, cursor)) awareness.setLocalStateField("cursor", cursor);
}

/** The others' cursors and selections, with names. */
export const cursorsPlugin = (parts: CursorParts): Plugin =>
  new Plugin<DecorationSet>({
    key,
    state: {
      init: () => DecorationSet.empty,
      apply: (tr, before, _old, state) => (tr.getMeta(key) || tr.getMeta(ySyncPluginKey) ? decorate({ state }, parts) : before.map(tr.mapping, tr.doc)),
    },
    props: { decorations: (state) => key.getState(state) },
    view: (view) => {
      const onChange = () => setTimeout(() => !view.isDestroyed && view.dispatch(view.state.tr.setMeta(key, true)), 0);
      const onFocus = () => tell(view, parts);
      parts.awareness.on("change", onChange);
      view.dom.addEventListener("focusin", onFocus);
      view.dom.addEventListener("focusout", onFocus);
      return {
        update: () => tell(view, parts),
        destroy: () => {
          parts.awareness.off("change", onChange);
          view.dom.removeEventListener("focusin", onFocus);
          view.dom.removeEventListener("focusout", onFocus);
          parts.awareness.setLocalStateField("cursor", null);
        },
      };
    },
  });
