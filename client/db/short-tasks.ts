import { type DBCore, type DBCoreMutateRequest, type DBCoreMutateResponse, type DBCorePutRequest, type DBCoreTable, Dexie } from "dexie";

/** Handed over in one task of the page: some 25 ms of a computer's time, 100 ms of a cheap phone's. */
const ROWS_AT_ONCE = 200;

/**
 * Dexie's own middleware asks what transaction it is in by the promise it is called from. So what waits for more than one step lies under it, and gives
 * it a promise of Dexie's.
 */
export const BELOW_DEXIES_OWN = -10;

/**
 * Duty: a large write does not hold up the page.
 * How: its rows are handed over in parts, the next when the first row of the one before is stored. In between the page answers, and the storage
 * has the other rows to go on with: the write takes no longer. All parts are of the caller's transaction.
 * What the caller must not do: begin another write of the same rows before this one has ended, which would be overtaken; or go on with the
 * transaction after a failure.
 */
export const shortTasks = { stack: "dbcore", name: "short-tasks", level: BELOW_DEXIES_OWN, create: (core: DBCore): DBCore => ({ ...core, table: (name) => inParts(core.table(name)) }) } as const;

/** Rows with their keys in them, as they are: nothing else in the request stands place by place beside them. */
const isPlainPut = (request: DBCoreMutateRequest): request is DBCorePutRequest => request.type === "put" && !request.keys && !request.updates && !request.criteria;

const inParts = (table: DBCoreTable): DBCoreTable => ({
  ...table,
  mutate: (request) => (isPlainPut(request) && request.values.length > ROWS_AT_ONCE ? Dexie.Promise.resolve(putInParts(table, request)) : table.mutate(request)),
});

async function putInParts(table: DBCoreTable, request: DBCorePutRequest): Promise<DBCoreMutateResponse> {
  const rows = request.values as readonly unknown[];
  const put = (from: number, to: number) => table.mutate({ ...request, values: rows.slice(from, to) });
  const putFrom = async (at: number): Promise<DBCoreMutateResponse[]> => {
    const next = at + ROWS_AT_ONCE;
    const first = put(at, at + 1);
    const rest = at + 1 < rows.length ? [put(at + 1, next)] : [];
    return (await Promise.all([first, ...rest, putAfter(first, next)])).flat();
  };
  const putAfter = async (first: Promise<DBCoreMutateResponse>, next: number): Promise<DBCoreMutateResponse[]> => {
    const { numFailures } = await first;
    // After a failure the transaction has ended: what would follow would fail with a reason that says nothing.
    return numFailures > 0 || next >= rows.length ? [] : putFrom(next);
  };
  return joined(await putFrom(0));
}

/** As if it had been one write: failures by the place of their row in all of them. */
function joined(answers: readonly DBCoreMutateResponse[]): DBCoreMutateResponse {
  const all: DBCoreMutateResponse & { results: unknown[] } = { numFailures: 0, failures: {}, lastResult: answers.at(-1)?.lastResult as unknown, results: [] };
  for (const { numFailures, failures, results = [] } of answers) {
    for (const [place, failure] of Object.entries(failures)) all.failures[all.results.length + Number(place)] = failure;
    all.numFailures += numFailures;
    for (const result of results as unknown[]) all.results.push(result);
  }
  return all;
}
