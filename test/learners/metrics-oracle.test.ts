/**
 * Metrics against the plainest way to compute them, on random scores full of ties, and against
 * constants that scikit-learn 1.9.1 gave for the same rows.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibration } from '../../learners/metrics/calibration.ts';
import { classificationMetrics } from '../../learners/metrics/classification.ts';
import { classificationCurves, regressionCurves } from '../../learners/metrics/curves.ts';
import { curvePoints, rankSteps } from '../../learners/metrics/ranking.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';

/** Rows of a few classes whose scores come from few values, so that many are equal. */
const scored = fc
  .tuple(fc.integer({ min: 2, max: 4 }), fc.integer({ min: 0, max: 40 }))
  .chain(([classes, rows]) =>
    fc.record({
      classes: fc.constant(classes),
      labels: fc
        .array(fc.integer({ min: -1, max: classes - 1 }), { minLength: rows, maxLength: rows })
        .map((labels) => Int32Array.from(labels)),
      weights: fc.array(fc.integer({ min: 0, max: 6 }), {
        minLength: rows * classes,
        maxLength: rows * classes,
      }),
    }),
  )
  .map(({ classes, labels, weights }) => {
    const probabilities = new Float64Array(weights.length);
    for (let row = 0; row < labels.length; row++) {
      const own = weights.slice(row * classes, (row + 1) * classes).map((weight) => weight + 1);
      const sum = own.reduce((a, b) => a + b, 0);
      own.forEach((weight, c) => {
        probabilities[row * classes + c] = weight / sum;
      });
    }
    return { classes, labels, probabilities };
  });

type Scored = typeof scored extends fc.Arbitrary<infer T> ? T : never;

const rowsOf = ({ labels }: Scored) => [...labels.keys()].filter((row) => labels[row]! >= 0);
const scoreOf = (data: Scored, row: number, c: number) =>
  data.probabilities[row * data.classes + c]!;

/** Share of pairs of a row of the class and another one that stand in the right order. */
function pairAuc(data: Scored, c: number): number | null {
  const rows = rowsOf(data);
  const own = rows.filter((row) => data.labels[row] === c);
  const others = rows.filter((row) => data.labels[row] !== c);
  if (own.length === 0 || others.length === 0) return null;
  let right = 0;
  for (const a of own) {
    for (const b of others) {
      const gap = scoreOf(data, a, c) - scoreOf(data, b, c);
      right += gap > 0 ? 1 : gap === 0 ? 0.5 : 0;
    }
  }
  return right / (own.length * others.length);
}

/** Precision at each distinct threshold, weighted by what recall it adds. */
function stepPrecision(data: Scored, c: number): number | null {
  const rows = rowsOf(data);
  const positives = rows.filter((row) => data.labels[row] === c).length;
  if (positives === 0) return null;
  const thresholds = [...new Set(rows.map((row) => scoreOf(data, row, c)))].sort((a, b) => b - a);
  let before = 0;
  let sum = 0;
  for (const threshold of thresholds) {
    const above = rows.filter((row) => scoreOf(data, row, c) >= threshold);
    const hits = above.filter((row) => data.labels[row] === c).length;
    sum += ((hits - before) / positives) * (hits / above.length);
    before = hits;
  }
  return sum;
}

function meanOver(data: Scored, of: (data: Scored, c: number) => number | null): number | null {
  const tested = data.classes === 2 ? [1] : [...Array(data.classes).keys()];
  const values = tested.map((c) => of(data, c)).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
}

const near = (value: number | null) => (value === null ? null : expect.closeTo(value, 12));

describe('[P78] metrics agree with the plainest way to compute them', () => {
  it('areas under the curves, ties and missing labels included', () => {
    fc.assert(
      fc.property(scored, (data) => {
        const found = classificationMetrics(data.labels, data.probabilities, data.classes);
        expect(found.auc).toEqual(near(meanOver(data, pairAuc)));
        expect(found.averagePrecision).toEqual(near(meanOver(data, stepPrecision)));
      }),
    );
  });

  it('recall, F1, Brier and calibration', () => {
    fc.assert(
      fc.property(scored, (data) => {
        const { classes, labels } = data;
        const found = classificationMetrics(labels, data.probabilities, classes);
        const rows = rowsOf(data);
        const guess = (row: number) => {
          const own = [...Array(classes).keys()].map((c) => scoreOf(data, row, c));
          return own.indexOf(Math.max(...own));
        };
        const count = (of: (row: number) => boolean) => rows.filter(of).length;
        const recalls: number[] = [];
        const f1s: number[] = [];
        let weighted = 0;
        for (let c = 0; c < classes; c++) {
          const both = count((row) => labels[row] === c && guess(row) === c);
          const actual = count((row) => labels[row] === c);
          const guessed = count((row) => guess(row) === c);
          if (actual > 0) recalls.push(both / actual);
          if (actual + guessed > 0) f1s.push((2 * both) / (actual + guessed));
          if (actual > 0) weighted += ((2 * both) / (actual + guessed)) * actual;
        }
        const mean = (values: number[]) =>
          values.length === 0 ? null : values.reduce((a, b) => a + b, 0) / values.length;
        expect(found.balancedAccuracy).toEqual(near(mean(recalls)));
        expect(found.f1Macro).toEqual(near(mean(f1s)));
        expect(found.f1Weighted).toEqual(rows.length === 0 ? null : near(weighted / rows.length));
        const errors = rows.map((row) => {
          const all = [...Array(classes).keys()].map(
            (c) => (scoreOf(data, row, c) - (labels[row] === c ? 1 : 0)) ** 2,
          );
          return classes === 2 ? all[1]! : all.reduce((a, b) => a + b, 0);
        });
        expect(found.brier).toEqual(near(mean(errors)));
        const { bins } = calibration(labels, data.probabilities, classes);
        expect(bins.reduce((sum, bin) => sum + bin.rows, 0)).toBe(rows.length);
        const gap = bins.reduce(
          (sum, bin) => sum + bin.rows * Math.abs((bin.predicted ?? 0) - (bin.observed ?? 0)),
          0,
        );
        expect(found.ece).toEqual(rows.length === 0 ? null : near(gap / rows.length));
      }),
    );
  });

  it('curves keep their ends, and rank no row twice, however few points are kept', () => {
    fc.assert(
      fc.property(scored, fc.integer({ min: 1, max: 8 }), (data, max) => {
        const steps = rankSteps(data.labels, data.probabilities, data.classes, 1);
        const points = curvePoints(steps, max);
        expect(points.length).toBeLessThanOrEqual(max + 1);
        const last = points.at(-1)?.slice(1) ?? [0, 0];
        expect(last).toEqual([steps.positives, steps.negatives]);
        for (let i = 1; i < points.length; i++) {
          expect(points[i]![0]).toBeLessThan(points[i - 1]![0]);
          expect(points[i]![1]).toBeGreaterThanOrEqual(points[i - 1]![1]);
        }
      }),
    );
  });

  it('errors of numbers', () => {
    const value = fc.integer({ min: 0, max: 50 });
    const some = fc.array(fc.tuple(value, fc.integer({ min: 1, max: 50 })), { minLength: 1 });
    fc.assert(
      fc.property(some, (rows) => {
        const truth = Float64Array.from(rows, ([y]) => y);
        const found = regressionMetrics(
          truth,
          Float64Array.from(rows, ([, m]) => m),
        );
        const misses = rows.map(([y, m]) => Math.abs(y - m)).sort((a, b) => a - b);
        const half = misses.length >> 1;
        const median =
          misses.length % 2 === 1 ? misses[half]! : (misses[half - 1]! + misses[half]!) / 2;
        expect(found.medianAe).toBe(median);
        const deviance = rows.map(([y, m]) => 2 * ((y === 0 ? 0 : y * Math.log(y / m)) - y + m));
        expect(found.poissonDeviance).toBeCloseTo(
          deviance.reduce((a, b) => a + b, 0) / rows.length,
          9,
        );
        const { grid } = regressionCurves(truth, truth);
        expect(grid.flat().reduce((a, b) => a + b, 0)).toBe(rows.length);
      }),
    );
  });
});

describe('[P78] metrics as scikit-learn has them', () => {
  it('two classes', () => {
    const p = [0.1, 0.8, 0.4, 0.4, 0.9, 0.6, 0.6, 0.3];
    const labels = Int32Array.of(0, 1, 1, 0, 1, 0, 1, 1);
    const both = Float64Array.from(p.flatMap((v) => [1 - v, v]));
    const m = classificationMetrics(labels, both, 2);
    expect(m.balancedAccuracy).toBeCloseTo(0.6333333333333333, 14);
    expect(m.averagePrecision).toBeCloseTo(0.8261904761904761, 14);
    expect(m.f1Macro).toBeCloseTo(0.6190476190476191, 14);
    expect(m.f1Weighted).toBeCloseTo(0.6309523809523809, 14);
    expect(m.brier).toBeCloseTo(0.19874999999999998, 14);
    expect(classificationCurves(labels, both, ['no', 'yes']).ranks[0]?.points).toEqual([
      [0.9, 1, 0],
      [0.8, 2, 0],
      [0.6, 3, 1],
      [0.4, 4, 2],
      [0.3, 5, 2],
      [0.1, 5, 3],
    ]);
  });

  it('three classes', () => {
    const labels = Int32Array.of(0, 1, 2, 2, 1, 0);
    const p = Float64Array.of(
      ...[0.7, 0.2, 0.1, 0.1, 0.5, 0.4, 0.2, 0.2, 0.6],
      ...[0.5, 0.3, 0.2, 0.3, 0.4, 0.3, 0.25, 0.5, 0.25],
    );
    const m = classificationMetrics(labels, p, 3);
    expect(m.balancedAccuracy).toBeCloseTo(0.6666666666666666, 14);
    expect(m.averagePrecision).toBeCloseTo(0.6777777777777777, 14);
    expect(m.f1Weighted).toBeCloseTo(0.6555555555555556, 14);
    expect(m.brier).toBeCloseTo(0.5325000000000001, 14);
  });

  it('numbers', () => {
    const m = regressionMetrics(Float64Array.of(3, 0, 2, 7), Float64Array.of(2.5, 0.5, 2, 8));
    expect(m.medianAe).toBeCloseTo(0.5, 15);
    expect(m.poissonDeviance).toBeCloseTo(0.30612246100510276, 14);
    const below = regressionMetrics(Float64Array.of(1, -1), Float64Array.of(1, 1));
    expect(below.poissonDeviance).toBeNull();
    expect(regressionMetrics(Float64Array.of(1), Float64Array.of(0)).poissonDeviance).toBeNull();
  });
});
