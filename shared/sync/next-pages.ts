import * as z from "zod/mini";
import { Checkpoint } from "./checkpoint.ts";
import type { PullResponse } from "./pull-response.ts";

/** W1, F10. */
export const version = 1;

/**
 * Header of an answer to a pull: where the pages after this one begin, by collection, for those that have `more`. It comes before the
 * body, so that a device may ask for the next page while this one is on its way. A hint: whoever does not read it loses time.
 */
export const NEXT_PAGES_HEADER = "mochila-next-pages";
export const NextPages = z.record(z.string(), Checkpoint);
export type NextPages = z.infer<typeof NextPages>;

export const nextPagesOf = ({ results }: { readonly results: readonly Omit<PullResponse["results"][number], "documents">[] }): NextPages =>
  Object.fromEntries(results.flatMap(({ collection, checkpoint = null, more }) => (more ? [[collection, checkpoint]] : [])));

/** What the header says; nothing if it is absent or not ours. */
export function readNextPages(header: string | null): NextPages {
  if (header === null) return {};
  try {
    return NextPages.parse(JSON.parse(header));
  } catch {
    return {};
  }
}
