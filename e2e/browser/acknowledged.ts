import type { Page, Request } from "playwright-core";

export interface Acknowledged {
  readonly id: string;
  readonly rev: string;
}

interface PushBody {
  readonly pushes: readonly { collection: string; rows: readonly { newDocumentState: { id: string; rev: string } }[] }[];
}
interface PushAnswer {
  readonly results: readonly { collection: string; conflicts: readonly { id: string }[] }[];
}

/** Notes every write that the server told this device it has. */
export function collectAcknowledged(page: Page, into: Acknowledged[]): void {
  const note = async (request: Request): Promise<void> => {
    if (!request.url().endsWith("/api/sync/push")) return;
    const response = await request.response();
    if (!response?.ok()) return;
    const { results } = (await response.json()) as PushAnswer;
    for (const push of (request.postDataJSON() as PushBody).pushes) {
      const answered = new Set(results.find((one) => one.collection === push.collection)?.conflicts.map((one) => one.id));
      for (const { newDocumentState } of push.rows) if (!answered.has(newDocumentState.id)) into.push({ id: newDocumentState.id, rev: newDocumentState.rev });
    }
  };
  // An answer that was cut in the middle acknowledges nothing.
  page.on("requestfinished", (request) => void note(request).catch(() => undefined));
}
