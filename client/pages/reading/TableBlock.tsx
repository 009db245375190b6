import { For, type JSX } from "solid-js";
import { Dynamic } from "solid-js/web";
import type { BlockNode, CellNode } from "@mochila/shared/pages/content.ts";
import { useWords } from "../../i18n/words.ts";
import { InlineText } from "./InlineText.tsx";

/** How the blocks of a cell are drawn; handed in, because blocks draw tables too. */
type DrawBlocks = (content: readonly BlockNode[] | undefined) => JSX.Element;
type TableNode = Extract<BlockNode, { type: "table" }>;

/** A cell with one paragraph shows its words without a paragraph around them. */
function CellContent(props: { content: readonly BlockNode[] | undefined; draw: DrawBlocks }) {
  const only = () => (props.content?.length === 1 ? props.content[0] : undefined);
  const paragraph = () => {
    const block = only();
    return block?.type === "paragraph" ? block : undefined;
  };
  return <>{paragraph() ? <InlineText content={paragraph()?.content} /> : props.draw(props.content)}</>;
}

const Cell = (props: { cell: CellNode; head: boolean; draw: DrawBlocks }) => (
  <Dynamic
    component={props.cell.type === "table_header" ? "th" : "td"}
    scope={props.cell.type === "table_header" ? (props.head ? "col" : "row") : undefined}
    colspan={props.cell.attrs?.colspan}
    rowspan={props.cell.attrs?.rowspan}
    classList={{ n: props.cell.attrs?.align === "end", centre: props.cell.attrs?.align === "center" }}
  >
    <CellContent content={props.cell.content} draw={props.draw} />
  </Dynamic>
);

/** A wide table scrolls in its own region, by keyboard too. */
export function TableBlock(props: { table: TableNode; draw: DrawBlocks }) {
  const words = useWords();
  const rows = () => props.table.content ?? [];
  const headRows = () => (rows()[0]?.content?.every((cell) => cell.type === "table_header") ? 1 : 0);
  return (
    <div class="scroll" tabindex="0" role="group" aria-label={words("page.table")}>
      <table class="table">
        <thead>
          <For each={rows().slice(0, headRows())}>{(row) => <tr><For each={row.content}>{(cell) => <Cell cell={cell} head draw={props.draw} />}</For></tr>}</For>
        </thead>
        <tbody>
          <For each={rows().slice(headRows())}>{(row) => <tr><For each={row.content}>{(cell) => <Cell cell={cell} head={false} draw={props.draw} />}</For></tr>}</For>
        </tbody>
      </table>
    </div>
  );
}
