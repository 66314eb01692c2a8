/**
 * What a forest tells of itself: importances and the out-of-bag score, equal for any grouping of
 * the trees, and close to what is measured otherwise.
 */
import { describe, expect, it } from 'vitest';
import type { RowSplit } from '../../datasets/row-split.ts';
import { learners } from '../../learners/catalogue.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';
import { decodeModel } from '../../learners/model.ts';
import { decodeScoredRows, encodeScoredRows } from '../../learners/predictions.ts';
import { addImportances, meanImportances } from '../../learners/random-forest/importances.ts';
import { LEAF } from '../../learners/random-forest/kernel.ts';
import { randomForest, trainTrees } from '../../learners/random-forest/random-forest.ts';
import { defaults, fitForest, makeData, quiet, slice, sourceOf } from './forest-fixture.ts';

const params = { ...defaults, trees: 40, outOfBag: true, importances: true };
const train: RowSplit = { kind: 'holdout', part: 'train', seed: 3, fraction: 0.25 };

describe('notes of a forest', () => {
  it('do not depend on how trees are grouped, and leave the trees as they are', () => {
    for (const kind of ['classification', 'regression'] as const) {
      const data = makeData(kind, 500, 0.2);
      const whole = fitForest(data, params);
      const prepared = randomForest.prepare(data.problem, params, sourceOf(data), quiet);
      const parts = [0, 1, 7, 29].map((from, i) =>
        trainTrees(data.problem, params, prepared, from, [1, 7, 29, 40][i]!, quiet),
      );
      expect(randomForest.merge(data.problem, params, parts)).toEqual(whole);
      const silent = { ...params, outOfBag: false, importances: false };
      const bare = fitForest(data, silent);
      expect(whole.subarray(0, bare.length)).toEqual(bare);
      const frame = slice(data.columns, 0, 500);
      const [a, b] = [whole, bare].map((model) => decodeModel(model, learners).predictor);
      expect(a!.predict(frame)).toEqual(b!.predict(frame));
      expect(b!.figures).toBeUndefined();
    }
  });

  it('the out-of-bag accuracy is about that on held-out rows', () => {
    const data = makeData('classification', 4000, 0.25, ['n', 'y']);
    const { predictor } = decodeModel(fitForest(data, params, sourceOf(data, [], train)), learners);
    const frame = slice(data.columns, 0, 4000);
    const target = frame.columns.get('target') as { codes: Int32Array };
    const scores = classificationMetrics(target.codes, predictor.predict(frame), 2);
    const { outOfBagAccuracy, outOfBagRows } = predictor.figures!;
    // Noise of a quarter, half of which hits the right class by chance.
    expect(outOfBagAccuracy).toBeGreaterThan(0.8);
    expect(outOfBagAccuracy).toBeLessThan(scores.accuracy!);
    expect(outOfBagRows).toBeGreaterThan(2900);
  });

  it('the out-of-bag R2 is below that on the training rows', () => {
    const data = makeData('regression', 2000, 0.3);
    const { predictor } = decodeModel(fitForest(data, params), learners);
    const frame = slice(data.columns, 0, 2000);
    const target = frame.columns.get('target') as { values: Float64Array };
    const all = regressionMetrics(target.values, predictor.predict(frame)).r2!;
    expect(predictor.figures!.outOfBagR2).toBeGreaterThan(0.8);
    expect(predictor.figures!.outOfBagR2).toBeLessThan(all);
  });

  it('importances sum to one and name the features that decide', () => {
    for (const kind of ['classification', 'regression'] as const) {
      const data = makeData(kind, 1500);
      const { predictor } = decodeModel(fitForest(data, params), learners);
      const share = (name: string) => predictor.figures![`importance.${name}`]!;
      const sum = ['size', 'weight', 'colour', 'new'].reduce((all, name) => all + share(name), 0);
      expect(sum).toBeCloseTo(1, 6);
      expect(share('size')).toBeGreaterThan(0.5);
      expect(share('colour')).toBeGreaterThan(share('weight'));
      expect(share('new')).toBeLessThan(0.1);
    }
  });

  it('importances of a tree by hand', () => {
    // Feature 1 parts 4 + 4 draws into (4, 1) and (0, 3); feature 0 then parts (4, 1) purely.
    const tree = {
      nodes: 5,
      feature: Uint16Array.of(1, 0, LEAF, LEAF, LEAF),
      low: new Uint8Array(5),
      high: new Uint8Array(5),
      leaves: Float64Array.of(4, 0, 0, 1, 0, 3),
    };
    const sums = new Float64Array(2);
    addImportances(tree, { classes: 2 }, sums);
    // Gini times draws: 8 / 2 = 4 at the root, 5 (1 - 17 / 25) = 1.6 left, 0 right.
    const [a, b] = meanImportances(sums);
    expect(a).toBeCloseTo(1.6 / 4, 8);
    expect(b).toBeCloseTo(2.4 / 4, 8);
    const weighted = new Float64Array(2);
    addImportances(tree, { classes: 2, classWeights: Uint32Array.of(1, 3) }, weighted);
    expect(meanImportances(weighted)[0]).not.toBeCloseTo(1.6 / 4, 2);
  });

  it('a forest of bare leaves has no importances and no cut rows', () => {
    const data = makeData('classification', 60, 0, ['x']);
    const { predictor } = decodeModel(fitForest(data, params), learners);
    expect(predictor.figures!['importance.size']).toBe(0);
    expect(predictor.figures!.outOfBagAccuracy).toBe(1);
  });

  it('out of bag without a bag is refused, with the fix', () => {
    const { problem } = makeData('classification', 60);
    const asked = { ...params, bootstrap: false };
    expect(() => randomForest.taskCount(problem, asked)).toThrow(LearnerError);
    expect(() => randomForest.taskCount(problem, asked)).toThrow('set one of them otherwise');
  });

  it('balances classes only where there are some', () => {
    const { problem } = makeData('regression', 20, 0.1);
    const asked = { ...defaults, classWeight: 'balanced' };
    expect(() => randomForest.taskCount(problem, asked)).toThrow('has no classes; leave it out');
  });

  it('damaged notes are no sound model', () => {
    const data = makeData('classification', 80);
    const model = fitForest(data, params);
    const bare = fitForest(data, { ...params, outOfBag: false, importances: false });
    for (let cut = bare.length + 1; cut < model.length; cut++) {
      expect(() => decodeModel(model.subarray(0, cut), learners)).toThrow(ModelError);
    }
    const parts = (own: typeof params) => {
      const prepared = randomForest.prepare(data.problem, own, sourceOf(data), quiet);
      return [trainTrees(data.problem, own, prepared, 0, 40, quiet)];
    };
    const other = { ...params, importances: false };
    expect(() => randomForest.merge(data.problem, params, parts(other))).toThrow(ModelError);
    expect(() => randomForest.merge(data.problem, other, parts(params))).toThrow(ModelError);
  });

  it('scored rows carry the figures', () => {
    const rows = {
      kind: 'regression' as const,
      classes: [],
      targets: Float64Array.of(1),
      predictions: Float64Array.of(2),
    };
    const figures = { outOfBagR2: 0.5, 'importance.a': 0.25 };
    expect(decodeScoredRows(encodeScoredRows({ ...rows, figures })).figures).toEqual(figures);
    expect(decodeScoredRows(encodeScoredRows(rows)).figures).toBeUndefined();
  });
});
