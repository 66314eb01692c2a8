/**
 * k-means: the combine law, Lloyd's rounds against a plain reference, and degenerate data.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openModel } from '../../client/model-handle.ts';
import type { ModelView } from '../../client/models.ts';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { splitRows } from '../../datasets/row-split.ts';
import { learnersOf } from '../../learners/catalogue.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import { kMeans } from '../../learners/k-means/k-means.ts';
import type { KMeansParams } from '../../learners/k-means/k-means-params.ts';
import type { Problem } from '../../learners/learner.ts';
import { decodeModel } from '../../learners/model.ts';
import { defaultParams } from '../../learners/params.ts';
import { Xoshiro } from '../../learners/random.ts';
import { combineTree, type Span } from '../../learners/slice-tree.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import {
  combineChecked,
  contributionOf,
  prepareSlices,
  runRounds,
  sumOf,
} from '../support/rounds-driver.ts';

const LEVELS = ['a', 'b', 'c'];
const features: readonly ColumnSchema[] = [
  { name: 'x', kind: 'number' },
  { name: 'y', kind: 'number' },
  { name: 'level', kind: 'category', levels: LEVELS },
];
const defaults = defaultParams(kMeans.params);

function problemOf(rows: number, seed = 1, columns = features): Problem {
  const target = { name: 'cluster', kind: 'number' as const };
  return { kind: 'clustering', features: columns, target, classes: [], rows, seed };
}

type Cells = readonly [x: number, y: number, level: number];

/** Rows around `groups` places, some numbers and levels missing. */
function makeRows(count: number, groups: number, seed: number): Cells[] {
  const random = new Xoshiro(seed);
  const unit = () => random.next() / 2 ** 32;
  return Array.from({ length: count }, () => {
    const group = random.below(groups);
    const x = unit() < 0.05 ? Number.NaN : 10 * group + unit();
    const level = unit() < 0.05 ? -1 : group % LEVELS.length;
    return [x, 100 * (group % 2) + 5 * unit(), level];
  });
}

function frameOf(rows: readonly Cells[], firstRow: number): Frame {
  const columns = new Map<string, Column>([
    ['x', { kind: 'number', values: Float64Array.from(rows, (row) => row[0]) }],
    ['y', { kind: 'number', values: Float64Array.from(rows, (row) => row[1]) }],
    ['level', { kind: 'category', codes: Int32Array.from(rows, (row) => row[2]) }],
  ]);
  return { rows: rows.length, firstRow, columns };
}

/** Cuts rows into slices of these sizes, the last of them taking what is left. */
function slicesOf(rows: readonly Cells[], sizes: readonly number[]): Frame[][] {
  let at = 0;
  return [...sizes, rows.length].map((size) => {
    const part = rows.slice(at, at + size);
    at += part.length;
    return [frameOf(part, at - part.length)];
  });
}

function fitRows(rows: readonly Cells[], params: KMeansParams, sizes: readonly number[], seed = 1) {
  const problem = problemOf(rows.length, seed);
  const slices = prepareSlices(kMeans, problem, params, slicesOf(rows, sizes));
  return runRounds({ learner: kMeans, problem, params, slices, roundsMax: 1000 });
}

/** Numbers scaled, missing as the mean, levels as columns of 0 and 1. */
function encode(rows: readonly Cells[]): number[][] {
  const scaled = [0, 1].map((d) => {
    const known = rows.map((row) => row[d]!).filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    const squares = known.reduce((sum, value) => sum + (value - mean) * (value - mean), 0);
    const spread = Math.sqrt(squares / known.length);
    return rows.map((row) => (Number.isNaN(row[d]!) ? 0 : (row[d]! - mean) / spread));
  });
  return rows.map((row, i) => [
    scaled[0]![i]!,
    scaled[1]![i]!,
    ...LEVELS.map((_, code) => (row[2] === code ? 1 : 0)),
  ]);
}

const apart = (a: readonly number[], b: readonly number[]) =>
  a.reduce((sum, value, i) => sum + (value - b[i]!) * (value - b[i]!), 0);

const nearest = (x: readonly number[], centres: readonly number[][]) => {
  const distances = centres.map((centre) => apart(x, centre));
  return distances.indexOf(Math.min(...distances));
};

/** Lloyd's algorithm as in the textbook; returns inertia of each round. */
function reference(rows: readonly Cells[], k: number, rounds: number): number[] {
  const points = encode(rows);
  const distinct = rows.map(String).flatMap((row, i, all) => (all.indexOf(row) === i ? [i] : []));
  let centres = distinct.slice(0, k).map((i) => points[i]!);
  return Array.from({ length: rounds }, () => {
    const labels = points.map((x) => nearest(x, centres));
    const inertia = points.reduce((sum, x, i) => sum + apart(x, centres[labels[i]!]!), 0);
    centres = centres.map((old, c) => {
      const own = points.filter((_, i) => labels[i] === c);
      if (own.length === 0) return old;
      return old.map((_, d) => own.reduce((sum, x) => sum + x[d]!, 0) / own.length);
    });
    return inertia;
  });
}

describe('k-means', () => {
  it('[P80] moves its centres as the textbook does, and says which cluster a row is in', () => {
    const rows = makeRows(300, 4, 3);
    const params = { ...defaults, k: 4, start: 'first' as const, tolerance: 0 };
    const { model, metrics, ended } = fitRows(rows, params, [100, 50]);
    expect(ended).toBe('converged');
    const wanted = reference(rows, 4, metrics.length - 1);
    metrics.slice(1).forEach(({ inertia }, i) => {
      expect(inertia).toBeCloseTo(wanted[i]!, 6);
      if (i > 0) expect(inertia).toBeLessThanOrEqual(metrics[i]!.inertia! * (1 + 1e-12));
    });
    expect(metrics.at(-1)!.shift).toBe(0);
    const { header, predictor } = decodeModel(model, learnersOf(kMeans));
    expect(header.kind).toBe('clustering');
    const labels = predictor.predict(frameOf(rows, 0));
    expect(new Set(labels)).toEqual(new Set([0, 1, 2, 3]));
    expect(predictor.predict(frameOf(rows.slice(10, 12), 0))).toEqual(labels.slice(10, 12));
  });

  it('a model predicts the number of a cluster for rows, as any other model does', () => {
    const rows = makeRows(200, 3, 8);
    const { model } = fitRows(rows, { ...defaults, k: 3 }, [90]);
    const handle = openModel({} as ModelView, model, learnersOf(kMeans));
    const wanted = kMeans.decode(model).predict(frameOf([[5, 1, 0]], 0))[0];
    expect(handle.kind).toBe('clustering');
    expect(handle.predict([{ x: 5, y: 1, level: 'a' }])).toEqual([
      { prediction: wanted, probabilities: {} },
    ]);
    expect(handle.predict([{ x: null, y: null, level: 'never seen' }])).toHaveLength(1);
  });

  it('finds groups that lie apart from its own start', () => {
    for (const seed of [1, 2, 3, 4, 5]) {
      const rows = makeRows(2000, 6, seed).filter((row) => !Number.isNaN(row[0]) && row[2] >= 0);
      const { model } = fitRows(rows, { ...defaults, k: 6 }, [500, 500], seed);
      const labels = kMeans.decode(model).predict(frameOf(rows, 0));
      const names = new Set(rows.map((row, i) => `${Math.floor(row[0] / 10)} in ${labels[i]}`));
      expect(names.size).toBe(6);
    }
  });

  it('[P88] combine law: any whole subtrees can be summed anywhere: the sums have the same bytes', () => {
    const cut = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 1, maxLength: 8 });
    const start = fc.constantFrom('sample' as const, 'first' as const);
    fc.assert(
      fc.property(
        cut,
        start,
        fc.integer({ min: 1, max: 50 }),
        fc.func(fc.boolean()),
        (sizes, begin, k, summedApart) => {
          const rows = makeRows(120, 3, k);
          const problem = problemOf(rows.length);
          const params = { ...defaults, k, start: begin, maxRounds: 3 };
          const slices = prepareSlices(kMeans, problem, params, slicesOf(rows, sizes));
          const rounds = { learner: kMeans, problem, params, slices };
          const none = slices.map(() => null);
          runRounds({
            ...rounds,
            onRound(round, state, sum) {
              const known = new Map<string, Uint8Array>();
              const visit = ({ from, to }: Span) => known.get(`${from} ${to}`);
              for (let from = 0; from < slices.length; from++) {
                known.set(`${from} ${from + 1}`, contributionOf(rounds, state, none, from, round));
                const pair = { from, to: from + 2 };
                if (from % 2 === 1 || pair.to > slices.length || !summedApart(from)) continue;
                known.set(`${from} ${pair.to}`, sumOf(rounds, state, none, pair, round));
              }
              const all = { from: 0, to: slices.length };
              expect(combineTree(all, visit, (a, b) => combineChecked(rounds, a, b))).toEqual(sum);
            },
          });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('starts and far rows do not depend on the cut into slices', () => {
    const sizes = fc.array(fc.integer({ min: 0, max: 60 }), { maxLength: 9 });
    fc.assert(
      fc.property(sizes, fc.constantFrom('sample' as const, 'first' as const), (cut, start) => {
        const rows = makeRows(200, 5, 9);
        const params = { ...defaults, k: 7, start, standardise: false, maxRounds: 1 };
        const counts = (sizes: readonly number[]) => {
          const labels = kMeans
            .decode(fitRows(rows, params, sizes).model)
            .predict(frameOf(rows, 0));
          return Array.from({ length: 7 }, (_, c) => labels.filter((label) => label === c).length);
        };
        expect(counts(cut)).toEqual(counts([]));
      }),
      { numRuns: 30 },
    );
  });

  it('more clusters than distinct rows: the rest stays empty', () => {
    const rows: Cells[] = Array.from({ length: 30 }, (_, i) => [i % 3, 0, i % 3]);
    for (const start of ['sample', 'first'] as const) {
      const { model, ended, metrics } = fitRows(rows, { ...defaults, k: 10, start }, [7, 0, 9]);
      expect(ended).toBe('converged');
      expect(metrics.at(-1)).toMatchObject({ inertia: expect.closeTo(0), empty: 7 });
      const labels = kMeans.decode(model).predict(frameOf(rows, 0));
      expect(new Set(labels).size).toBe(3);
    }
  });

  it('an empty cluster takes the place of a far row that the sample missed', () => {
    const rare: Cells[] = [
      [1000, 0, 0],
      [1001, 0, 0],
      [5000, 0, 0],
    ];
    const rows = [...Array.from({ length: 40_000 }, (): Cells => [0, 0, 0]), ...rare];
    const params = { ...defaults, k: 4, standardise: false };
    const { metrics, model, ended } = fitRows(rows, params, [20_000, 10_000]);
    expect(metrics[1]!.empty).toBeGreaterThan(0);
    expect(metrics.at(-1)).toEqual({ inertia: 0, shift: 0, empty: 0 });
    expect(ended).toBe('converged');
    const labels = kMeans.decode(model).predict(frameOf([[0, 0, 0], ...rare], 0));
    expect(new Set(labels).size).toBe(4);
  });

  it('a single row, columns without values, and slices without rows', () => {
    const one = fitRows([[1, 2, 0]], { ...defaults, k: 1 }, [0, 0]);
    expect(one.metrics.at(-1)).toEqual({ inertia: 0, shift: 0, empty: 0 });
    const missing: Cells[] = Array.from({ length: 5 }, () => [Number.NaN, Number.NaN, -1]);
    const { model } = fitRows(missing, { ...defaults, k: 2 }, [2]);
    expect(kMeans.decode(model).predict(frameOf(missing, 0))).toEqual(new Float64Array(5));
    expect(() => fitRows([], defaults, [])).toThrow('there is no row to cluster');
  });

  it('trains on the rows of the split alone', () => {
    const rows = makeRows(400, 3, 5);
    const split = { kind: 'holdout', part: 'train', seed: 3, fraction: 0.3 } as const;
    const kept = splitRows(split, 0, rows.length);
    const problem = problemOf(rows.length);
    const params = { ...defaults, k: 3, start: 'first' as const };
    const part = prepareSlices(kMeans, problem, params, slicesOf(rows, [150]), split);
    const own = prepareSlices(kMeans, problem, params, [
      [
        frameOf(
          [...kept.filter((i) => i < 150)].map((i) => rows[i]!),
          0,
        ),
      ],
      [
        frameOf(
          [...kept.filter((i) => i >= 150)].map((i) => rows[i]!),
          150,
        ),
      ],
    ]);
    const run = (slices: typeof own) =>
      runRounds({ learner: kMeans, problem, params, slices }).model;
    expect(run(part)).toEqual(run(own));
  });

  it('says what it cannot do, and what to do', () => {
    const params = { ...defaults, k: 2 };
    const huge: Cells[] = [
      [1e200, 0, 0],
      [-1e200, 0, 0],
      [3e200, 0, 0],
    ];
    const raw = { ...params, standardise: false };
    expect(() => fitRows(huge, raw, [])).toThrow(/column "x" has mean|set params.standardise/);
    const text = problemOf(5, 1, [{ name: 'note', kind: 'text' }]);
    expect(() => kMeans.memoryBytes(text, params, 1)).toThrow(/"note" is free text/);
    const empty = problemOf(5, 1, [{ name: 'c', kind: 'category', levels: [] }]);
    expect(() => kMeans.memoryBytes(empty, params, 1)).toThrow(LearnerError);
    const levels = Array.from({ length: 10_000 }, (_, i) => String(i));
    const wide = problemOf(5, 1, [{ name: 'c', kind: 'category', levels }]);
    expect(() => kMeans.memoryBytes(wide, { ...params, k: 4096 }, 1)).toThrow(/lower k/);
    const state = kMeans.begin(problemOf(5), params);
    expect(() => kMeans.finish(problemOf(5), params, state)).toThrow('no round was closed yet');
  });

  it('bytes that are no sound model are a ModelError', () => {
    const { model } = fitRows(makeRows(50, 2, 1), { ...defaults, k: 2 }, [25]);
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = model.slice();
        bytes[at]! ^= flip;
        try {
          kMeans.decode(bytes).predict(frameOf([[1, 2, 0]], 0));
        } catch (error) {
          // A changed name of a column shows when rows are given.
          if (!(error instanceof LearnerError)) expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 300 },
    );
    for (const length of [0, 10, model.length - 8, model.length - 1]) {
      expect(() => kMeans.decode(model.subarray(0, length))).toThrow(ModelError);
    }
  });

  it('its digest is pinned: a change here needs a new numerics version', () => {
    const { model } = fitRows(makeRows(500, 4, 2), { ...defaults, k: 5 }, [100, 100, 100]);
    expect(sha256Hex(model)).toMatchInlineSnapshot(
      `"7acc06343c1cefd3d54f15dd7c1c02f9362f23b92e57e51b5915d8fb473bd71e"`,
    );
  });
});
