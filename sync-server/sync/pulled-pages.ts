import type { PullResponse } from "@mochila/shared/sync/pull-response.ts";

type Result = PullResponse["results"][number];

/** Of one collection. Its documents are JSON texts as the database wrote them: between it and the device nobody has to read them. */
export type PulledPage = Omit<Result, "documents"> & { readonly documents?: readonly string[] };

/** The answer to a pull, in the order of the request. */
export interface PulledPages {
  readonly results: readonly PulledPage[];
}

/** What PostgreSQL writes for an object without fields. */
const EMPTY = "{}";

/** The text of a document: its body with the two fields that have columns of their own. */
export const documentText = ({ id, rev, body }: { id: string; rev: string | null; body: string }): string =>
  `{"id":${JSON.stringify(id)},${body === EMPTY ? "" : `${body.slice(1, -1)},`}"rev":${JSON.stringify(rev)}}`;

export const removalText = (id: string): string => JSON.stringify({ id, _deleted: true });

/** The answer as it goes to the device. */
export function pagesText({ results }: PulledPages): string {
  const pages = results.map(({ documents, ...page }) => {
    const text = JSON.stringify(page);
    return documents ? `${text.slice(0, -1)},"documents":[${documents.join(",")}]}` : text;
  });
  return `{"results":[${pages.join(",")}]}`;
}

/** What the device reads. */
export const readPages = (pages: PulledPages): PullResponse => JSON.parse(pagesText(pages)) as PullResponse;
