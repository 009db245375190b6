import { HandedLinks, Letters, LINKS_BATCH_MAX } from "@mochila/shared/admin/links.ts";
import { createAsked } from "../../ui/asked.ts";
import { useAsk } from "../../users/own-calls.ts";

/** Batches of links, each made when it is asked for. */
export type LinkBatches = AsyncGenerator<HandedLinks, void>;

/** What an administrator asks about links that go through their hands. Each throws CodedError. */
export function useLinkCalls() {
  const ask = useAsk();
  const batch = async (path: string, body: unknown) => HandedLinks.parse(await (await ask(path, "POST", body)).json());
  return {
    ofPeople: async function* (ids: readonly string[]): LinkBatches {
      for (let at = 0; at < ids.length; at += LINKS_BATCH_MAX) yield await batch("/api/admin/links", { people: ids.slice(at, at + LINKS_BATCH_MAX) });
    },
    ofImport: async function* (id: string): LinkBatches {
      for (let after: number | null = 0; after !== null; ) {
        const links: HandedLinks = await batch(`/api/admin/imports/${id}/links`, { after });
        yield links;
        after = links.last;
      }
    },
  };
}

/** Whether this school sends letters; undefined: not known yet, or the school could not be asked. */
export function createSendsLetters() {
  const ask = useAsk();
  return createAsked(() => ask("/api/admin/letters").then(async (answer) => Letters.parse(await answer.json()).sends, () => undefined)).answer;
}
