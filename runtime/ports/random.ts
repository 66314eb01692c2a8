/**
 * Random: seeded numbers for jitter and nonces; never for learning, which derives its own streams.
 */
export interface Random {
  /** Uniform in [0, 1). */
  next(): number;
  /** A fresh token of `[a-z0-9]`, unique for all practical purposes. */
  token(length: number): string;
}
