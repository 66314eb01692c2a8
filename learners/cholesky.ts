/**
 * Cholesky's factor of a symmetric matrix that is not negative, and solutions by it.
 *
 * A column that others already explain, as far as rounding can tell, gets a zero row in the factor
 * and zero in solutions: of all solutions of a singular system, one without that column.
 */

/** Part of a column's own square below which what others leave of it is rounding. */
const PIVOT_MIN = 1e-11;

/** Numbers of a packed lower triangle of n rows; row i begins at i (i + 1) / 2. */
export const triangleLength = (n: number): number => (n * (n + 1)) / 2;

/**
 * @param a n x n, of which the lower half is read
 * @param least pivots up to this are zero whatever the column's own square
 * @param lower receives the packed lower triangle
 */
export function factorise(a: Float64Array, n: number, least: number, lower: Float64Array): void {
  for (let i = 0, row = 0; i < n; row += ++i) {
    for (let j = 0, other = 0; j <= i; other += ++j) {
      let rest = a[i * n + j]!;
      for (let k = 0; k < j; k++) rest -= lower[row + k]! * lower[other + k]!;
      if (i === j) {
        const pivot = rest > Math.max(least, PIVOT_MIN * a[i * n + i]!) ? Math.sqrt(rest) : 0;
        lower[row + i] = pivot;
      } else {
        const pivot = lower[other + j]!;
        lower[row + j] = pivot > 0 ? rest / pivot : 0;
      }
    }
  }
}

/** Solves A x = b in place. */
export function solve(lower: Float64Array, x: Float64Array): void {
  const n = x.length;
  for (let i = 0, row = 0; i < n; row += ++i) {
    const pivot = lower[row + i]!;
    let rest = x[i]!;
    for (let k = 0; k < i; k++) rest -= lower[row + k]! * x[k]!;
    x[i] = pivot > 0 ? rest / pivot : 0;
  }
  for (let i = n - 1, row = triangleLength(n - 1); i >= 0; row -= i--) {
    const pivot = lower[row + i]!;
    const value = pivot > 0 ? x[i]! / pivot : 0;
    x[i] = value;
    for (let k = 0; k < i; k++) x[k]! -= lower[row + k]! * value;
  }
}
