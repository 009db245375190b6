import { KNOWN_TO_NO_SERVER, type LastTaken, type Taken, takenOf } from "@mochila/client/sync/last-taken.ts";
import type { RowAnswer } from "@mochila/client/sync/push-channel.ts";
import type { Revision } from "@mochila/shared/sync/revision.ts";

/** The last write that the server has taken and no page has brought back, as the app keeps it (E3), on a simulated device. */
export class KeptTaken implements LastTaken {
  #kept: Taken | null = null;
  #brought: { readonly collection: string; readonly rev: string } | null = null;

  note(answers: readonly RowAnswer[]): void {
    for (const answer of answers) if (!answer.row.again) this.#kept = takenOf(answer) ?? this.#kept;
  }

  say(): Promise<Revision | null> {
    return Promise.resolve(this.#kept && { id: this.#kept.id, rev: this.#kept.rev });
  }

  arrived(collection: string, documents: readonly { readonly id: string; readonly rev?: unknown }[]): void {
    const kept = this.#kept;
    if (kept && documents.some(({ id, rev }) => id === kept.id && rev === kept.stands)) this.#brought = { collection, rev: kept.rev };
  }

  written(collection: string): Promise<void> {
    if (this.#brought?.collection === collection) {
      if (this.#kept?.rev === this.#brought.rev) this.#kept = null;
      this.#brought = null;
    }
    return Promise.resolve();
  }

  beginAgain(): Promise<void> {
    return this.replace(KNOWN_TO_NO_SERVER);
  }

  replace(taken: Taken | null): Promise<void> {
    this.#kept = taken;
    return Promise.resolve();
  }
}
