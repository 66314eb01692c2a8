/**
 * A sample of a column's values that comes out the same in any order and any grouping of the rows.
 *
 * A row counts where its hash lies below a threshold, and the threshold halves until no more rows
 * count than there is room for: the threshold follows from the rows alone. Up to `sampleMax` values
 * all are kept; of more, at least half as many on average.
 */
import { hashRow } from '../datasets/row-hash.ts';

export const sampleMax = 16_384;
/** Keys the hash: rows are held out by that of the bare seed, and none of those below would be left. */
const SAMPLED = 0x73616d70;

export interface ValueSample {
  /** How often the threshold has been halved. */
  readonly halvings: number;
  /** Hashes ascending, with the value of each; equal hashes by value. */
  readonly hashes: Uint32Array;
  readonly values: Float64Array;
}

/**
 * @param rows positions in the column; row r of the data set is `firstRow + position`
 * @param seed keys the hash
 */
export function sampleValues(
  values: Float64Array | Float32Array,
  rows: Int32Array,
  firstRow: number,
  seed: number,
): ValueSample {
  const hashes: number[] = [];
  const kept: number[] = [];
  const key = hashRow(seed, SAMPLED);
  let threshold = 2 ** 32;
  let halvings = 0;
  for (const row of rows) {
    const value = values[row]!;
    if (!Number.isFinite(value)) continue;
    const hash = hashRow(key, firstRow + row);
    if (hash >= threshold) continue;
    hashes.push(hash);
    kept.push(value + 0);
    while (hashes.length > sampleMax) {
      threshold /= 2;
      halvings++;
      let at = 0;
      for (let i = 0; i < hashes.length; i++) {
        if (hashes[i]! >= threshold) continue;
        hashes[at] = hashes[i]!;
        kept[at++] = kept[i]!;
      }
      hashes.length = at;
      kept.length = at;
    }
  }
  return sorted(halvings, hashes, kept);
}

/** The sample over the rows of both. */
export function mergeSamples(a: ValueSample, b: ValueSample): ValueSample {
  let halvings = Math.max(a.halvings, b.halvings);
  for (;;) {
    const threshold = 2 ** 32 / 2 ** halvings;
    const [fromA, fromB] = [below(a.hashes, threshold), below(b.hashes, threshold)];
    if (fromA + fromB <= sampleMax) {
      const hashes = [...a.hashes.subarray(0, fromA), ...b.hashes.subarray(0, fromB)];
      const values = [...a.values.subarray(0, fromA), ...b.values.subarray(0, fromB)];
      return sorted(halvings, hashes, values);
    }
    halvings++;
  }
}

/** Number of hashes below the threshold. */
function below(hashes: Uint32Array, threshold: number): number {
  let [from, to] = [0, hashes.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (hashes[middle]! < threshold) from = middle + 1;
    else to = middle;
  }
  return from;
}

function sorted(
  halvings: number,
  hashes: readonly number[],
  values: readonly number[],
): ValueSample {
  const order = Array.from(hashes, (_, i) => i);
  order.sort((i, j) => hashes[i]! - hashes[j]! || values[i]! - values[j]!);
  return {
    halvings,
    hashes: Uint32Array.from(order, (i) => hashes[i]!),
    values: Float64Array.from(order, (i) => values[i]!),
  };
}

/** The value below which a part `q` of the sorted values lies, between two neighbours by proportion. */
export function quantile(ascending: Float64Array, q: number): number {
  const at = q * (ascending.length - 1);
  const low = Math.floor(at);
  const from = ascending[low]!;
  const to = ascending[Math.min(low + 1, ascending.length - 1)]!;
  return from === to ? from : from * (1 - (at - low)) + to * (at - low);
}
