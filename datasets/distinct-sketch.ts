/**
 * How many different values there are: exact while they are few, then an estimate, in the memory of
 * a few thousand numbers.
 *
 * The smallest of the values' hashes are kept (Bar-Yossef et al., 2002): when the k-th smallest lies
 * at share s of all hashes, there are about (k - 1) / s values, with a standard error of 3 %. What is
 * kept does not depend on the order of the values, nor on how they were shared out.
 */

/** Hashes kept, and so the most different values that are counted exactly. */
export const distinctExactMax = 1024;
const slots = 8192;
const range = 2 ** 52;

export class DistinctSketch {
  /** Hashes from 1 on; 0 is a free slot. */
  readonly #table = new Float64Array(slots);
  #count = 0;
  /** No larger hash is of interest. */
  #limit = range;
  /** First half of it. */
  #limitHigh = 2 ** 32 - 1;

  /** Takes the values that are not NaN; of one column all must be of one type. */
  addNumbers(values: Float64Array | Float32Array): void {
    const words = values.BYTES_PER_ELEMENT / 4;
    const bits = new Int32Array(values.buffer, values.byteOffset, values.length * words);
    for (let i = 0; i < values.length; i++) {
      if (Number.isNaN(values[i]!)) continue;
      const first = bits[i * words]!;
      const last = words === 2 ? bits[i * 2 + 1]! : 0;
      const high = mix(first ^ Math.imul(last, 0x9e3779b1));
      if (high <= this.#limitHigh) this.#add(high, mix(last ^ Math.imul(first, 0x85ebca77)));
    }
  }

  /** Takes a value by two hashes of it, each of 32 bits. */
  addHashes(first: number, second: number): void {
    const high = mix(first);
    if (high <= this.#limitHigh) this.#add(high, mix(second));
  }

  /** The kept hashes, ascending. */
  kept(): Float64Array {
    const all = this.#table.filter((key) => key > 0).sort();
    return all.slice(0, distinctExactMax + 1);
  }

  #add(high: number, low: number): void {
    const key = high * 2 ** 20 + (low >>> 12) + 1;
    if (key > this.#limit) return;
    const table = this.#table;
    let slot = slotOf(key);
    while (table[slot]! > 0) {
      if (table[slot] === key) return;
      slot = (slot + 1) & (slots - 1);
    }
    table[slot] = key;
    this.#count++;
    if (this.#count > 2 * distinctExactMax) this.#thin();
  }

  #thin(): void {
    const kept = this.kept();
    this.#limit = kept[kept.length - 1]!;
    this.#limitHigh = Math.floor((this.#limit - 1) / 2 ** 20);
    this.#table.fill(0);
    this.#count = 0;
    for (const key of kept) this.#put(key);
  }

  #put(key: number): void {
    let slot = slotOf(key);
    while (this.#table[slot]! > 0) slot = (slot + 1) & (slots - 1);
    this.#table[slot] = key;
    this.#count++;
  }
}

function slotOf(key: number): number {
  return key % slots;
}

/** Murmur3's finish, as a whole number from 0 to 2^32 - 1. */
function mix(bits: number): number {
  let x = bits;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

export interface Distinct {
  readonly count: number;
  readonly exact: boolean;
}

/** How many different values several sketches have seen together. */
export function distinctOf(kept: readonly Float64Array[]): Distinct {
  const all = Float64Array.from(new Set(kept.flatMap((hashes) => [...hashes]))).sort();
  if (all.length <= distinctExactMax) return { count: all.length, exact: true };
  const share = all[distinctExactMax - 1]! / range;
  return { count: Math.round((distinctExactMax - 1) / share), exact: false };
}
