/**
 * What boosting does with data and parameters that leave little to learn, and with broken bytes.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema } from '../../datasets/frame.ts';
import type { BoostingParams } from '../../learners/boosting/boosting-params.ts';
import { expOf } from '../../learners/boosting/exponential.ts';
import { gradientBoosting } from '../../learners/boosting/gradient-boosting.ts';
import { HistogramBuilder } from '../../learners/boosting/histogram-builder.ts';
import { addBlocks, histogramShape, openBlock } from '../../learners/boosting/histograms.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import type { Problem } from '../../learners/learner.ts';
import { Xoshiro } from '../../learners/random.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { defaults, fitBoosting, framesOf } from './boosting-fixture.ts';
import { type Data, makeData } from './forest-fixture.ts';

/** One number column and a target: classes where `classes` are given. */
function dataOf(x: readonly number[], y: readonly number[], classes: readonly string[] = []): Data {
  const kind = classes.length > 0 ? 'classification' : 'regression';
  const target: ColumnSchema =
    kind === 'regression'
      ? { name: 'y', kind: 'number' }
      : { name: 'y', kind: 'category', levels: classes };
  const features: ColumnSchema[] = [{ name: 'x', kind: 'number' }];
  const goal: Column =
    kind === 'regression'
      ? { kind: 'number', values: Float64Array.from(y) }
      : { kind: 'category', codes: Int32Array.from(y) };
  return {
    problem: { kind, features, target, classes, rows: y.length, seed: 1 },
    columns: new Map([
      ['x', { kind: 'number', values: Float64Array.from(x) }],
      ['y', goal],
    ]),
  };
}

function predictions(
  data: Data,
  params: Partial<BoostingParams> = {},
  cuts: readonly number[] = [],
) {
  const [frame] = framesOf(data);
  return gradientBoosting.decode(fitBoosting(data, params, { cuts }).model).predict(frame!);
}

describe('little to learn from', () => {
  it('says the same for a constant feature, equal targets, one row, one class', () => {
    const quick = { trees: 3 };
    const flat = predictions(dataOf([1, 1, 1, 1], [1, 2, 3, 6]), quick);
    for (const value of flat) expect(value).toBeCloseTo(3, 4);
    for (const value of predictions(dataOf([1, 2, 3], [7, 7, 7]), quick)) {
      expect(value).toBeCloseTo(7, 5);
    }
    expect(predictions(dataOf([5], [2.5]), quick)[0]).toBeCloseTo(2.5, 5);
    const one = predictions(dataOf([1, 2, 3], [0, 0, 0], ['only', 'never']), quick);
    expect(one[0]).toBeGreaterThan(0.999);
    expect([...predictions(dataOf([1, 2], [0, 0], ['only']), quick)]).toEqual([1, 1]);
    const nothing = dataOf([Number.NaN, Number.NaN, Number.NaN], [1, 2, 3]);
    for (const value of predictions(nothing, quick)) expect(value).toBeCloseTo(2, 5);
  });

  it('takes infinite features, and a slice without rows, to the same model as one slice', () => {
    const x = Array.from({ length: 200 }, (_, row) =>
      row % 50 === 0 ? Number.POSITIVE_INFINITY : row % 51 === 0 ? Number.NEGATIVE_INFINITY : row,
    );
    const y = x.map((value) => (value > 100 ? 1 : 0));
    const data = dataOf(x, y, ['low', 'high']);
    const params = { trees: 5, minLeaf: 2 };
    const whole = fitBoosting(data, params);
    const cut = fitBoosting(data, params, { cuts: [0, 60, 60, 61] });
    expect(sha256Hex(cut.model)).toBe(sha256Hex(whole.model));
    expect(gradientBoosting.decode(whole.model).predict(framesOf(data)[0]!)[3]!).toBeLessThan(0.4);
  });

  it('has a class that no slice but one holds, and one row in ten thousand', () => {
    const x = Array.from({ length: 10_000 }, (_, row) => row);
    const y = x.map((row) => (row === 9_999 ? 2 : row % 2));
    const data = dataOf(x, y, ['a', 'b', 'c']);
    const params = { trees: 2, minLeaf: 1 };
    const [one, four] = [[], [2_500, 5_000, 7_500]].map((cuts) =>
      sha256Hex(fitBoosting(data, params, { cuts }).model),
    );
    expect(four).toBe(one);
  });
});

describe('what cannot be', () => {
  const numbers = dataOf([1, 2, 3], [1, 2, 3]);
  const classes = makeData('classification', 30);
  const cases: readonly (readonly [string, Data, Partial<BoostingParams>, RegExp])[] = [
    ['loss', classes, { objective: 'squared' }, /params.objective is "squared".*has classes/],
    ['class weight', numbers, { classWeight: 'balanced' }, /params.classWeight.*no classes/],
    ['weight', numbers, { weight: 'z' }, /params.weight is "z", which is none of the features/],
    ['level weight', classes, { weight: 'colour' }, /is a category; name a number column/],
    ['monotone name', numbers, { monotone: 'z+' }, /no feature "z".*write "age\+, price-"/],
    ['monotone sign', numbers, { monotone: 'x' }, /"x" ends in neither/],
    ['monotone kind', classes, { monotone: 'colour+' }, /cannot|"colour", which is a category/],
    ['monotone classes', classes, { monotone: 'size+' }, /cannot hold for 3 classes/],
    ['poisson', dataOf([1, 2], [-1, 2]), { objective: 'poisson' }, /down to -1.*needs 0 or more/],
    [
      'target',
      dataOf([1, 2], [1, Number.POSITIVE_INFINITY]),
      {},
      /row 1 has Infinity in target "y"/,
    ],
    ['no rows', dataOf([1, 2], [Number.NaN, Number.NaN]), {}, /no row to train on/],
    ['negative', dataOf([1, -2], [1, 2]), { weight: 'x' }, /0 features given/],
  ];
  for (const [name, data, params, message] of cases) {
    it(`refuses: ${name}`, () => {
      const fit = () => fitBoosting(data, { trees: 2, ...params });
      expect(fit).toThrow(LearnerError);
      expect(fit).toThrow(message);
    });
  }

  it('refuses weights below 0 and text by name', () => {
    const data = makeData('regression', 30);
    const values = new Float64Array(30).fill(1);
    values[7] = -3;
    const columns = new Map<string, Column>(data.columns).set('size', {
      kind: 'number',
      values,
    });
    const fit = () => fitBoosting({ ...data, columns }, { weight: 'size' });
    expect(fit).toThrow('row 7 has -3 in weight "size", must be 0 or more and finite');
    const features: ColumnSchema[] = [{ name: 'note', kind: 'text' }];
    const problem: Problem = { ...data.problem, features };
    expect(() => gradientBoosting.begin(problem, defaults)).toThrow(/"note" is free text/);
  });
});

describe('bytes', () => {
  const data = makeData('classification', 400, 0.1);
  const { model } = fitBoosting(data, { trees: 2, minLeaf: 2 });
  const [frame] = framesOf(data);

  it('gives a model that predicts, or ModelError, for any change of its bytes', () => {
    for (let end = 0; end < model.length; end += 7) {
      expect(() => gradientBoosting.decode(model.slice(0, end))).toThrow(ModelError);
    }
    const change = fc.tuple(fc.nat(model.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
        const bytes = model.slice();
        for (const [at, value] of changes) bytes[at] = value;
        try {
          gradientBoosting.decode(bytes).predict(frame!);
        } catch (error) {
          // A column may have got another name or kind.
          expect(error instanceof ModelError || error instanceof LearnerError).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
  });

  // Tables of 256 places a feature, and of as many as there are bins.
  it.each([[[255, 30, 2, 7, 254, 255]], [[9, 30, 2, 7, 255, 3]]])(
    'sums blocks of any size in any order to what the rows come to: bins %j',
    (counts) => {
      const missing = Uint16Array.from(counts);
      const quanta = { shift: 16, gradient: 16, hessian: 16, rows: 2047, bits: 20 };
      const shape = histogramShape(missing, quanta);
      const sizes = fc.array(fc.constantFrom(0, 1, 3, 20, 200, 1500, 3000), {
        ...{ minLength: 2, maxLength: 5 },
      });
      fc.assert(
        fc.property(sizes, fc.nat(1000), (list, seed) => {
          const random = new Xoshiro(seed);
          const total = list.reduce<number>((sum, size) => sum + size, 0);
          const bins = Uint8Array.from({ length: total * 6 }, (_, i) =>
            random.below(missing[i % 6]! + 1),
          );
          const words = Int32Array.from(
            { length: total },
            () => ((random.below(33) - 16) << 16) + random.below(17),
          );
          const held = { bins, words } as never;
          const order = Int32Array.from({ length: total }, (_, i) => i);
          const build = (from: number, count: number) => {
            const builder = new HistogramBuilder(shape, new Int32Array(0), 1);
            builder.add(held, order, from, count, 0);
            const bytes = builder.finish();
            return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
          };
          let from = 0;
          const parts = list.map((size) => {
            from += size;
            return build(from - size, size);
          });
          const join = (a: Int32Array, b: Int32Array) => {
            const bytes = addBlocks(shape, a, b, 0);
            return new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);
          };
          const whole = openBlock(shape, build(0, total), 0);
          const ahead = openBlock(shape, parts.reduce(join), 0);
          const back = openBlock(shape, parts.toReversed().reduce(join), 0);
          expect(ahead).toEqual(whole);
          expect(back).toEqual(whole);
        }),
        { numRuns: 40 },
      );
    },
  );

  it('has an exponential that is right to twelve digits', () => {
    for (let x = -50; x <= 50; x += 0.137) {
      expect(Math.abs(expOf(x) / Math.exp(x) - 1)).toBeLessThan(1e-12);
    }
    expect([expOf(0), expOf(-1e9) > 0, Number.isFinite(expOf(1e9))]).toEqual([1, true, true]);
  });
});
