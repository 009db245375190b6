import { isQuotaExceeded } from "./quota.ts";

const WAIT_MS_MIN = 50;
/** Long enough to cost nothing, short enough that room made by the person is used at once. */
const WAIT_MS_MAX = 5_000;

export interface StorageFailure {
  /** The disk is full; the receiver makes room before it resolves. */
  readonly quota: boolean;
  /** What failed to be written came from the server: it can come again. */
  readonly pulled: boolean;
  readonly error: unknown;
}

export interface InsistOptions {
  wait(ms: number): Promise<void>;
  /** Told of every failure. */
  onFailure(failure: StorageFailure): Promise<void>;
}

interface Attempts extends InsistOptions {
  readonly pulled?: boolean;
  /** Whether trying again cannot help. */
  isFinal(error: unknown): boolean;
}

/** Works on storage until it succeeds, with growing pauses. */
export async function insist<Result>(work: () => Promise<Result>, { wait, onFailure, isFinal, pulled = false }: Attempts): Promise<Result> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (isFinal(error)) throw error;
      await onFailure({ quota: isQuotaExceeded(error), pulled, error });
      await wait(Math.min(WAIT_MS_MAX, WAIT_MS_MIN * 2 ** attempt));
    }
  }
}
