import { PUSH_ROWS_MAX, REQUEST_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { PushRow } from "@mochila/shared/sync/push-request.ts";

/** Well below the server's bound: the rows are measured in UTF-16 units, and a lost answer costs a whole part. */
const PART_CHARACTERS_MAX = REQUEST_BYTES_MAX / 4;

export interface PushPart {
  readonly collection: string;
  readonly rows: readonly PushRow[];
}

/**
 * Cuts what waits into requests: registry order is kept inside a request and between requests, so that a course is written before
 * what hangs on it. `waiting` is in registry order.
 */
export function pushRequests(waiting: readonly PushPart[]): PushPart[][] {
  const requests: PushPart[][] = [];
  let parts: { collection: string; rows: PushRow[] }[] = [];
  let rows = 0;
  let characters = 0;
  const flush = () => {
    if (parts.length > 0) requests.push(parts);
    [parts, rows, characters] = [[], 0, 0];
  };
  for (const { collection, rows: all } of waiting) {
    for (const row of all) {
      const size = JSON.stringify(row).length;
      if (rows > 0 && (rows + 1 > PUSH_ROWS_MAX || characters + size > PART_CHARACTERS_MAX)) flush();
      let part = parts.at(-1);
      if (part?.collection !== collection) parts.push((part = { collection, rows: [] }));
      part.rows.push(row);
      rows += 1;
      characters += size;
    }
  }
  flush();
  return requests;
}

/** Halves of a request that was refused as a whole, to find the row that is to blame; null if there is only one row. */
export function halves(request: readonly PushPart[]): [PushPart[], PushPart[]] | null {
  const rows = request.flatMap(({ collection, rows: some }) => some.map((row) => ({ collection, row })));
  if (rows.length < 2) return null;
  const join = (some: typeof rows): PushPart[] =>
    some.reduce<{ collection: string; rows: PushRow[] }[]>((parts, { collection, row }) => {
      const part = parts.at(-1);
      if (part?.collection === collection) part.rows.push(row);
      else parts.push({ collection, rows: [row] });
      return parts;
    }, []);
  const middle = rows.length >> 1;
  return [join(rows.slice(0, middle)), join(rows.slice(middle))];
}
