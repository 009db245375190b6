import { items } from "@mochila/shared/pages/schema.ts";
import type { FindAuthors } from "../sync/history.ts";

/** More publications of one page than anybody looks through. */
const WISHES_MAX = 500;

/**
 * Who asked for a published text: the server writes it, in fulfilment of the newest wish that stood then. A wish is a change of `publish` in
 * the page's own history. Of the first text nothing says when it was written: it is of the wish before that of the second.
 */
export const findPublishers: FindAuthors = async (sql, collection, versions) => {
  const page = versions[0]?.fields["itemId"];
  if (collection !== items.name || typeof page !== "string") return [];
  const wishes = await sql<{ at: Date; by: string }[]>`
    select at, replaced_by as by from (
      select id, at, replaced_by, body -> 'publish' ->> 'rev' as before,
        lead(body -> 'publish' ->> 'rev', 1, (select body -> 'publish' ->> 'rev' from doc_items where id = ${page}::uuid)) over (order by id) as after
      from doc_history where document = ${page}::uuid and coll = ${items.number}) as change
    where replaced_by is not null and after is not null and after is distinct from before order by id desc limit ${WISHES_MAX}`;
  let newest = 0;
  return versions.map(({ at }) => {
    const by = wishes.findIndex((one, index) => index >= newest && (at === null || one.at.getTime() <= at));
    newest = by === -1 ? wishes.length : by;
    const wish = wishes[newest];
    newest += 1;
    return wish ? { by: wish.by, at: wish.at.getTime() } : null;
  });
};
