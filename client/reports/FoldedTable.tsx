import { For } from "solid-js";
import { useReportWords } from "./words.ts";

export interface Column<Row> {
  readonly head: string;
  readonly of: (row: Row) => string;
  /** Numbers stand to the right, under each other. */
  readonly number?: boolean;
  /** The language of what stands there, where it is not the app's. */
  readonly langOf?: (row: Row) => string;
}

interface FoldedTableProps<Row> {
  /** What the picture above shows. */
  readonly title: string;
  /** The first names the row. */
  readonly columns: readonly [Column<Row>, ...Column<Row>[]];
  readonly rows: readonly Row[];
}

/** The figures of a picture as a table, folded until somebody asks: for those who do not see the picture, and for copying. */
export function FoldedTable<Row>(props: FoldedTableProps<Row>) {
  const words = useReportWords();
  return (
    <details class="as-table">
      <summary>{words("reports.asTable")}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label={words("reports.tableOf", { title: props.title })}>
        <table class="table">
          <thead>
            <tr>
              <For each={props.columns}>{(column) => <th scope="col" classList={{ n: column.number }}>{column.head}</th>}</For>
            </tr>
          </thead>
          <tbody>
            <For each={props.rows}>
              {(row) => (
                <tr>
                  <th scope="row" lang={props.columns[0].langOf?.(row)}>{props.columns[0].of(row)}</th>
                  <For each={props.columns.slice(1)}>{(column) => <td classList={{ n: column.number }}>{column.of(row)}</td>}</For>
                </tr>
              )}
            </For>
          </tbody>
        </table>
      </div>
    </details>
  );
}
