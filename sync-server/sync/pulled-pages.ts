import type { PullResponse } from "@mochila/shared/sync/pull-response.ts";

type Result = PullResponse["results"][number];

/** Of one collection. Its documents are JSON texts as the database wrote them, commas between: from there to the device nobody has to read them. */
export type PulledPage = Omit<Result, "documents"> & { readonly documents?: string };

/** The answer to a pull, in the order of the request. */
export interface PulledPages {
  readonly results: readonly PulledPage[];
}

/** The answer as it goes to the device. */
export function pagesText({ results }: PulledPages): string {
  const pages = results.map(({ documents, ...page }) => {
    const text = JSON.stringify(page);
    return documents === undefined ? text : `${text.slice(0, -1)},"documents":[${documents}]}`;
  });
  return `{"results":[${pages.join(",")}]}`;
}

/** What the device reads. */
export const readPages = (pages: PulledPages): PullResponse => JSON.parse(pagesText(pages)) as PullResponse;
