/** Randomness as a parameter, so that a simulation can be replayed. Every other file takes a `Random`. */
export interface Random {
  /** `count` fresh bytes. In production from the platform's cryptographic source. */
  bytes(count: number): Uint8Array;
  /** A number in [0, 1) for jitter and sampling; never for secrets. */
  fraction(): number;
}

declare const crypto: { getRandomValues<T extends Uint8Array | Uint32Array>(into: T): T };

export const systemRandom: Random = {
  bytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
  fraction: () => (crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) / 2 ** 32,
};
