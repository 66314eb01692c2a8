/**
 * Linear models where data or settings are bad, and models whose bytes are.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import type { Problem } from '../../learners/learner.ts';
import {
  type LinearLearner,
  linearRegression,
  logisticRegression,
  softmaxRegression,
} from '../../learners/linear/linear-models.ts';
import type { LinearParams } from '../../learners/linear/linear-params.ts';
import { modelHeader, writeModelHeader } from '../../learners/model.ts';
import { defaultParams } from '../../learners/params.ts';
import { CanonicalWriter } from '../../schemas/canonical.ts';
import { slice } from './forest-fixture.ts';
import { noisy, trained } from './linear-fixture.ts';
import { prepareSlices, runRounds } from './rounds-driver.ts';

const features: readonly ColumnSchema[] = [
  { name: 'x', kind: 'number' },
  { name: 'level', kind: 'category', levels: ['p', 'q'] },
];
const classes = ['no', 'yes'];

type Cells = readonly [x: number, level: number, y: number];

function frameOf(rows: readonly Cells[], firstRow: number, kind: Problem['kind']): Frame {
  const y = rows.map((row) => row[2]);
  const target: Column =
    kind === 'regression'
      ? { kind: 'number', values: Float64Array.from(y) }
      : { kind: 'category', codes: Int32Array.from(y) };
  const columns = new Map<string, Column>([
    ['x', { kind: 'number', values: Float64Array.from(rows, (row) => row[0]) }],
    ['level', { kind: 'category', codes: Int32Array.from(rows, (row) => row[1]) }],
    ['y', target],
  ]);
  return { rows: rows.length, firstRow, columns };
}

function problemOf(kind: Problem['kind'], rows: number, names = classes): Problem {
  const target: ColumnSchema =
    kind === 'regression'
      ? { name: 'y', kind: 'number' }
      : { name: 'y', kind: 'category', levels: names };
  const problemClasses = kind === 'regression' ? [] : names;
  return { kind, features, target, classes: problemClasses, rows, seed: 1 };
}

function train(
  learner: LinearLearner,
  slices: readonly (readonly Cells[])[],
  given: Partial<LinearParams> = {},
  names = classes,
) {
  const kind = learner.kinds[0]!;
  const params = { ...defaultParams(learner.params), ...given };
  const rows = slices.reduce((sum, part) => sum + part.length, 0);
  const problem = problemOf(kind, rows, names);
  let first = 0;
  const frames = slices.map((part) => {
    first += part.length;
    return [frameOf(part, first - part.length, kind)];
  });
  const prepared = prepareSlices(learner, problem, params, frames);
  const found = runRounds({ learner, problem, params, slices: prepared });
  const all = frameOf(slices.flat(), 0, kind);
  return { ...found, predicted: learner.decode(found.model).predict(all) };
}

const NAN = Number.NaN;
const LEARNERS = [linearRegression, logisticRegression, softmaxRegression];

describe.each(LEARNERS.map((learner) => [learner.name, learner] as const))('%s', (_n, learner) => {
  it('learns from slices of one row, of none, and without a class', () => {
    const some: Cells[] = [
      [1, 0, 0],
      [2, 0, 0],
      [3, 1, 1],
      [4, 1, 1],
    ];
    const spread = train(learner, [[some[0]!], [], [some[1]!], [], [], some.slice(2)]);
    const together = train(learner, [some]);
    spread.predicted.forEach((value, i) => {
      expect(value).toBeCloseTo(together.predicted[i]!, 4);
    });
    expect(spread.predicted.every(Number.isFinite)).toBe(true);
  });

  it.each([
    ['a constant column', 7],
    ['an all-missing column', NAN],
    ['a large constant', 1e15 / 3],
  ])('gives %s no weight', (_name, x) => {
    const rows: Cells[] = Array.from({ length: 12 }, (_, i) => [x, i % 2, i % 3 === 0 ? 1 : i % 2]);
    for (const given of [{}, { l2: 0 }, { solver: 'lbfgs' }, { solver: 'adam', maxRounds: 50 }]) {
      const { predicted, model } = train(learner, [rows.slice(0, 5), rows.slice(5)], given);
      expect(predicted.every(Number.isFinite)).toBe(true);
      // Another value in that column changes little or nothing.
      const other = frameOf([[x + 1, 0, 0]], 0, learner.kinds[0]!);
      const same = frameOf([[x, 0, 0]], 0, learner.kinds[0]!);
      const there = learner.decode(model);
      expect(there.predict(other)[0]).toBeCloseTo(there.predict(same)[0]!, 6);
    }
  });

  it('learns from one row, and from rows that are all alike', () => {
    const one = train(learner, [[[5, 0, 1]]]);
    expect(one.predicted.every(Number.isFinite)).toBe(true);
    const alike = train(learner, [Array.from({ length: 9 }, (): Cells => [5, 0, 1])]);
    expect(alike.predicted.at(-1)).toBeGreaterThan(0.85);
  });

  it('says so when there is no row to train on', () => {
    expect(() => train(learner, [[], []])).toThrow(/no row to train on has a value in target "y"/);
  });

  it('leaves out rows without a target', () => {
    const missing = learner.kinds[0] === 'regression' ? NAN : -1;
    const rows: Cells[] = Array.from({ length: 10 }, (_, i) => [i, i % 2, i < 5 ? 0 : 1]);
    const more: Cells[] = [...rows, [1e9, 0, missing]];
    expect(train(learner, [more]).metrics[0]!.rows).toBe(10);
  });

  it('solves columns that say the same, without a penalty', () => {
    const rows: Cells[] = Array.from({ length: 40 }, (_, i) => [i % 2, i % 2, i % 3 === 0 ? 1 : 0]);
    const { predicted, ended } = train(learner, [rows], { l2: 0 });
    expect(ended).toBe('converged');
    expect(predicted.every(Number.isFinite)).toBe(true);
  });

  it('names the learning rate when training runs away', () => {
    const rows: Cells[] = Array.from({ length: 20 }, (_, i) => [i, i % 2, i % 3 === 0 ? 1 : 0]);
    for (const mode of ['sync', 'local'] as const) {
      const params = {
        ...defaultParams(learner.params),
        solver: 'momentum',
        learningRate: 1e12,
        l2: 1e3,
      };
      const problem = { ...problemOf(learner.kinds[0]!, 20), mode };
      const frame = frameOf(rows, 0, learner.kinds[0]!);
      const slices = prepareSlices(learner, problem, params, [[frame]]);
      const run = () => runRounds({ learner, problem, params, slices });
      expect(run).toThrow(LearnerError);
      expect(run).toThrow(/set "learningRate" below/);
    }
  });

  it('names a column whose numbers are beyond measure', () => {
    const rows: Cells[] = [
      [1e308, 0, 0],
      [-1e308, 1, 1],
      [1e308, 0, 1],
    ];
    expect(() => train(learner, [rows])).toThrow(/column "x" has mean .* both must be finite/);
  });

  it('tells a missing number from the mean with an indicator', () => {
    const rows: Cells[] = Array.from({ length: 60 }, (_, i) => [
      i % 3 === 0 ? NAN : 5,
      0,
      i % 3 === 0 ? 1 : 0,
    ]);
    const { predicted } = train(learner, [rows], { missingIndicator: true, l2: 0.1 });
    const width = predicted.length / 60;
    expect(predicted[width - 1]).toBeGreaterThan(0.9);
    expect(predicted[2 * width - 1]).toBeLessThan(0.1);
  });

  it('takes levels that training never saw as none', () => {
    const rows: Cells[] = Array.from({ length: 8 }, (_, i) => [i, i % 2, i % 2]);
    const { model } = train(learner, [rows]);
    const kind = learner.kinds[0]!;
    const there = learner.decode(model);
    const seen = there.predict(frameOf([[1, -1, 0]], 0, kind));
    expect([...there.predict(frameOf([[1, 99, 0]], 0, kind))]).toEqual([...seen]);
  });

  it('names a column that is not there, or of another kind', () => {
    const { model } = train(learner, [
      [
        [1, 0, 0],
        [2, 1, 1],
      ],
    ]);
    const frame = frameOf([[1, 0, 0]], 0, learner.kinds[0]!);
    const there = learner.decode(model);
    const without = new Map([...frame.columns].filter(([name]) => name !== 'x'));
    expect(() => there.predict({ ...frame, columns: without })).toThrow(/column "x" is needed/);
    const other = new Map([...frame.columns, ['x', frame.columns.get('level')!] as const]);
    expect(() => there.predict({ ...frame, columns: other })).toThrow(/"x" is a category/);
  });
});

describe('settings that cannot be', () => {
  const bad = (learner: LinearLearner, problem: Problem, given: Partial<LinearParams> = {}) => {
    const params = { ...defaultParams(learner.params), ...given };
    return () => learner.memoryBytes(problem, params, 1);
  };

  it('are refused with the fix', () => {
    const binary = problemOf('classification', 10);
    const local: Problem = { ...binary, mode: 'local' };
    expect(bad(logisticRegression, problemOf('regression', 10))).toThrow(/task is regression/);
    expect(bad(logisticRegression, problemOf('classification', 9, ['a', 'b', 'c']))).toThrow(
      /has 3 classes, logistic regression takes 2; use softmax-regression/,
    );
    expect(bad(softmaxRegression, problemOf('classification', 9, ['a']))).toThrow(/has 1 classes/);
    expect(bad(logisticRegression, local, { solver: 'lbfgs' })).toThrow(
      /cannot run with mode "local"/,
    );
    expect(bad(logisticRegression, binary, { solver: 'lbfgs', batch: 4 })).toThrow(/with batch 4/);
    const text: ColumnSchema = { name: 'note', kind: 'text' };
    expect(bad(logisticRegression, { ...binary, features: [text] })).toThrow(/"note" is free text/);
    expect(bad(logisticRegression, { ...binary, features: [] })).toThrow(/no features given/);
    const levels = Array.from({ length: 2 ** 21 }, () => '');
    const wide: ColumnSchema = { name: 'wide', kind: 'category', levels };
    expect(bad(logisticRegression, { ...binary, features: [wide] })).toThrow(/at most 1048576/);
    const many: ColumnSchema = { name: 'many', kind: 'category', levels: levels.slice(0, 2000) };
    const regression = { ...problemOf('regression', 9), features: [many] };
    expect(bad(linearRegression, regression, { solver: 'exact' })).toThrow(/at most 1024 columns/);
    expect(bad(linearRegression, regression)()).toBeGreaterThan(0);
    const idle = { solver: 'exact', validation: 0.2 };
    expect(bad(linearRegression, problemOf('regression', 9), idle)).toThrow(
      /validation 0.2 is of no/,
    );
  });
});

describe('models', () => {
  const data = noisy('classification', 80);
  const { model } = trained(softmaxRegression, data);
  const frame = slice(data.columns, 0, 20);

  it('say the same after a round trip, row by row or at once', () => {
    const there = softmaxRegression.decode(new Uint8Array(model));
    const all = there.predict(frame);
    for (let row = 0; row < 20; row++) {
      const one = there.predict(slice(data.columns, row, row + 1));
      expect([...one]).toEqual([...all.subarray(3 * row, 3 * row + 3)]);
      expect(one.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 12);
    }
    expect(there.predict(slice(data.columns, 0, 0))).toHaveLength(0);
  });

  it('cut short anywhere, or with bytes behind, are refused', () => {
    for (let length = 0; length < model.length; length++) {
      expect(() => softmaxRegression.decode(model.subarray(0, length))).toThrow(ModelError);
    }
    const longer = new Uint8Array(model.length + 1);
    longer.set(model);
    expect(() => softmaxRegression.decode(longer)).toThrow(ModelError);
  });

  it('with any byte changed are refused, or sound', () => {
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const changed = new Uint8Array(model);
        changed[at]! ^= by;
        try {
          const there = softmaxRegression.decode(changed);
          expect(typeof there.predict).toBe('function');
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('of another learner, numerics or shape are refused', () => {
    expect(() => logisticRegression.decode(model)).toThrow(/given to "logistic-regression"/);
    const named = { name: 'softmax-regression', numerics: 1 };
    const body = (
      head: Parameters<typeof modelHeader>,
      change: Partial<Record<string, number[]>>,
    ) => {
      const writer = new CanonicalWriter();
      writeModelHeader(writer, modelHeader(...head));
      const of = (name: string, fallback: number[]) => Float64Array.from(change[name] ?? fallback);
      return writer
        .bool(false)
        .f64s(of('means', [1]))
        .f64s(of('scales', [1]))
        .f64s(of('weights', [1, 2, 3, 4, 5, 6]))
        .f64s(of('intercepts', [0, 0]))
        .finish();
    };
    const problem = problemOf('classification', 9);
    const decode = (bytes: Uint8Array) => () => softmaxRegression.decode(bytes);
    expect(decode(body([named, problem, 0], {}))).not.toThrow();
    expect(decode(body([{ ...named, numerics: 2 }, problem, 0], {}))).toThrow(/numerics 2/);
    expect(decode(body([named, problem, 0], { means: [1, 2] }))).toThrow(ModelError);
    expect(decode(body([named, problem, 0], { scales: [0] }))).toThrow(/not above 0/);
    expect(decode(body([named, problem, 0], { scales: [NAN] }))).toThrow(/scale is not finite/);
    expect(decode(body([named, problem, 0], { weights: [1] }))).toThrow(/1 numbers as weights, 6/);
    expect(decode(body([named, problem, 0], { intercepts: [0] }))).toThrow(ModelError);
    expect(decode(body([named, problemOf('regression', 9), 0], {}))).toThrow(
      /cannot have 0 classes/,
    );
    const text: ColumnSchema = { name: 'note', kind: 'text' };
    expect(decode(body([named, { ...problem, features: [text] }, 0], {}))).toThrow(/free text/);
  });
});
