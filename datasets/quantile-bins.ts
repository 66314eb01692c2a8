/**
 * Bins of a column: at most 255 for its values and one more for missing, so a cell is one byte.
 *
 * Few distinct values get a bin each, others bins of about equal frequency, cut midway between
 * neighbouring values. Each bin keeps the lowest and highest value seen in it, so that a threshold
 * can later be laid midway between two occupied bins. The bins depend on the sampled values alone,
 * not on their order. The file knows no learner.
 */
import type { Column } from './frame.ts';

export const BINS_MAX = 255;

export interface ColumnBins {
  /** Bins for values, 1 to 255; the code of missing is `count`. */
  readonly count: number;
  /** Lowest and highest value seen in each bin, ascending. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Bin b holds the values above edges[b - 1] and up to edges[b]; Infinity from count - 1 on. */
  readonly edges: Float64Array;
}

/**
 * Quantile bins of a number column.
 *
 * @param values sampled values without NaN; sorted in place
 * @param binsMax 2 to 255
 */
export function quantileBins(values: Float64Array, binsMax = BINS_MAX): ColumnBins {
  values.sort();
  let distinct = 0;
  for (let i = 0; i < values.length; i++) {
    if (i === 0 || values[i] !== values[i - 1]) distinct++;
  }
  const lower: number[] = [];
  const upper: number[] = [];
  let left = values.length;
  let filled = 0;
  for (let from = 0; from < values.length; ) {
    const to = runEnd(values, from);
    // Adding zero turns -0 into 0.
    if (filled === 0) lower.push(values[from]! + 0);
    filled += to - from;
    distinct--;
    const binsLeft = binsMax - upper.length;
    // A bin closes when it has its share of what is left, or when the next value needs its own:
    // because it is frequent, or because there are bins for all distinct values still to come.
    const share = left / binsLeft;
    const next = to < values.length ? runEnd(values, to) - to : 0;
    const full = filled >= share || (filled + next > share && next >= share);
    if (to === values.length || (binsLeft > 1 && (full || distinct < binsLeft))) {
      upper.push(values[to - 1]! + 0);
      left -= filled;
      filled = 0;
    }
    from = to;
  }
  // A column without a single value: one bin that only missing stands beside.
  return withEdges(lower.length > 0 ? lower : [0], upper.length > 0 ? upper : [0]);
}

/** Index after the last value equal to the one at `from`; values are sorted. */
function runEnd(values: Float64Array, from: number): number {
  const value = values[from];
  let to = from + 1;
  while (to < values.length && values[to] === value) to++;
  return to;
}

/**
 * Bins of a level column in the order of its levels: one a level up to `binsMax` levels, beyond that
 * neighbouring levels share a bin in equal numbers.
 */
export function levelBins(levels: number, binsMax = BINS_MAX): ColumnBins {
  const count = Math.max(1, Math.min(levels, binsMax));
  const starts = Array.from({ length: count + 1 }, (_, b) =>
    Math.ceil((b * Math.max(1, levels)) / count),
  );
  return withEdges(
    starts.slice(0, count),
    starts.slice(1).map((start) => start - 1),
  );
}

function withEdges(lower: readonly number[], upper: readonly number[]): ColumnBins {
  const count = upper.length;
  const edges = new Float64Array(256).fill(Number.POSITIVE_INFINITY);
  for (let b = 0; b + 1 < count; b++) edges[b] = midway(upper[b]!, lower[b + 1]!);
  return { count, lower: Float64Array.from(lower), upper: Float64Array.from(upper), edges };
}

/** The middle of low < high, kept in [low, high) whatever rounding or overflow does. */
export function midway(low: number, high: number): number {
  const middle = (low + high) / 2;
  return middle >= low && middle < high ? middle : low;
}

/** Values of a number or level column as numbers: level codes as they are, missing as NaN. */
export function numbersOf(column: Column): Float64Array | Float32Array {
  if (column.kind === 'number') return column.values;
  if (column.kind === 'text') throw new TypeError('a text column has no numbers');
  return Float64Array.from(column.codes, (code) => (code < 0 ? Number.NaN : code));
}

/**
 * Writes the bin of `values[rows[i]]` to `out[offset + i * stride]`.
 */
export function writeBins(
  bins: ColumnBins,
  values: Float64Array | Float32Array,
  rows: Int32Array,
  out: Uint8Array,
  offset: number,
  stride: number,
): void {
  const { count, edges } = bins;
  for (let i = 0, at = offset; i < rows.length; i++, at += stride) {
    const value = values[rows[i]!]!;
    out[at] = Number.isNaN(value) ? count : search(edges, value);
  }
}

/** Number of edges below the value, by halving 256 entries; sums of comparisons, no branches. */
function search(edges: Float64Array, value: number): number {
  let b = Number(value > edges[127]!) << 7;
  b += Number(value > edges[b + 63]!) << 6;
  b += Number(value > edges[b + 31]!) << 5;
  b += Number(value > edges[b + 15]!) << 4;
  b += Number(value > edges[b + 7]!) << 3;
  b += Number(value > edges[b + 3]!) << 2;
  b += Number(value > edges[b + 1]!) << 1;
  return b + Number(value > edges[b]!);
}
