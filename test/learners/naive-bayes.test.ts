/**
 * Naive Bayes: counts and moments against plain ones, the combine law, degenerate data, bad bytes.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { learners } from '../../learners/catalogue.ts';
import { designLayout } from '../../learners/encoding/design-layout.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import type { Problem } from '../../learners/learner.ts';
import { decodeModel } from '../../learners/model.ts';
import { readSums } from '../../learners/naive-bayes/class-sums.ts';
import { type BayesParams, naiveBayes } from '../../learners/naive-bayes/naive-bayes.ts';
import { defaultParams } from '../../learners/params.ts';
import { combineTree, cover } from '../../learners/slice-tree.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { type Data, slice } from './forest-fixture.ts';
import { cut, noisy } from './linear-fixture.ts';
import {
  combineChecked,
  contributionOf,
  prepareSlices,
  runRounds,
  sumOf,
} from './rounds-driver.ts';

const defaults = defaultParams(naiveBayes.params);
const data = noisy('classification', 300);

function roundsOf({ problem, columns }: Data, slices: number, params: BayesParams = defaults) {
  const frames = cut({ problem, columns }, slices).map((frame) => [frame]);
  const prepared = prepareSlices(naiveBayes, problem, params, frames);
  return { learner: naiveBayes, problem, params, slices: prepared };
}

/** Probabilities by the textbook, from all rows at once. */
function textbook({ problem, columns }: Data, row: number): number[] {
  const labels = (columns.get('target') as { codes: Int32Array }).codes;
  const scores = problem.classes.map((_, k) => {
    const mine = Array.from(labels.keys()).filter((i) => labels[i] === k);
    let score = Math.log(mine.length / problem.rows);
    for (const { name, levels } of problem.features) {
      const column = columns.get(name)!;
      if (column.kind === 'number') {
        const known = mine.map((i) => column.values[i]!).filter((value) => !Number.isNaN(value));
        const mean = known.reduce((a, b) => a + b, 0) / known.length;
        const variance = known.reduce((a, b) => a + (b - mean) ** 2, 0) / known.length;
        const value = column.values[row]!;
        if (Number.isNaN(value)) continue;
        score -= Math.log(variance) / 2 + (value - mean) ** 2 / (2 * variance);
      } else if (column.kind !== 'text') {
        const code = column.codes[row]!;
        if (code < 0) continue;
        const known = mine.filter((i) => column.codes[i]! >= 0);
        const same = known.filter((i) => column.codes[i] === code).length;
        score += Math.log((same + 1) / (known.length + levels!.length));
      }
    }
    return score;
  });
  const top = Math.max(...scores);
  const total = scores.reduce((sum, score) => sum + Math.exp(score - top), 0);
  return scores.map((score) => Math.exp(score - top) / total);
}

describe('[P80] naive Bayes', () => {
  it('says what the textbook says, in one round', () => {
    const found = runRounds(roundsOf(data, 5));
    expect([found.rounds, found.ended]).toEqual([1, 'converged']);
    expect(found.metrics).toEqual([{ rows: 300 }]);
    const frame = slice(data.columns, 0, 300);
    const p = decodeModel(found.model, learners).predictor.predict(frame);
    for (let row = 0; row < 300; row++) {
      textbook(data, row).forEach((value, k) => {
        expect(p[3 * row + k]).toBeCloseTo(value, 6);
      });
    }
  });

  it('gives equal bytes when run again', () => {
    const models = [1, 2].map(() => sha256Hex(runRounds(roundsOf(data, 6)).model));
    expect(models[0]).toBe(models[1]);
    // Numerics 1 means this digest, on every machine and for ever.
    expect(models[0]!.slice(0, 16)).toMatchInlineSnapshot(`"b2e371dccc4c89dd"`);
  });

  it('can say the classes apart before anything is known, and after', () => {
    const { problem, params } = roundsOf(data, 1);
    const blank = naiveBayes.finish(problem, params, naiveBayes.begin(problem, params));
    const p = naiveBayes.decode(blank).predict(slice(data.columns, 0, 4));
    for (const value of p) expect(value).toBeCloseTo(1 / 3, 12);
  });
});

describe('combine law', () => {
  const rounds = roundsOf(data, 7);
  const state = naiveBayes.begin(rounds.problem, rounds.params);
  const held = rounds.slices.map(() => null);
  const whole = { from: 0, to: 7 };

  it('[P65] sums of any workers, each over whole subtrees, join to the same bytes', () => {
    const one = sumOf(rounds, state, held, whole, 0);
    fc.assert(
      fc.property(fc.array(fc.nat(3), { minLength: 7, maxLength: 7 }), (owner) => {
        const sums = new Map<string, Uint8Array>();
        for (let worker = 0; worker < 4; worker++) {
          const owned = new Set(owner.flatMap((o, i) => (o === worker ? [i] : [])));
          for (const span of cover(7, owned)) {
            sums.set(`${span.from}-${span.to}`, sumOf(rounds, state, held, span, 0));
          }
        }
        const joined = combineTree(
          whole,
          ({ from, to }) => sums.get(`${from}-${to}`),
          (left, right) => combineChecked(rounds, left, right),
        );
        expect(Buffer.compare(joined, one)).toBe(0);
      }),
      { numRuns: 100 },
    );
  });

  it('counts exactly, and measures to within rounding, whatever the order', () => {
    const layout = designLayout(rounds.problem.features);
    const each = Array.from({ length: 7 }, (_, i) => contributionOf(rounds, state, held, i, 0));
    const join = (list: Uint8Array[]) =>
      readSums(
        layout,
        3,
        list.reduce((a, b) => combineChecked(rounds, a, b)),
      );
    const forth = join(each);
    const back = join(each.toReversed());
    expect([...back.rows]).toEqual([...forth.rows]);
    expect([...back.levels]).toEqual([...forth.levels]);
    expect(forth.rows.reduce((a, b) => a + b)).toBe(300);
    forth.moments.forEach((value, i) => {
      expect(Math.abs(back.moments[i]! - value)).toBeLessThan(1e-11 * (1 + Math.abs(value)));
    });
  });
});

const features: readonly ColumnSchema[] = [
  { name: 'x', kind: 'number' },
  { name: 'level', kind: 'category', levels: ['p', 'q'] },
];
type Cells = readonly [x: number, level: number, y: number];

function frameOf(rows: readonly Cells[], firstRow = 0): Frame {
  const columns = new Map<string, Column>([
    ['x', { kind: 'number', values: Float64Array.from(rows, (row) => row[0]) }],
    ['level', { kind: 'category', codes: Int32Array.from(rows, (row) => row[1]) }],
    ['y', { kind: 'category', codes: Int32Array.from(rows, (row) => row[2]) }],
  ]);
  return { rows: rows.length, firstRow, columns };
}

function problemOf(rows: number, classes = ['a', 'b', 'c']): Problem {
  const target: ColumnSchema = { name: 'y', kind: 'category', levels: classes };
  return { kind: 'classification', features, target, classes, rows, seed: 1 };
}

function train(slices: readonly (readonly Cells[])[], given: Partial<BayesParams> = {}) {
  const params = { ...defaults, ...given };
  const problem = problemOf(slices.flat().length);
  let first = 0;
  const frames = slices.map((rows) => {
    first += rows.length;
    return [frameOf(rows, first - rows.length)];
  });
  const prepared = prepareSlices(naiveBayes, problem, params, frames);
  const { model } = runRounds({ learner: naiveBayes, problem, params, slices: prepared });
  return naiveBayes.decode(model);
}

const NAN = Number.NaN;

describe('degenerate data', () => {
  it('a class without rows has probability 0, slices may be empty or of one row', () => {
    const there = train([
      [],
      [[1, 0, 0]],
      [],
      [
        [2, 1, 1],
        [3, 1, 1],
      ],
    ]);
    const p = there.predict(frameOf([[2.5, 1, -1]]));
    expect(p[2]).toBe(0);
    expect(p[1]).toBeGreaterThan(0.9);
  });

  it('constant and all-missing columns say nothing', () => {
    for (const x of [7, 1e15 / 3, NAN]) {
      const there = train([
        [
          [x, 0, 0],
          [x, 0, 0],
        ],
        [[x, 1, 1]],
      ]);
      const p = there.predict(
        frameOf([
          [x, -1, -1],
          [8, -1, -1],
        ]),
      );
      expect(p[0]).toBeCloseTo(2 / 3, 6);
      expect(p[3]).toBeCloseTo(2 / 3, 6);
    }
  });

  it('missing values say nothing', () => {
    const there = train([
      [
        [1, 0, 0],
        [2, 0, 0],
        [NAN, 1, 1],
        [9, -1, 1],
      ],
    ]);
    const p = there.predict(
      frameOf([
        [NAN, -1, -1],
        [NAN, 99, -1],
      ]),
    );
    for (const at of [0, 1, 3, 4]) expect(p[at]).toBeCloseTo(0.5, 12);
  });

  it('values that no class can have leave the shares of the classes', () => {
    const there = train([
      [
        [1, 0, 0],
        [2, 0, 0],
        [1, 1, 1],
        [1.5, 0, 1],
      ],
    ]);
    const p = there.predict(
      frameOf([
        [Number.POSITIVE_INFINITY, 0, -1],
        [1e300, 0, -1],
      ]),
    );
    expect([...p]).toEqual([0.5, 0.5, 0, 0.5, 0.5, 0]);
  });

  it('no row, numbers beyond measure, and wrong tasks are errors with a name', () => {
    expect(() => train([[], []])).toThrow(/no row to train on has a value in target "y"/);
    expect(() =>
      train([
        [
          [1e308, 0, 0],
          [-1e308, 0, 0],
        ],
      ]),
    ).toThrow(/column "x" has mean/);
    const regression = { ...problemOf(3), kind: 'regression' as const };
    expect(() => naiveBayes.memoryBytes(regression, defaults, 1)).toThrow(LearnerError);
    const one = problemOf(3, ['a']);
    expect(() => naiveBayes.memoryBytes(one, defaults, 1)).toThrow(/has 1 classes, 2 are needed/);
    const names = Array.from({ length: 4_000_000 }, () => '');
    const many = { ...problemOf(3), classes: names };
    expect(() => naiveBayes.memoryBytes(many, defaults, 1)).toThrow(/at most 4194304/);
    expect(naiveBayes.memoryBytes(problemOf(3), defaults, 2)).toBeGreaterThan(100);
    expect(naiveBayes.sliceBytes(problemOf(3), defaults, 100)).toBeGreaterThan(2000);
  });

  it('more smoothing brings levels nearer to each other', () => {
    const rows: Cells[] = [
      [NAN, 0, 0],
      [NAN, 0, 0],
      [NAN, 1, 1],
      [NAN, 1, 1],
    ];
    const frame = frameOf([[NAN, 0, -1]]);
    const [little, much] = [0.01, 100].map(
      (smoothing) => train([rows], { smoothing }).predict(frame)[0]!,
    );
    expect(little).toBeGreaterThan(0.99);
    expect(much).toBeLessThan(0.52);
  });
});

describe('model bytes', () => {
  const { model } = runRounds(roundsOf(noisy('classification', 60), 2));

  it('cut short anywhere, or with bytes behind, are refused', () => {
    for (let length = 0; length < model.length; length++) {
      expect(() => naiveBayes.decode(model.subarray(0, length))).toThrow(ModelError);
    }
    const longer = new Uint8Array(model.length + 1);
    longer.set(model);
    expect(() => naiveBayes.decode(longer)).toThrow(ModelError);
  });

  it('with any byte changed are refused, or sound', () => {
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = new Uint8Array(model);
        changed[at]! ^= by;
        try {
          expect(typeof naiveBayes.decode(changed).predict).toBe('function');
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});
