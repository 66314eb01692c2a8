/**
 * Seeded random integers that are the same on every machine.
 *
 * `hash32` keys a stream by what it is for (seed, tree, node, ...), never by the order of calls;
 * `Xoshiro` then draws from it. Integer arithmetic and exact products only.
 */

/** Murmur3's 32-bit finaliser (public domain, Austin Appleby): every input bit moves every output bit. */
export function mix32(h: number): number {
  let x = h ^ (h >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Hash of a list of unsigned 32-bit integers. */
export function hash32(...words: readonly number[]): number {
  let h = 0x9e3779b9;
  for (const word of words)
    h = mix32(Math.imul(h ^ mix32(word + 0x7f4a7c15), 0x27d4eb2f) + 0x165667b1);
  return h >>> 0;
}

/** xoshiro128** 1.1 by David Blackman and Sebastiano Vigna (public domain), seeded by splitmix32. */
export class Xoshiro {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  constructor(seed: number) {
    this.#a = mix32(seed + 0x9e3779b9);
    this.#b = mix32(seed + 0x3c6ef372);
    this.#c = mix32(seed + 0xdaa66d2b);
    // Never all zero: one word is odd.
    this.#d = mix32(seed + 0x78dde6e4) | 1;
  }

  /** An unsigned 32-bit integer. */
  next(): number {
    const m = Math.imul(this.#b, 5);
    const out = Math.imul((m << 7) | (m >>> 25), 9) >>> 0;
    const t = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= t;
    this.#d = (this.#d << 11) | (this.#d >>> 21);
    return out;
  }

  /** A whole number from 0 to n - 1, for 1 <= n <= 2^31; the bias is below n / 2^32. */
  below(n: number): number {
    return Math.floor((this.next() / 2 ** 32) * n);
  }
}
