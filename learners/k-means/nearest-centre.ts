/**
 * The nearest centre of each row, by squared Euclidean distance; of equal ones the first.
 *
 * Four centres are measured side by side, so that their sums do not wait for each other. Set columns
 * cost one addition each: with every level of a row at 0 the distance is the centre's own square,
 * and a level that is set adds 1 - 2c. Sums run in the order of columns.
 */
import type { Shape } from './k-means-params.ts';

export interface Centres {
  /** Number of centres, rounded up to a multiple of four. */
  readonly padded: number;
  readonly numbers: number;
  readonly codes: number;
  /** Numbers of four centres side by side: `padded / 4 x numbers x 4`. */
  readonly quads: Float64Array;
  /** Squared distance of each centre's levels from none; infinite for those that fill up. */
  readonly bases: Float64Array;
  /** What a set column adds, `levels + 1` times `padded`; the last adds nothing. */
  readonly terms: Float64Array;
}

/** @param centres `k x width`, row-major */
export function layOut(
  { layout, numbers }: Pick<Shape, 'layout' | 'numbers'>,
  centres: Float64Array,
): Centres {
  const { width } = layout;
  const k = centres.length / width;
  const padded = Math.ceil(k / 4) * 4;
  const quads = new Float64Array(padded * numbers);
  const bases = new Float64Array(padded).fill(Number.POSITIVE_INFINITY);
  const terms = new Float64Array((width - numbers + 1) * padded);
  for (let c = 0; c < k; c++) {
    for (let d = 0; d < numbers; d++) {
      quads[((c >> 2) * numbers + d) * 4 + (c & 3)] = centres[c * width + d]!;
    }
    let square = 0;
    for (let column = numbers; column < width; column++) {
      const value = centres[c * width + column]!;
      square += value * value;
      terms[(column - numbers) * padded + c] = 1 - 2 * value;
    }
    bases[c] = square;
  }
  return { padded, numbers, codes: layout.codes, quads, bases, terms };
}

/**
 * @param x scaled numbers of the rows, row-major
 * @param listed set columns of the rows, from `from` on
 * @param labels receives the index of the nearest centre
 * @param distances receives the squared distance, never negative
 */
export function assign(
  centres: Centres,
  x: Float64Array,
  listed: Int32Array,
  from: number,
  count: number,
  labels: Int32Array,
  distances: Float64Array,
): void {
  const { padded, numbers, codes, quads, bases, terms } = centres;
  for (let i = 0; i < count; i++) {
    let best = Number.POSITIVE_INFINITY;
    let label = 0;
    for (let c = 0; c < padded; c += 4) {
      let a = bases[c]!;
      let b = bases[c + 1]!;
      let d = bases[c + 2]!;
      let e = bases[c + 3]!;
      for (let n = 0, at = c * numbers, xAt = i * numbers; n < numbers; n++, at += 4, xAt++) {
        const value = x[xAt]!;
        const p = value - quads[at]!;
        const q = value - quads[at + 1]!;
        const r = value - quads[at + 2]!;
        const s = value - quads[at + 3]!;
        a += p * p;
        b += q * q;
        d += r * r;
        e += s * s;
      }
      for (let n = 0; n < codes; n++) {
        const at = (listed[from + i * codes + n]! - numbers) * padded + c;
        a += terms[at]!;
        b += terms[at + 1]!;
        d += terms[at + 2]!;
        e += terms[at + 3]!;
      }
      const low = Math.min(a, b, d, e);
      if (low < best) {
        best = low;
        label = c + (low === a ? 0 : low === b ? 1 : low === d ? 2 : 3);
      }
    }
    labels[i] = label;
    distances[i] = Math.max(best, 0);
  }
}
