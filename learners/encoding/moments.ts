/**
 * Count, mean and sum of squared deviations of many columns at once, which combine along the tree.
 *
 * `cells` columns lie in one Float64Array as counts, then means, then squared deviations. Two halves
 * are joined by the formula of Chan, Golub and LeVeque (1979), which does not cancel where the mean
 * is large against the spread. Counts are exact; the rest is equal for equal trees.
 */

/** Numbers that the moments of this many columns take. */
export const momentsLength = (cells: number): number => 3 * cells;

/**
 * Measures columns of a row-major table; NaN counts for nothing.
 *
 * @param values `groups.length x columns`, row-major
 * @param groups group of each row, each with cells of its own; null for one group
 * @param out moments of `groups x columns` cells; zeros on entry
 */
export function measureMoments(
  values: Float64Array,
  columns: number,
  groups: Int32Array | null,
  out: Float64Array,
): void {
  const cells = out.length / 3;
  const means = out.subarray(cells, 2 * cells);
  const squares = out.subarray(2 * cells);
  const rows = columns === 0 ? 0 : values.length / columns;
  for (let row = 0, at = 0; row < rows; row++) {
    const cell = groups === null ? 0 : groups[row]! * columns;
    for (let c = 0; c < columns; c++, at++) {
      const value = values[at]!;
      if (Number.isNaN(value)) continue;
      out[cell + c]!++;
      means[cell + c]! += value;
    }
  }
  for (let i = 0; i < cells; i++) if (out[i]! > 0) means[i]! /= out[i]!;
  for (let row = 0, at = 0; row < rows; row++) {
    const cell = groups === null ? 0 : groups[row]! * columns;
    for (let c = 0; c < columns; c++, at++) {
      const off = values[at]! - means[cell + c]!;
      if (!Number.isNaN(off)) squares[cell + c]! += off * off;
    }
  }
}

/** Joins the moments of two disjoint sets of rows into `out`. */
export function combineMoments(left: Float64Array, right: Float64Array, out: Float64Array): void {
  const cells = out.length / 3;
  for (let i = 0, m = cells, s = 2 * cells; i < cells; i++, m++, s++) {
    const a = left[i]!;
    const b = right[i]!;
    const count = a + b;
    const apart = right[m]! - left[m]!;
    out[i] = count;
    // A side without values has mean and deviations 0 and must not move the other's.
    out[m] = a === 0 ? right[m]! : left[m]! + (b === 0 ? 0 : (apart * b) / count);
    out[s] = left[s]! + right[s]! + (a === 0 || b === 0 ? 0 : apart * apart * ((a * b) / count));
  }
}
