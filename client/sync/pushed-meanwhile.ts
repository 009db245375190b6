/** Two tries are enough but for somebody who writes without a pause, and the next page of theirs comes anyway. */
const ASKED_AGAIN_MAX = 2;

export interface PushedMeanwhile {
  /** The server has answered for these documents. */
  answered(ids: readonly string[]): void;
  /** A page that was read after the last answer for each document in it. */
  freshPage<Page extends { readonly documents: readonly { readonly id: string }[] }>(pull: () => Promise<Page>): Promise<Page>;
}

/**
 * Duty: a page is not put over what the server has taken from this device after it read the page.
 * What would go wrong: (1) the app is closed with a push on its way, (2) at the next start a page is read, (3) the push arrives, (4) the write is
 * offered once more and answered, (5) the page comes, and the person sees what they had before, until the next page.
 * How: such a page is asked for once more, from the same place.
 */
export function makePushedMeanwhile(): PushedMeanwhile {
  let during = new Set<string>();
  return {
    answered: (ids) => {
      for (const id of ids) during.add(id);
    },
    freshPage: async (pull) => {
      for (let again = 0; ; again += 1) {
        const page = await pull();
        // A page may have been asked for while the one before was waited for: what was answered then counts too.
        const before = during;
        during = new Set();
        if (again >= ASKED_AGAIN_MAX || !page.documents.some(({ id }) => before.has(id))) return page;
      }
    },
  };
}
