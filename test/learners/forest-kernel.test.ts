/**
 * Both kernels grow, node for node, the trees of the plain reference grower.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Xoshiro } from '../../learners/random.ts';
import { growBestFirst } from '../../learners/random-forest/best-first-grower.ts';
import { balancedWeights } from '../../learners/random-forest/class-weights.ts';
import {
  type BinnedRows,
  type GrownTree,
  type GrowthLimits,
  LEAF,
  MISSING_LEFT,
} from '../../learners/random-forest/kernel.ts';
import { cutAt } from '../../learners/random-forest/random-cuts.ts';
import { growInTypeScript } from '../../learners/random-forest/tree-grower.ts';
import { fitsWasm, growInWasm } from '../../learners/random-forest/tree-grower-wasm.ts';
import { referenceTree } from './reference-grower.ts';

const quiet = () => undefined;

interface Shape {
  readonly weighted?: boolean;
  readonly rows: number;
  readonly bins: readonly number[];
  readonly classes: number;
  readonly seed: number;
}

/** Random cells; a feature's last code is missing and comes up as often as any other. */
function tableOf({ rows, bins, classes, seed, weighted = false }: Shape): BinnedRows {
  const features = bins.length;
  const stride = ((features + 3) >> 2) * 4 + (classes === 0 ? 8 : 4);
  const cells = new Uint8Array(rows * stride);
  const words = new Int32Array(cells.buffer);
  const random = new Xoshiro(seed);
  for (let row = 0; row < rows; row++) {
    bins.forEach((count, f) => {
      cells[row * stride + f] = random.below(count + (seed % 2));
    });
    const tail = ((row + 1) * stride) / 4 - (classes === 0 ? 2 : 1);
    words[tail] = classes === 0 ? random.below(2 ** 30) : random.below(classes);
  }
  const binCounts = Uint16Array.from(bins);
  const lower = new Float64Array(features * 256);
  // Bins of unequal width.
  for (let at = 0, value = 0; at < lower.length; at++) lower[at] = value += random.below(1000);
  const table = { rows, features, classes, stride, cells, binCounts, lower };
  return weighted && classes > 0 ? { ...table, classWeights: balancedWeights(table) } : table;
}

const shape = (classes: fc.Arbitrary<number>): fc.Arbitrary<Shape> =>
  fc.record({
    rows: fc.integer({ min: 1, max: 200 }),
    bins: fc.array(fc.constantFrom(1, 2, 3, 8, 60, 255), { minLength: 1, maxLength: 9 }),
    classes,
    seed: fc.nat(2 ** 31),
    weighted: fc.constantFrom(false, false, true),
  });

const limits = (features: number): fc.Arbitrary<GrowthLimits> =>
  fc.record({
    featuresPerNode: fc.integer({ min: 1, max: features }),
    maxDepth: fc.constantFrom(Number.POSITIVE_INFINITY, 1, 4),
    minSamplesLeaf: fc.constantFrom(1, 1, 2, 7),
    minSamplesSplit: fc.constantFrom(2, 2, 5),
    bootstrap: fc.boolean(),
    randomCuts: fc.constantFrom(false, false, true),
    maxLeaves: fc.constant(Number.POSITIVE_INFINITY),
  });

const plain: GrowthLimits = {
  featuresPerNode: 1,
  maxDepth: Number.POSITIVE_INFINITY,
  minSamplesLeaf: 1,
  minSamplesSplit: 2,
  bootstrap: false,
  randomCuts: false,
  maxLeaves: Number.POSITIVE_INFINITY,
};

const kernelsFor = (table: BinnedRows, limit: GrowthLimits) => [
  growInTypeScript(table, limit),
  ...(fitsWasm(table, limit) ? [growInWasm(table, limit)] : []),
];

describe('tree kernel', () => {
  for (const [name, classes] of [
    ['two classes', fc.constant(2)],
    ['several classes', fc.constantFrom(1, 3, 7, 40)],
    ['regression', fc.constant(0)],
  ] as const) {
    it(`${name}: equals the reference, for any table and limits`, () => {
      const cases = shape(classes).chain((s) => fc.tuple(fc.constant(s), limits(s.bins.length)));
      fc.assert(
        fc.property(cases, fc.nat(2 ** 31), ([s, limit], seed) => {
          const table = tableOf(s);
          const trees = [referenceTree(table, limit, seed), referenceTree(table, limit, seed + 1)];
          for (const kernel of kernelsFor(table, limit)) {
            expect(kernel.grow(seed, quiet)).toEqual(trees[0]);
            // Memory used again must not show.
            expect(kernel.grow(seed + 1, quiet)).toEqual(trees[1]);
          }
        }),
        { numRuns: 150 },
      );
    });

    it(`${name}: equals the reference on a larger table, where blocks nest and counts spill`, () => {
      for (const seed of [1, 2]) {
        const classCount = fc.sample(classes, 1)[0]!;
        const table = tableOf({
          rows: 3000,
          bins: [255, 40, 2, 9, 255],
          classes: classCount,
          seed,
        });
        const limit = { ...plain, featuresPerNode: 2, bootstrap: true, maxDepth: 9 };
        const reference = referenceTree(table, limit, 5);
        for (const kernel of kernelsFor(table, limit)) {
          expect(kernel.grow(5, quiet)).toEqual(reference);
        }
      }
    });
  }

  it('in WebAssembly: equals the one in TypeScript on wide and long tables', () => {
    const wide = fc.record({
      rows: fc.integer({ min: 1, max: 6000 }),
      bins: fc.array(fc.constantFrom(1, 2, 5, 31, 64, 200, 255), { minLength: 1, maxLength: 70 }),
      classes: fc.constantFrom(2, 0, 3, 7),
      seed: fc.nat(2 ** 31),
    });
    const cases = wide.chain((s) => fc.tuple(fc.constant(s), limits(s.bins.length)));
    fc.assert(
      fc.property(cases, fc.nat(2 ** 31), ([s, limit], seed) => {
        const table = tableOf(s);
        const [plainly, ...others] = kernelsFor(table, limit).map((kernel) =>
          kernel.grow(seed, quiet),
        );
        for (const other of others) expect(other).toEqual(plainly);
      }),
      { numRuns: 60 },
    );
  });

  it('in WebAssembly: two tables in turn do not disturb each other', () => {
    const tables = [1, 2].map((seed) => tableOf({ rows: 900, bins: [200, 3], classes: 2, seed }));
    const kernels = tables.map((table) => growInWasm(table, plain));
    for (const seed of [1, 2, 3]) {
      const trees = tables.map((table) => growInTypeScript(table, plain).grow(seed, quiet));
      expect(kernels.map((kernel) => kernel.grow(seed, quiet))).toEqual(trees);
    }
  });

  it('counts beyond 16 bits are exact', () => {
    const table = tableOf({ rows: 150_000, bins: [3, 2, 2, 2, 2], classes: 2, seed: 4 });
    for (const kernel of kernelsFor(table, { ...plain, featuresPerNode: 5 })) {
      const grown = kernel.grow(1, quiet);
      let n = 0;
      for (const count of grown.leaves) n += count;
      expect(n).toBe(150_000);
      expect(grown.nodes).toBe(2 * 48 - 1);
    }
    const many = tableOf({ rows: 150_000, bins: [255, 40, 2, 9, 255], classes: 2, seed: 3 });
    const limit = {
      ...plain,
      featuresPerNode: 2,
      bootstrap: true,
      maxDepth: 7,
      minSamplesLeaf: 40,
    };
    const [one, ...others] = kernelsFor(many, limit).map((kernel) => kernel.grow(6, quiet));
    for (const other of others) expect(other).toEqual(one);
  });

  it('with leaves to spare grows the tree of the depth-first grower, else the first of its splits', () => {
    const classes = fc.constantFrom(2, 0, 3);
    const cases = shape(classes).chain((s) => fc.tuple(fc.constant(s), limits(s.bins.length)));
    fc.assert(
      fc.property(
        cases,
        fc.nat(2 ** 31),
        fc.integer({ min: 2, max: 40 }),
        ([s, limit], seed, most) => {
          const table = tableOf(s);
          const whole = growInTypeScript(table, limit).grow(seed, quiet);
          const free = { ...limit, maxLeaves: 1e6 };
          expect(growBestFirst(table, free).grow(seed, quiet)).toEqual(whole);
          const wholeLeaves = (whole.nodes + 1) / 2;
          const some = growBestFirst(table, { ...limit, maxLeaves: most }).grow(seed, quiet);
          expect((some.nodes + 1) / 2).toBe(Math.min(most, wholeLeaves));
          // What every leaf holds adds up to the bag in both.
          const sum = (tree: GrownTree) => tree.leaves.reduce((a, b) => a + b, 0);
          expect(sum(some)).toBe(sum(whole));
        },
      ),
      { numRuns: 100 },
    );
  });

  it('of three leaves the second split is the one that lowers impurity more', () => {
    // The first cut parts rows 0-3 from 4-7; of its children only the right one is mixed evenly.
    const classesOf = [0, 0, 0, 0, 1, 0, 1, 1, 1, 1, 1, 0];
    const stride = 8;
    const cells = new Uint8Array(classesOf.length * stride);
    const words = new Int32Array(cells.buffer);
    classesOf.forEach((code, row) => {
      cells[row * stride] = row;
      words[row * 2 + 1] = code;
    });
    const table: BinnedRows = {
      rows: classesOf.length,
      features: 1,
      classes: 2,
      stride,
      cells,
      binCounts: Uint16Array.of(classesOf.length),
    };
    const tree = growBestFirst(table, { ...plain, maxLeaves: 3 }).grow(1, quiet);
    // Cut after row 3, then after row 10: [0..3], [4..10], [11].
    expect(Array.from(tree.feature)).toEqual([0, LEAF, MISSING_LEFT, LEAF, LEAF]);
    expect(Array.from(tree.low)).toEqual([3, 0, 10, 0, 0]);
    expect(Array.from(tree.leaves)).toEqual([4, 0, 1, 6, 1, 0]);
  });

  it('a random cut lies at a value between those of the bins', () => {
    const lower = Float64Array.from({ length: 256 }, (_, bin) => (bin < 4 ? bin : 100 + bin));
    const counts = [0, 0, 0, 0];
    for (let seed = 0; seed < 2000; seed++) counts[cutAt(seed, 0, 0, 4, lower)]! += 1;
    // From 0 to 104: the first three cuts are a value wide each, the last is a hundred.
    expect(counts[3]).toBeGreaterThan(1900);
    expect(counts[0]! + counts[1]! + counts[2]!).toBeGreaterThan(20);
    expect(cutAt(1, 0, 7, 8, lower)).toBe(7);
  });

  it('a tree by hand: one feature, five rows', () => {
    // Codes 0 0 1 2 2 with classes 0 0 1 1 0: the purest first cut is after code 0.
    const stride = 8;
    const cells = new Uint8Array(5 * stride);
    const words = new Int32Array(cells.buffer);
    [0, 0, 1, 2, 2].forEach((code, row) => {
      cells[row * stride] = code;
      words[row * 2 + 1] = [0, 0, 1, 1, 0][row]!;
    });
    const table = { rows: 5, features: 1, classes: 2, stride, cells, binCounts: Uint16Array.of(3) };
    const tree = growInTypeScript(table, plain).grow(1, quiet);
    expect(Array.from(tree.feature)).toEqual([0, LEAF, 0, LEAF, LEAF]);
    expect(Array.from(tree.low)).toEqual([0, 0, 1, 0, 0]);
    expect(Array.from(tree.high)).toEqual([1, 0, 2, 0, 0]);
    expect(Array.from(tree.leaves)).toEqual([2, 0, 0, 1, 1, 1]);
  });

  it('gives up when the tick throws', () => {
    const table = tableOf({ rows: 100, bins: [9], classes: 2, seed: 4 });
    const stop = () => {
      throw new Error('cancelled');
    };
    for (const kernel of kernelsFor(table, plain)) {
      expect(() => kernel.grow(1, stop)).toThrow('cancelled');
      expect(kernel.grow(1, quiet)).toEqual(referenceTree(table, plain, 1));
    }
  });
});
