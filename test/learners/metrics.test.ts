/**
 * Metrics against hand values and against constants computed once with scikit-learn 1.9.1.
 */
import { describe, expect, it } from 'vitest';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';

const two = (p: readonly number[]) => Float64Array.from(p.flatMap((v) => [1 - v, v]));

describe('classification metrics', () => {
  it('binary, as scikit-learn', () => {
    const labels = Int32Array.of(0, 1, 1, 0, 1, 0, 1, 1);
    const m = classificationMetrics(labels, two([0.1, 0.8, 0.4, 0.4, 0.9, 0.6, 0.6, 0.3]), 2);
    expect(m.accuracy).toBe(0.625);
    expect(m.logLoss).toBeCloseTo(0.5615087622795112, 14);
    expect(m.auc).toBeCloseTo(0.7333333333333334, 14);
    expect(m.f1).toBeCloseTo(0.6666666666666666, 14);
    expect(m.confusion).toEqual([
      [2, 1],
      [2, 3],
    ]);
  });

  it('three classes, one against the rest, as scikit-learn', () => {
    const labels = Int32Array.of(0, 1, 2, 2, 1, 0);
    const probabilities = Float64Array.of(
      ...[0.7, 0.2, 0.1, 0.1, 0.5, 0.4, 0.2, 0.2, 0.6],
      ...[0.5, 0.3, 0.2, 0.3, 0.4, 0.3, 0.25, 0.5, 0.25],
    );
    const m = classificationMetrics(labels, probabilities, 3);
    expect(m.accuracy).toBeCloseTo(0.6666666666666666, 14);
    expect(m.logLoss).toBeCloseTo(0.9121117922821358, 14);
    expect(m.auc).toBeCloseTo(0.7291666666666666, 14);
    expect(m.f1).toBeCloseTo(0.6555555555555556, 14);
    expect(m.confusion).toEqual([
      [1, 1, 0],
      [0, 2, 0],
      [1, 0, 1],
    ]);
  });

  it('a perfect and a reversed ranking', () => {
    const labels = Int32Array.of(0, 0, 1, 1);
    expect(classificationMetrics(labels, two([0.1, 0.2, 0.3, 0.4]), 2).auc).toBe(1);
    expect(classificationMetrics(labels, two([0.4, 0.3, 0.2, 0.1]), 2).auc).toBe(0);
    expect(classificationMetrics(labels, two([0.5, 0.5, 0.5, 0.5]), 2).auc).toBe(0.5);
  });

  it('a single class has no AUC, no rows have no scores, a missing label is left out', () => {
    const one = classificationMetrics(Int32Array.of(0, 0), two([0.1, 0.6]), 2);
    expect([one.accuracy, one.auc, one.f1]).toEqual([0.5, null, 0]);
    const none = classificationMetrics(new Int32Array(0), new Float64Array(0), 2);
    expect([none.rows, none.accuracy, none.logLoss, none.auc, none.f1]).toEqual([
      0,
      null,
      null,
      null,
      null,
    ]);
    const gaps = classificationMetrics(Int32Array.of(-1, 1, 0), two([0.1, 0.9, 0.2]), 2);
    expect([gaps.rows, gaps.accuracy, gaps.auc]).toEqual([2, 1, 1]);
  });

  it('certainty that is wrong costs a bounded log-loss', () => {
    const m = classificationMetrics(Int32Array.of(1), two([0]), 2);
    expect(m.logLoss).toBeCloseTo(52 * Math.LN2, 12);
  });
});

describe('regression metrics', () => {
  it('as scikit-learn', () => {
    const m = regressionMetrics(Float64Array.of(3, -0.5, 2, 7), Float64Array.of(2.5, 0, 2, 8));
    expect(m.rmse).toBeCloseTo(0.6123724356957945, 15);
    expect(m.mae).toBe(0.5);
    expect(m.r2).toBeCloseTo(0.9486081370449679, 15);
  });

  it('a constant target has no R2, no rows have no scores, a missing target is left out', () => {
    expect(regressionMetrics(Float64Array.of(2, 2), Float64Array.of(1, 3))).toMatchObject({
      rows: 2,
      rmse: 1,
      mae: 1,
      r2: null,
    });
    const none = regressionMetrics(new Float64Array(0), new Float64Array(0));
    expect(none).toMatchObject({ rows: 0, rmse: null, mae: null, r2: null });
    const gaps = regressionMetrics(Float64Array.of(Number.NaN, 1, 3), Float64Array.of(9, 1, 3));
    expect([gaps.rows, gaps.rmse, gaps.r2]).toMatchObject([2, 0, 1]);
  });
});
