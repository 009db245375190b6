import { PUSH_ROWS_MAX } from "@mochila/shared/limits.ts";
import { NEXT_PAGES_HEADER, readNextPages } from "@mochila/shared/sync/next-pages.ts";
import type { PersonOverHttp } from "../browser/person.ts";
import type { DraftDocument } from "./drafts.ts";

async function post(url: string, token: string, body: string): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", "accept-encoding": "identity" };
  const answer = await fetch(url, { method: "POST", headers, body });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

/**
 * A whole first pull of a person's drafts, page by page, answers left unread as far as that is possible: the server is what is measured. Asks for
 * the next page when the head of this one is here, as the app does. Returns bytes.
 */
export async function pullDrafts(url: string, { token }: PersonOverHttp): Promise<number> {
  let bytes = Promise.resolve(0);
  for (let checkpoint: string | null = null; ; ) {
    const answer = await post(`${url}/api/sync/pull`, token, JSON.stringify({ pulls: [{ collection: "drafts", checkpoint }] }));
    const before = bytes;
    bytes = answer.arrayBuffer().then(async ({ byteLength }) => (await before) + byteLength);
    const next = readNextPages(answer.headers.get(NEXT_PAGES_HEADER))["drafts"];
    if (next === undefined) return bytes;
    checkpoint = next;
  }
}

/** The bodies of the requests that push these documents as new ones. */
export function pushBodies(documents: readonly DraftDocument[]): string[] {
  const bodies: string[] = [];
  for (let from = 0; from < documents.length; from += PUSH_ROWS_MAX) {
    const rows = documents.slice(from, from + PUSH_ROWS_MAX).map((newDocumentState) => ({ newDocumentState }));
    bodies.push(JSON.stringify({ pushes: [{ collection: "drafts", rows }] }));
  }
  return bodies;
}

/** Sends a push and makes sure that everything in it was taken. */
export async function pushBody(url: string, { token }: PersonOverHttp, body: string): Promise<void> {
  const { results } = (await (await post(`${url}/api/sync/push`, token, body)).json()) as { results: { conflicts: unknown[] }[] };
  if (results.length !== 1 || results.some(({ conflicts }) => conflicts.length > 0)) throw new Error("not everything that was pushed was taken");
}
