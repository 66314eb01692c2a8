/**
 * How boosting grows trees: against a plain float oracle, and what splits, weights, constraints and
 * rows that are held back come to.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { decodeModel } from '../../learners/boosting/boosting-model.ts';
import type { BoostingParams } from '../../learners/boosting/boosting-params.ts';
import { marginsOf } from '../../learners/boosting/boosting-predictor.ts';
import { readState } from '../../learners/boosting/boosting-state.ts';
import { boostingTask } from '../../learners/boosting/boosting-task.ts';
import { gradientBoosting } from '../../learners/boosting/gradient-boosting.ts';
import { rebuildRows } from '../../learners/boosting/held-rows.ts';
import type { Problem } from '../../learners/learner.ts';
import { Xoshiro } from '../../learners/random.ts';
import { prepareSlices } from '../support/rounds-driver.ts';
import { defaults, fitBoosting, framesOf } from './boosting-fixture.ts';
import { type Data, makeData } from './forest-fixture.ts';

/** Number columns `x0`, `x1`, ... and a target. */
function numbersData(columns: readonly (readonly number[])[], target: readonly number[]): Data {
  const features: ColumnSchema[] = columns.map((_, f) => ({ name: `x${f}`, kind: 'number' }));
  return {
    problem: {
      ...{ kind: 'regression', features, target: { name: 'y', kind: 'number' }, classes: [] },
      ...{ rows: target.length, seed: 3 },
    },
    columns: new Map<string, Column>([
      ...columns.map((values, f): [string, Column] => [
        `x${f}`,
        { kind: 'number', values: Float64Array.from(values) },
      ]),
      ['y', { kind: 'number', values: Float64Array.from(target) }],
    ]),
  };
}

function predictAll(data: Data, params: Partial<BoostingParams>): Float64Array {
  const [frame] = framesOf(data);
  return gradientBoosting.decode(fitBoosting(data, params).model).predict(frame!);
}

/** Splits a node by brute force over floats; returns each row's value. */
function oracle(
  columns: readonly (readonly number[])[],
  residuals: readonly number[],
  rows: readonly number[],
  depth: number,
  out: Float64Array,
): void {
  const sumOf = (some: readonly number[]) => some.reduce((sum, row) => sum + residuals[row]!, 0);
  const score = (some: readonly number[]) => sumOf(some) ** 2 / (some.length + 1);
  const value = sumOf(rows) / (rows.length + 1);
  for (const row of rows) out[row] = value;
  if (depth === 0) return;
  let best = score(rows) * (1 + 1e-10);
  let parts: [number[], number[]] | null = null;
  for (const column of columns) {
    const seen = [...new Set(rows.map((row) => column[row]!))].filter((v) => !Number.isNaN(v));
    seen.sort((a, b) => a - b);
    for (const missingLeft of [false, true]) {
      if (missingLeft && !rows.some((row) => Number.isNaN(column[row]))) continue;
      for (const cut of seen) {
        const goes = (row: number) =>
          Number.isNaN(column[row]) ? missingLeft : column[row]! <= cut;
        const left = rows.filter(goes);
        const right = rows.filter((row) => !goes(row));
        if (left.length === 0 || right.length === 0) continue;
        const gain = score(left) + score(right);
        if (gain <= best) continue;
        best = gain;
        parts = [left, right];
      }
    }
  }
  if (parts === null) return;
  for (const part of parts) oracle(columns, residuals, part, depth - 1, out);
}

describe('growth', () => {
  it('finds the splits of a plain float oracle where gradients are representable', () => {
    const cell = fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(Number.NaN));
    const rows = fc.array(fc.tuple(cell, cell, fc.integer({ min: -4, max: 4 })), {
      ...{ minLength: 4, maxLength: 60 },
    });
    fc.assert(
      fc.property(rows, (half) => {
        // Targets that cancel out: the base is 0, and the bound of gradients 4.
        const all = [
          ...half,
          ...half.map(([a, b, y]) => [a, Number.isNaN(b) ? b : 9 - b, -y] as const),
        ];
        const both = [...all, [0, 0, 4] as const, [0, 0, -4] as const];
        const columns = [both.map(([a]) => a), both.map(([, b]) => b)];
        const target = both.map(([, , y]) => y);
        const data = numbersData(columns, target);
        const one = { trees: 1, maxDepth: 3, maxLeaves: null, minLeaf: 1, learningRate: 1, l2: 1 };
        const found = predictAll(data, one);
        const wanted = new Float64Array(target.length);
        const every = target.map((_, row) => row);
        oracle(columns, target, every, 3, wanted);
        found.forEach((value, row) => {
          expect(value).toBeCloseTo(wanted[row]!, 5);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('weights rows as if they stood there as often', () => {
    const random = new Xoshiro(4);
    const some = Array.from({ length: 200 }, () => {
      const x = random.below(20);
      return { x, y: ((x + random.below(5)) % 9) - 4, weight: 1 + random.below(2) };
    });
    // Each row with its opposite, so that the base is 0 for both.
    const rows = some.flatMap((row) => [row, { ...row, x: row.x + 30, y: -row.y }]);
    const twice = rows.flatMap((row) => Array.from({ length: row.weight }, () => row));
    const dataOf = (list: typeof rows, weights: readonly number[]): Data => {
      const columns = [list.map(({ x }) => x), weights];
      return numbersData(
        columns,
        list.map(({ y }) => y),
      );
    };
    const weighted = dataOf(
      rows,
      rows.map(({ weight }) => weight),
    );
    const repeated = dataOf(
      twice,
      twice.map(() => 1),
    );
    const params = { trees: 1, minLeaf: 1, weight: 'x1', learningRate: 1 };
    const model = gradientBoosting.decode(fitBoosting(repeated, params).model);
    const [frame] = framesOf(weighted);
    const found = predictAll(weighted, params);
    model.predict(frame!).forEach((value, row) => {
      expect(found[row]).toBeCloseTo(value, 5);
    });
  });

  it('keeps to monotone constraints, whatever the data say', () => {
    for (const kind of ['classification', 'regression'] as const) {
      const data = makeData(kind, 2000, 0.3, ['a', 'b']);
      for (const sign of ['+', '-']) {
        const params = { trees: 12, minLeaf: 5, monotone: `size${sign}, weight${sign}` };
        const { model } = fitBoosting(data, params);
        const predictor = gradientBoosting.decode(model);
        const [frame] = framesOf(data, [150]);
        for (const name of ['size', 'weight']) {
          let before: Float64Array | null = null;
          for (let step = 0; step <= 40; step++) {
            const values = new Float64Array(frame!.rows).fill(
              step * (name === 'size' ? 0.25 : 2.5),
            );
            const columns = new Map(frame!.columns).set(name, { kind: 'number', values });
            const all = predictor.predict({ ...frame!, columns });
            const now = kind === 'regression' ? all : all.filter((_, i) => i % 2 === 1);
            const last = before;
            const wrong =
              last === null
                ? -1
                : now.findIndex((value, i) => (sign === '+' ? value < last[i]! : value > last[i]!));
            expect(wrong, `${kind} ${name}${sign} at ${step}`).toBe(-1);
            before = now;
          }
        }
      }
    }
  });

  it('splits categories into any two sets, and sends levels that it never saw somewhere', () => {
    const levels = Array.from({ length: 40 }, (_, i) => `l${String(i).padStart(2, '0')}`);
    const features: ColumnSchema[] = [{ name: 'level', kind: 'category', levels }];
    const codes = Int32Array.from({ length: 2000 }, (_, row) => row % 38);
    const values = Float64Array.from(codes, (code) => ((code * 7) % 3 === 0 ? 10 : -10));
    const problem: Problem = {
      ...{ kind: 'regression', features, target: { name: 'y', kind: 'number' }, classes: [] },
      ...{ rows: codes.length, seed: 1 },
    };
    const columns = new Map<string, Column>([
      ['level', { kind: 'category', codes }],
      ['y', { kind: 'number', values }],
    ]);
    const params = { trees: 1, maxDepth: 1, learningRate: 1, l2: 0 };
    const predictor = gradientBoosting.decode(fitBoosting({ problem, columns }, params).model);
    const asked: Frame = {
      ...{ rows: 41, firstRow: 0 },
      columns: new Map([
        ['level', { kind: 'category', codes: Int32Array.from({ length: 41 }, (_, i) => i - 1) }],
      ]),
    };
    const found = predictor.predict(asked);
    for (let code = 0; code < 38; code++) {
      expect(found[code + 1]).toBeCloseTo((code * 7) % 3 === 0 ? 10 : -10, 4);
    }
    // Missing and the two levels without rows go with the larger side.
    for (const at of [0, 39, 40]) expect(found[at]).toBeCloseTo(-10, 4);
  });

  it('scores a row in training and in prediction to the same bits', () => {
    for (const kind of ['classification', 'regression'] as const) {
      const data = makeData(kind, 1200, 0.3);
      const params = { ...defaults, trees: 5, rowSample: 0.5, validation: 0.2, minLeaf: 3 };
      const { model, state } = fitBoosting(data, params);
      const task = boostingTask(data.problem, params);
      const frames = framesOf(data);
      const [rows] = prepareSlices(gradientBoosting, data.problem, params, [frames]);
      const held = rebuildRows(task, readState(state), rows!);
      const decoded = decodeModel({ name: 'gradient-boosting', numerics: 1 }, model);
      expect(decoded.trees.length).toBe(5 * task.outputs);
      // Rows held back stand last in the slice: compare as sets of margins.
      const margins = marginsOf(decoded, frames[0]!);
      for (let k = 0; k < task.outputs; k++) {
        const said = margins.filter((_, i) => i % task.outputs === k).sort();
        const from = k * data.problem.rows;
        expect(held!.margins.slice(from, from + data.problem.rows).sort()).toEqual(said);
      }
    }
  });

  it('balanced classes weigh the same in all', () => {
    const data = makeData('classification', 4000, 1, ['a', 'b', 'c', 'd']);
    const codes = Int32Array.from((data.columns.get('target') as { codes: Int32Array }).codes);
    // One class in four against the rest: a tenth after most of its rows are renamed.
    const binary = codes.map((code, row) => (code === 0 && row % 3 === 0 ? 1 : 0));
    const columns = new Map(data.columns).set('target', { kind: 'category', codes: binary });
    const target: ColumnSchema = { name: 'target', kind: 'category', levels: ['no', 'yes'] };
    const problem = { ...data.problem, target, classes: ['no', 'yes'] };
    const mean = (params: Partial<BoostingParams>) => {
      const all = predictAll({ problem, columns }, { trees: 5, ...params });
      return all.reduce((sum, p, i) => sum + (i % 2 === 1 ? p : 0), 0) / problem.rows;
    };
    expect(mean({})).toBeLessThan(0.15);
    expect(mean({ classWeight: 'balanced' })).toBeGreaterThan(0.4);
  });

  it('ends early when rows held back stop getting better, and keeps the best trees', () => {
    const data = makeData('classification', 2000, 0.6, ['a', 'b']);
    const params = { trees: 400, validation: 0.3, patience: 5, minLeaf: 2, learningRate: 0.3 };
    const { model, ended, metrics } = fitBoosting(data, params);
    expect(ended).toBe('early-stop');
    const last = metrics.at(-1)!;
    expect(last.trees).toBe(last.bestTrees! + 5);
    const { trees } = decodeModel({ name: 'gradient-boosting', numerics: 1 }, model);
    expect(trees.length).toBe(last.bestTrees);
  });

  it('finds medians of leaves for the absolute loss', () => {
    const x = Array.from({ length: 900 }, (_, row) => row % 2);
    // A skewed target: its medians are 10 and 50, its means far above.
    const y = x.map((side, row) => (side === 0 ? 10 : 50) + (row % 3 === 0 ? 1000 : 0));
    const params = { trees: 1, maxDepth: 1, learningRate: 1, objective: 'absolute' };
    const found = predictAll(numbersData([x], y), params);
    x.forEach((side, row) => {
      expect(Math.abs(found[row]! - (side === 0 ? 10 : 50))).toBeLessThan(0.01);
    });
  });
});
