/**
 * The random forest as a learner: one model for any grouping, order and framing; what it learns; how
 * missing and unseen values go.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import type { RowSplit } from '../../datasets/row-split.ts';
import { learners } from '../../learners/catalogue.ts';
import { ModelError } from '../../learners/errors.ts';
import type { Problem } from '../../learners/learner.ts';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';
import { decodeModel, describeModel } from '../../learners/model.ts';
import { randomForest, trainTrees } from '../../learners/random-forest/random-forest.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import {
  COLOURS,
  defaults,
  FEATURES,
  fitForest,
  makeData,
  quiet,
  slice,
  sourceOf,
} from './forest-fixture.ts';

describe('random forest: one model', () => {
  const data = makeData('classification', 400, 0.1);
  const whole = fitForest(data, defaults);

  it('[P03] 100 trees exactly, the same bytes for any grouping and order of the tasks', () => {
    expect(describeModel(whole).trees).toBe(100);
    const prepared = randomForest.prepare(data.problem, defaults, sourceOf(data), quiet);
    const cuts = fc.uniqueArray(fc.integer({ min: 1, max: 99 }), { maxLength: 12 });
    fc.assert(
      fc.property(cuts, fc.boolean(), (list, backwards) => {
        const bounds = [0, ...list.sort((a, b) => a - b), 100];
        const groups = bounds.slice(1).map((to, i) => ({ i, from: bounds[i]!, to }));
        if (backwards) groups.reverse();
        const parts: Uint8Array[] = [];
        for (const { i, from, to } of groups) {
          parts[i] = trainTrees(data.problem, defaults, prepared, from, to, quiet);
        }
        expect(sha256Hex(randomForest.merge(data.problem, defaults, parts))).toBe(sha256Hex(whole));
      }),
      { numRuns: 10 },
    );
  });

  it('[P07] merging the stored parts again gives the same hash', () => {
    const prepared = randomForest.prepare(data.problem, defaults, sourceOf(data), quiet);
    const tasks = randomForest.taskCount(data.problem, defaults);
    const parts = Array.from({ length: tasks }, (_, task) =>
      randomForest.train(data.problem, defaults, prepared, task, quiet),
    );
    const first = sha256Hex(randomForest.merge(data.problem, defaults, parts));
    expect(sha256Hex(randomForest.merge(data.problem, defaults, parts))).toBe(first);
    expect(first).toBe(sha256Hex(whole));
  });

  it('[P88] merge law: appending in tree order is associative and refuses gaps and repeats', () => {
    const prepared = randomForest.prepare(data.problem, defaults, sourceOf(data), quiet);
    const part = (from: number, to: number) =>
      trainTrees(data.problem, defaults, prepared, from, to, quiet);
    const params = { ...defaults, trees: 12 };
    const merge = (...parts: Uint8Array[]) => randomForest.merge(data.problem, params, parts);
    const flat = merge(part(0, 3), part(3, 8), part(8, 12));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 12 }), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(merge(part(0, low), part(low, high), part(high, 12))).toEqual(flat);
      }),
      { numRuns: 20 },
    );
    expect(() => merge(part(0, 3), part(8, 12))).toThrow('begins with tree 8, tree 3 is next');
    expect(() => merge(part(0, 8), part(3, 12))).toThrow(ModelError);
    expect(() => merge(part(0, 8))).toThrow('the parts hold 8 trees, 12 are expected');
    expect(() => merge(Uint8Array.of(1, 2, 3))).toThrow(ModelError);
  });

  it('frames and shards change nothing, seeds do', () => {
    for (const cuts of [[1], [200], [3, 50, 51, 399]]) {
      expect(fitForest(data, defaults, sourceOf(data, cuts))).toEqual(whole);
    }
    const other = { ...data, problem: { ...data.problem, seed: 10 } };
    expect(fitForest(other, defaults)).not.toEqual(whole);
  });

  it('its digest is pinned: a change here needs a new numerics version', () => {
    expect(randomForest.numerics).toBe(1);
    expect(sha256Hex(whole)).toMatchInlineSnapshot(
      `"aeeb1f663a0bda11447557b31cff5125a8675e9bd5b7a1d5a0039b315ae62665"`,
    );
    expect(sha256Hex(fitForest(makeData('regression', 400, 0.1), defaults))).toMatchInlineSnapshot(
      `"ec3c2937991cc366d21c165df5d2307a69feb27d12c1e1dac36a56642e52146d"`,
    );
    const two = makeData('classification', 400, 0.1, ['n', 'y']);
    expect(sha256Hex(fitForest(two, defaults))).toMatchInlineSnapshot(
      `"0d5f74be0e62bfa5b6d670396d2a3d1344cd9bf61bb9ef400eb7eccc18c9d663"`,
    );
  });
});

describe('random forest: what it learns', () => {
  const params = { ...defaults, trees: 30 };
  const train: RowSplit = { kind: 'holdout', part: 'train', seed: 3, fraction: 0.25 };

  it('classes, of two and of several', () => {
    for (const classes of [
      ['n', 'y'],
      ['a', 'b', 'c'],
    ]) {
      const data = makeData('classification', 2000, 0, classes);
      const model = fitForest(data, params, sourceOf(data, [700], train));
      const { header, predictor } = decodeModel(model, learners);
      expect(header).toMatchObject({ learner: 'random-forest', kind: 'classification', classes });
      expect(header.features.map((feature) => feature.name)).toEqual(FEATURES.map((f) => f.name));
      const frame = slice(data.columns, 0, 2000);
      const target = frame.columns.get('target') as { codes: Int32Array };
      const probabilities = predictor.predict(frame);
      const scores = classificationMetrics(target.codes, probabilities, classes.length);
      expect(scores.accuracy).toBeGreaterThan(0.995);
      for (let row = 0; row < 2000; row++) {
        let sum = 0;
        for (let c = 0; c < classes.length; c++) sum += probabilities[row * classes.length + c]!;
        expect(sum).toBeCloseTo(1, 12);
      }
    }
  });

  it('numbers, to the exact leaf means', () => {
    const data = makeData('regression', 2000);
    const { predictor } = decodeModel(
      fitForest(data, { ...params, maxFeatures: 'all' }, sourceOf(data, [], train)),
      learners,
    );
    const frame = slice(data.columns, 0, 2000);
    const target = frame.columns.get('target') as { values: Float64Array };
    const scores = regressionMetrics(target.values, predictor.predict(frame));
    expect(scores.r2).toBeGreaterThan(0.995);
  });

  it('a single row, a single class, a constant target, rows without a target', () => {
    const one = makeData('regression', 1);
    const [only] = decodeModel(fitForest(one, params), learners).predictor.predict(
      slice(one.columns, 0, 1),
    );
    expect(only).toBe((one.columns.get('target') as { values: Float64Array }).values[0]);
    const same = makeData('classification', 50, 0, ['x']);
    expect(
      decodeModel(fitForest(same, params), learners).predictor.predict(slice(same.columns, 0, 2)),
    ).toEqual(Float64Array.of(1, 1));
    const gaps = makeData('regression', 60);
    const values = (gaps.columns.get('target') as { values: Float64Array }).values;
    values.fill(7.25).fill(Number.NaN, 10, 50);
    const flat = decodeModel(fitForest(gaps, params), learners).predictor;
    expect(flat.predict(slice(gaps.columns, 0, 1))[0]).toBe(7.25);
  });

  it('probability of a leaf is its share of draws, averaged over trees', () => {
    const data = makeData('classification', 64, 1, ['n', 'y']);
    const stump = { ...params, trees: 1, bootstrap: false, maxDepth: 1, maxFeatures: 'all' };
    const { predictor } = decodeModel(fitForest(data, stump), learners);
    const found = predictor.predict(slice(data.columns, 0, 64));
    expect(new Set(found.filter((_, i) => i % 2 === 0)).size).toBe(2);
  });
});

describe('random forest: missing and unseen values', () => {
  /** Missing size means class 1 for certain; everything else is class 0. */
  const rows = 200;
  const size = Float64Array.from({ length: rows }, (_, i) => (i % 4 === 0 ? Number.NaN : i));
  const codes = Int32Array.from(size, (value) => (Number.isNaN(value) ? 1 : 0));
  const levels = ['n', 'y'];
  const colour = codes.map((code) => (code === 1 ? -1 : 1));

  const cases: readonly [string, ColumnSchema, Column, Column][] = [
    [
      'a missing number',
      { name: 'x', kind: 'number' },
      { kind: 'number', values: size },
      { kind: 'number', values: Float64Array.of(Number.NaN, 5, 1e9) },
    ],
    [
      'a missing or unseen level',
      { name: 'x', kind: 'category', levels: COLOURS },
      { kind: 'category', codes: colour },
      { kind: 'category', codes: Int32Array.of(-1, 1, 2) },
    ],
  ];
  for (const [name, schema, column, asked] of cases) {
    it(`${name} goes the way that training saw`, () => {
      const target: ColumnSchema = { name: 'target', kind: 'category', levels };
      const problem: Problem = {
        kind: 'classification',
        features: [schema],
        target,
        classes: levels,
        rows,
        seed: 1,
      };
      const columns = new Map<string, Column>([
        ['x', column],
        ['target', { kind: 'category', codes }],
      ]);
      const model = fitForest({ problem, columns }, { ...defaults, trees: 10 });
      const frame: Frame = { rows: 3, firstRow: 0, columns: new Map([['x', asked]]) };
      const predicted = decodeModel(model, learners).predictor.predict(frame);
      expect([...predicted]).toEqual([0, 1, 1, 0, 1, 0]);
    });
  }

  it('with none seen in training, missing goes where most rows went', () => {
    const data = makeData('classification', 300, 0, ['n', 'y']);
    const sizes = (data.columns.get('size') as { values: Float64Array }).values;
    sizes.forEach((value, i) => {
      sizes[i] = Number.isNaN(value) ? 0 : value;
    });
    const { predictor } = decodeModel(fitForest(data, { ...defaults, trees: 20 }), learners);
    const blank: Frame = {
      rows: 1,
      firstRow: 0,
      columns: new Map<string, Column>([
        ['size', { kind: 'number', values: Float64Array.of(Number.NaN) }],
        ['weight', { kind: 'number', values: Float64Array.of(Number.NaN) }],
        ['colour', { kind: 'category', codes: Int32Array.of(-1) }],
        ['new', { kind: 'boolean', codes: Int32Array.of(-1) }],
      ]),
    };
    const probabilities = predictor.predict(blank);
    expect(probabilities[0]! + probabilities[1]!).toBeCloseTo(1, 12);
    expect(probabilities[0]).toBeGreaterThan(0.5);
  });
});

describe('random forest: parameters of growth', () => {
  const params = { ...defaults, trees: 20 };
  const accuracyOf = (data: ReturnType<typeof makeData>, model: Uint8Array) => {
    const frame = slice(data.columns, 0, data.problem.rows);
    const target = frame.columns.get('target') as { codes: Int32Array };
    const { predictor } = decodeModel(model, learners);
    const predictions = predictor.predict(frame);
    return classificationMetrics(target.codes, predictions, data.problem.classes.length);
  };

  it('random cuts learn classes and numbers', () => {
    const extra = { ...params, splitter: 'random', bootstrap: false };
    const data = makeData('classification', 1500);
    expect(accuracyOf(data, fitForest(data, extra)).accuracy).toBeGreaterThan(0.99);
    const numbers = makeData('regression', 1500);
    const frame = slice(numbers.columns, 0, 1500);
    const target = frame.columns.get('target') as { values: Float64Array };
    const { predictor } = decodeModel(fitForest(numbers, extra), learners);
    expect(regressionMetrics(target.values, predictor.predict(frame)).r2).toBeGreaterThan(0.99);
    // Neither the cuts nor the model depend on how rows come in frames.
    expect(fitForest(data, extra, sourceOf(data, [7, 800]))).toEqual(fitForest(data, extra));
  });

  it('balanced classes weigh the same: a rare one is found more often', () => {
    const data = makeData('classification', 3000, 0.3, ['n', 'y']);
    const target = data.columns.get('target') as { codes: Int32Array };
    const rare = target.codes.map((code, row) => (code === 1 && row % 12 !== 0 ? 0 : code));
    const columns = new Map(data.columns).set('target', { kind: 'category', codes: rare });
    const own = { ...data, columns };
    const shallow = { ...params, maxDepth: 3 };
    const recall = (model: Uint8Array) => {
      const confusion = accuracyOf(own, model).confusion!;
      return confusion[1]![1]! / (confusion[1]![0]! + confusion[1]![1]!);
    };
    const plain = recall(fitForest(own, shallow));
    const balanced = recall(fitForest(own, { ...shallow, classWeight: 'balanced' }));
    expect(balanced).toBeGreaterThan(plain + 0.2);
  });

  it('leaves are limited', () => {
    const data = makeData('classification', 800, 0.2);
    const few = fitForest(data, { ...params, maxLeaves: 4 });
    expect(few.length).toBeLessThan(fitForest(data, params).length / 4);
    expect(accuracyOf(data, few).accuracy).toBeGreaterThan(0.6);
  });
});
