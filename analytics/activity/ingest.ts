import { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { ClickHouseClient } from "@clickhouse/client";
import { EVENT_COLUMNS, type SealedBatch } from "@mochila/shared/activity/row.ts";

/** Written to the socket in pieces of this size: the server answers others in between. */
const CHARACTERS_PER_CHUNK = 256 * 1_024;

function* inChunks(lines: string): Generator<Buffer> {
  for (let from = 0; from < lines.length; from += CHARACTERS_PER_CHUNK) yield Buffer.from(lines.slice(from, from + CHARACTERS_PER_CHUNK));
}

/**
 * One sealed batch, one insert. The failure that the settings prevent: (1) the insert succeeds and its answer is lost, or the process
 * dies between the table and one of its rollups; (2) the same batch is sent again; (3) the table drops it by its token, and each rollup
 * decides for itself whether it has this token already, so that the missing ones are filled and the others stay.
 */
export async function ingestBatch(client: ClickHouseClient, batch: SealedBatch): Promise<void> {
  const { stream } = await client.exec({
    query: `INSERT INTO activity_event (${EVENT_COLUMNS.join(", ")}) FORMAT TabSeparated`,
    values: Readable.from(inChunks(batch.lines), { objectMode: false }),
    clickhouse_settings: {
      async_insert: 0,
      insert_deduplicate: 1,
      deduplicate_blocks_in_dependent_materialized_views: 1,
      insert_deduplication_token: batch.id,
      // A batch is one block: the tokens of its parts cannot differ between two tries.
      max_insert_block_size: "1048576",
      // The answer comes after the rows are stored, also from a server that would begin it earlier.
      wait_end_of_query: 1,
    },
  });
  // An answer has no content; an unread one would hold its connection.
  await finished(stream.resume());
}
