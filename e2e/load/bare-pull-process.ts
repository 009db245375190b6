// The least a server can do for a pull: node:http and the driver. Streams a feed in its order as JSON. Prints its port.
import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { openDatabase } from "@mochila/sync-server/db/pool.ts";

const ROWS_AT_ONCE = 200;
const { sql } = openDatabase(process.argv[2] ?? "", { socket: process.argv[3] || undefined });

async function stream(scope: string, response: ServerResponse): Promise<void> {
  const rows = sql<{ id: string; rev: string; body: Record<string, unknown> }[]>`
    select stored.id, stored.rev, stored.body from scope
    join scope_doc as entry on entry.scope_id = scope.id and entry.coll = 6 and entry.op = 'P'
    join doc_drafts as stored on stored.id = entry.doc_id and not stored.deleted
    where scope.name = ${scope} order by entry.xid, entry.seq`;
  response.writeHead(200, { "content-type": "application/json" });
  let before = "[";
  for await (const some of rows.cursor(ROWS_AT_ONCE)) {
    const text = some.map(({ id, rev, body }) => JSON.stringify({ id, ...body, rev })).join(",");
    if (!response.write(before + text)) await once(response, "drain");
    before = ",";
  }
  response.end("]");
}

const server = createServer((request, response) => {
  stream(decodeURIComponent((request.url ?? "").slice(1)), response).catch((error: unknown) => response.destroy(error as Error));
}).listen(0, "127.0.0.1", () => console.log((server.address() as AddressInfo).port));
