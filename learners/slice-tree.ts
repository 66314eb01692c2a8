/**
 * The fixed binary tree over the index of slices, along which contributions are combined.
 *
 * A run of `n` slices splits after the largest power of two below `n`. Floating-point sums depend on
 * the order of addition; here it follows from the number of slices alone, so any nodes may sum any
 * whole subtrees and the result has the same bits. Knows no message and no learner.
 */

/** Slices `from` up to `to`, not including `to`. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** Where the run splits into its two subtrees. @param span at least two slices */
export function splitOf(span: Span): number {
  const size = span.to - span.from;
  return span.from + 2 ** (31 - Math.clz32(size - 1));
}

/** The fewest whole subtrees of the tree over `slices` that make up these slices, in index order. */
export function cover(slices: number, owned: ReadonlySet<number>): Span[] {
  const found: Span[] = [];
  const visit = (span: Span): boolean => {
    if (span.to - span.from === 1) return owned.has(span.from);
    const middle = splitOf(span);
    const left = { from: span.from, to: middle };
    const right = { from: middle, to: span.to };
    const hasLeft = visit(left);
    const hasRight = visit(right);
    if (hasLeft && hasRight) return true;
    if (hasLeft) found.push(left);
    if (hasRight) found.push(right);
    return false;
  };
  const root = { from: 0, to: slices };
  if (visit(root)) found.push(root);
  return found.sort((a, b) => a.from - b.from);
}

/** Whether the span is one whole subtree of the tree over `slices`. */
export function isSubtree(slices: number, span: Span): boolean {
  let at: Span = { from: 0, to: slices };
  for (;;) {
    if (span.from === at.from && span.to === at.to) return true;
    if (at.to - at.from <= 1) return false;
    const middle = splitOf(at);
    at = span.from < middle ? { from: at.from, to: middle } : { from: middle, to: at.to };
    if (span.from < at.from || span.to > at.to) return false;
  }
}

/**
 * Combines along the tree.
 * @param span the subtree to sum
 * @param sumOf the sum of a subtree where it is known already, undefined to go down
 * @throws RangeError where the known sums leave out a slice
 */
export function combineTree<T>(
  span: Span,
  sumOf: (span: Span) => T | undefined,
  combine: (left: T, right: T) => T,
): T {
  const known = sumOf(span);
  if (known !== undefined) return known;
  if (span.to - span.from <= 1) throw new RangeError(`no sum covers slice ${span.from}`);
  const middle = splitOf(span);
  const left = combineTree({ from: span.from, to: middle }, sumOf, combine);
  const right = combineTree({ from: middle, to: span.to }, sumOf, combine);
  return combine(left, right);
}
