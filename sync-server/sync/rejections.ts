import { DOCUMENT_BYTES_MAX } from "@mochila/shared/limits.ts";
import type { Transaction } from "../db/database.ts";

/** More refused bodies than this say nothing new about a device that went astray, and would fill the disk. */
const BODIES_PER_PERSON_MAX = 500;

export interface Rejection {
  readonly collection: string;
  readonly id: string;
  readonly rev: string;
  readonly code: string;
  readonly message: string;
  readonly sent: unknown;
}

/** JSON as text, which holds what jsonb refuses; null when it is larger than any document may be. */
function bodyOf(sent: unknown): string | null {
  try {
    const json = JSON.stringify(sent);
    return json.length <= DOCUMENT_BYTES_MAX ? json : null;
  } catch {
    // Nested too deep to be written: no document of ours is.
    return null;
  }
}

/** Text columns take no NUL and no half of a surrogate pair; ids and revisions that are none may hold them. */
const plain = (text: string): string => text.replaceAll(/[^\x20-\x7e]/g, "?");

/** Keeps what was refused, once per document and revision, for 30 days: audit, and the last copy if a device loses its own. */
export async function keepRejections(transaction: Transaction, userId: string, rejections: readonly Rejection[]): Promise<void> {
  if (rejections.length === 0) return;
  await transaction`
    insert into push_reject (user_id, collection, document, rev, code, body)
    select ${userId}::uuid, refused.collection, refused.document, refused.rev, refused.code,
      case when (select count(*) from push_reject where user_id = ${userId}::uuid) < ${BODIES_PER_PERSON_MAX} then refused.body end
    from unnest(${rejections.map(({ collection }) => collection)}::text[], ${rejections.map(({ id }) => plain(id))}::text[],
      ${rejections.map(({ rev }) => plain(rev))}::text[], ${rejections.map(({ code }) => code)}::text[],
      ${rejections.map(({ sent }) => bodyOf(sent))}::text[]) as refused (collection, document, rev, code, body)
    where (select count(*) from push_reject where user_id = ${userId}::uuid) < ${BODIES_PER_PERSON_MAX * 20}
    on conflict do nothing`;
}
