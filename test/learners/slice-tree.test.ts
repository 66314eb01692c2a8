/**
 * The tree over slices: any cover by whole subtrees gives the bits of the tree, and no other does.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineTree, cover, isSubtree, type Span, splitOf } from '../../learners/slice-tree.ts';

const leaf = ({ from, to }: Span) => (to - from === 1 ? `${from}` : undefined);
const join = (left: string, right: string) => `(${left} ${right})`;
const key = ({ from, to }: Span) => `${from}-${to}`;

/** Every subtree, from the rule as the protocol states it. */
function subtrees(slices: number): Set<string> {
  const found = new Set<string>();
  const visit = (from: number, to: number): void => {
    found.add(`${from}-${to}`);
    if (to - from === 1) return;
    let half = 1;
    while (half * 2 < to - from) half *= 2;
    visit(from, from + half);
    visit(from + half, to);
  };
  visit(0, slices);
  return found;
}

const owned = fc
  .integer({ min: 1, max: 200 })
  .chain((slices) => fc.tuple(fc.constant(slices), fc.uniqueArray(fc.nat(slices - 1))));

describe('the tree over slices', () => {
  it('splits after the largest power of two below the number of slices', () => {
    const shown = (slices: number) => combineTree({ from: 0, to: slices }, leaf, join);
    expect([1, 2, 3, 4, 5, 6].map(shown)).toEqual([
      '0',
      '(0 1)',
      '((0 1) 2)',
      '((0 1) (2 3))',
      '(((0 1) (2 3)) 4)',
      '(((0 1) (2 3)) (4 5))',
    ]);
    expect(splitOf({ from: 10, to: 12 })).toBe(11);
    expect(splitOf({ from: 0, to: 65_536 })).toBe(32_768);
    expect(splitOf({ from: 0, to: 65_537 })).toBe(65_536);
    expect(splitOf({ from: 7, to: 7 + 2 ** 30 + 1 })).toBe(7 + 2 ** 30);
  });

  it('knows its subtrees', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), (slices) => {
        const whole = subtrees(slices);
        for (let from = 0; from < slices; from++) {
          for (let to = from + 1; to <= slices + 1; to++) {
            expect([from, to, isSubtree(slices, { from, to })]).toEqual([
              from,
              to,
              whole.has(`${from}-${to}`),
            ]);
          }
        }
        for (const span of [
          { from: 0, to: 0 },
          { from: 1, to: 0 },
          { from: -1, to: slices },
          { from: slices, to: slices + 1 },
        ]) {
          expect(isSubtree(slices, span)).toBe(false);
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('a cover', () => {
  it('is made of the fewest whole subtrees, in order, and covers what is owned and no more', () => {
    fc.assert(
      fc.property(owned, ([slices, list]) => {
        const spans = cover(slices, new Set(list));
        const covered = spans.flatMap(({ from, to }) =>
          Array.from({ length: to - from }, (_, i) => from + i),
        );
        expect(covered).toEqual([...list].sort((a, b) => a - b));
        const whole = subtrees(slices);
        expect(spans.filter((span) => !whole.has(key(span)))).toEqual([]);
        // The fewest: no span lies in a larger subtree that is owned as a whole.
        const has = new Set(list);
        for (const text of whole) {
          const [from, to] = text.split('-').map(Number) as [number, number];
          const all = Array.from({ length: to - from }, (_, i) => from + i).every((i) =>
            has.has(i),
          );
          if (all) expect(spans.some((span) => span.from <= from && to <= span.to)).toBe(true);
        }
      }),
    );
  });

  it('of a run of slices needs few shares: at most two for each level of the tree', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4_096 }), fc.nat(), fc.nat(), (slices, a, b) => {
        const [from, to] = [a % slices, b % (slices + 1)].sort((x, y) => x - y) as [number, number];
        const run = Array.from({ length: to - from }, (_, i) => from + i);
        expect(cover(slices, new Set(run)).length).toBeLessThanOrEqual(
          2 * Math.ceil(Math.log2(slices + 1)),
        );
      }),
    );
  });
});

describe('[P36] the sum along the tree', () => {
  const nodes = fc
    .integer({ min: 1, max: 100 })
    .chain((slices) => fc.array(fc.nat(6), { minLength: slices, maxLength: slices }));

  it('is the same, order of additions included, whoever holds and sums which slices', () => {
    fc.assert(
      fc.property(nodes, (holderOf) => {
        const slices = holderOf.length;
        const known = new Map<string, string>();
        for (const node of new Set(holderOf)) {
          const own = new Set(holderOf.flatMap((holder, i) => (holder === node ? [i] : [])));
          for (const span of cover(slices, own)) {
            known.set(key(span), combineTree(span, leaf, join));
          }
        }
        const root = { from: 0, to: slices };
        const taken: string[] = [];
        const sumOf = (span: Span) => {
          const sum = known.get(key(span));
          if (sum !== undefined) taken.push(key(span));
          return sum;
        };
        expect(combineTree(root, sumOf, join)).toBe(combineTree(root, leaf, join));
        // Every share once: an exact, disjoint cover.
        expect(taken.sort()).toEqual([...known.keys()].sort());
      }),
    );
  });

  it('of floating-point numbers has the same bits, where another order has not', () => {
    const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), {
      minLength: 2,
      maxLength: 40,
    });
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.boolean()), (numbers, coin) => {
        const value = ({ from, to }: Span) => (to - from === 1 ? numbers[from] : undefined);
        const add = (a: number, b: number) => a + b;
        const root = { from: 0, to: numbers.length };
        const one = new Set(numbers.flatMap((_, i) => (coin.next().value ? [i] : [])));
        const other = new Set(numbers.flatMap((_, i) => (one.has(i) ? [] : [i])));
        const shares = new Map(
          [one, other].flatMap((own) =>
            cover(numbers.length, own).map((span) => [key(span), combineTree(span, value, add)]),
          ),
        );
        const summed = combineTree(root, (span) => shares.get(key(span)), add);
        expect(Object.is(summed, combineTree(root, value, add))).toBe(true);
      }),
    );
    const tenths = [0.1, 0.2, 0.3];
    const tree = combineTree(
      { from: 0, to: 3 },
      ({ from, to }) => (to - from === 1 ? tenths[from] : undefined),
      (a, b) => a + b,
    );
    expect(tree).toBe(0.1 + 0.2 + 0.3);
    expect(tree).not.toBe(0.1 + (0.2 + 0.3));
  });

  it('refuses to leave out a slice, and says which', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 64 }), fc.nat(), (slices, at) => {
        const lost = at % slices;
        const some = (span: Span) => (span.from === lost ? undefined : leaf(span));
        expect(() => combineTree({ from: 0, to: slices }, some, join)).toThrow(
          new RangeError(`no sum covers slice ${lost}`),
        );
      }),
    );
  });
});
