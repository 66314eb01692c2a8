/** The example of a parameter server: its arithmetic, its law, and what it says of bad input. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Frame } from '../../datasets/frame.ts';
import { linearDescent } from '../../examples/parameter-server/linear-descent.ts';
import { learnersOf } from '../../learners/catalogue.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import type { Problem, RowSource } from '../../learners/learner.ts';
import { decodeModel } from '../../learners/model.ts';
import { doublesOf, readTensors, writeTensors } from '../../learners/tensors.ts';
import { combineChecked, runRounds } from './rounds-driver.ts';

const quiet = () => undefined;
const features = ['u', 'v'].map((name) => ({ name, kind: 'number' }) as const);
const target = { name: 'y', kind: 'number' } as const;
const rows = 320;
const problem: Problem = { kind: 'regression', features, target, classes: [], rows, seed: 0 };
const params = { rounds: 3_000, rate: 0.5, tolerance: 1e-12 };

function frameOf(firstRow: number, count: number): Frame {
  const values = (step: number) =>
    Float64Array.from({ length: count }, (_, i) => (((firstRow + i) * step) % 101) / 50.5 - 1);
  const [u, v] = [values(7), values(13)];
  const y = u.map((value, i) => 2 * value - 3 * v[i]! + 0.5);
  const columns = Object.entries({ u, v, y }).map(
    ([name, list]) => [name, { kind: 'number', values: list }] as const,
  );
  return { rows: count, firstRow, columns: new Map(columns) };
}

function slicesOf(count: number) {
  return Array.from({ length: count }, (_, i) => {
    const size = rows / count;
    const source: RowSource = { frames: () => [frameOf(i * size, size)], split: { kind: 'all' } };
    return linearDescent.prepare(problem, params, source, quiet);
  });
}

function parametersIn(state: Uint8Array): number[] {
  const tensors = readTensors(state);
  return [...doublesOf(tensors, 'W', [2]), ...doublesOf(tensors, 'b', [])];
}

describe('the parameter server', () => {
  it('[P35] finds the plane that the rows lie on, and says why it stopped', () => {
    const trained = runRounds({ learner: linearDescent, problem, params, slices: slicesOf(8) });
    const [u, v, b] = parametersIn(trained.state) as [number, number, number];
    expect([u, v, b].map((value) => Math.round(value * 1e6) / 1e6)).toEqual([2, -3, 0.5]);
    expect(trained.ended).toBe('converged');
    expect(trained.metrics.at(-1)?.loss).toBeLessThan(1e-15);
    const few = { learner: linearDescent, problem, slices: slicesOf(8) };
    expect(runRounds({ ...few, params: { ...params, rounds: 5 } })).toMatchObject({
      rounds: 5,
      ended: 'rounds',
    });
  });

  it('[P35] adds pushes element by element, whichever subtree they are of', () => {
    const finite = fc.double({ noNaN: true, min: -1e100, max: 1e100 });
    const push = fc.tuple(finite, finite, finite).map(([first, second, bias]) =>
      writeTensors([
        { name: 'W', shape: [2], data: Float64Array.of(first, second) },
        { name: 'b', shape: [], data: Float64Array.of(bias) },
      ]),
    );
    const rounds = { learner: linearDescent, problem, params, slices: slicesOf(1) };
    fc.assert(
      fc.property(push, push, (left, right) => {
        const [a, b] = [parametersIn(left), parametersIn(right)];
        const sum = parametersIn(combineChecked(rounds, left, right));
        expect(sum).toEqual(a.map((value, i) => value + b[i]!));
        // Sums of two doubles commute, so the order of a pair is no matter here.
        expect(combineChecked(rounds, right, left)).toEqual(combineChecked(rounds, left, right));
      }),
    );
  });

  it('its model predicts, and a missing value counts as zero', () => {
    const { model } = runRounds({
      learner: linearDescent,
      problem,
      params,
      slices: slicesOf(4),
    });
    const { predictor } = decodeModel(model, learnersOf(linearDescent));
    const frame = frameOf(0, 3);
    const y = (frame.columns.get('y') as { values: Float64Array }).values;
    const values = predictor.predict(frame);
    for (const [i, value] of y.entries()) expect(values[i]).toBeCloseTo(value, 6);
    const holes = new Map(frame.columns).set('v', {
      kind: 'number',
      values: new Float64Array(3).fill(Number.NaN),
    });
    expect([...predictor.predict({ ...frame, columns: holes })].every(Number.isFinite)).toBe(true);
    expect(() => linearDescent.decode(model.subarray(0, model.length - 1))).toThrow(ModelError);
  });

  it('names what to change where it cannot learn', () => {
    const category = {
      ...problem,
      features: [{ name: 'c', kind: 'category', levels: [] } as const],
    };
    expect(() => linearDescent.begin(category, params)).toThrow(/features.include/);
    const wild = { ...params, rate: 1e6 };
    const run = () =>
      runRounds({ learner: linearDescent, problem, params: wild, slices: slicesOf(2) });
    expect(run).toThrow(LearnerError);
    expect(run).toThrow(/lower params.rate/);
  });
});
