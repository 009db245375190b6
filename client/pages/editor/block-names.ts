import type { Node } from "prosemirror-model";
import type { CalloutKind } from "@mochila/shared/pages/content.ts";
import type { useWords } from "../../i18n/words.ts";
import { schema } from "./schema.ts";
import type { useEditorWords } from "./words.ts";

const { nodes } = schema;

interface Dictionaries {
  readonly number: number;
  readonly editor: ReturnType<typeof useEditorWords>;
  readonly page: ReturnType<typeof useWords>;
}

/** What a call-out, an exercise or a solution is called where it stands: its kind, and its title if it has one. */
export function blockLabel(block: Node, { number, editor, page }: Dictionaries): string | null {
  const kind = block.attrs["kind"] as CalloutKind;
  const names = new Map([
    [nodes.callout, () => page(`page.callout_${kind}`)],
    [nodes.exercise, () => page("page.exercise", { number })],
    [nodes.solution, () => editor("editor.solution")],
  ]);
  const name = names.get(block.type)?.();
  if (name === undefined) return null;
  const title = String(block.attrs["title"]).trim();
  return title && title.toLowerCase() !== name.toLowerCase() ? `${name}: ${title}` : name;
}
