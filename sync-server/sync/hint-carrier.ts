/** Takes short texts from process to process. Losing one loses time, never data, so nothing is kept for who is away. */
export interface HintCarrier {
  /** No other process hears: nothing is gathered to be sent. */
  readonly alone?: true;
  /** At most `PAYLOAD_CHARACTERS_MAX`, none of them outside ASCII. Rejects, or loses the text without a word, when the way is broken. */
  send(payload: string): Promise<void>;
  /** `hear` gets what any process sends from then on, this one included. Must be called at most once. */
  listen(hear: (payload: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Postgres takes 8,000 bytes. */
export const PAYLOAD_CHARACTERS_MAX = 7_500;

/** One name for all schools of a Redis: a hint of another school names scopes that nobody here holds. */
export const HINT_CHANNEL = "mochila_hints";
