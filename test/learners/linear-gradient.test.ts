/**
 * Linear models inside a round: gradients against finite differences, and the combine law.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type LinearLearner,
  linearRegression,
  logisticRegression,
  softmaxRegression,
} from '../../learners/linear/linear-models.ts';
import type { LinearParams } from '../../learners/linear/linear-params.ts';
import { copyState } from '../../learners/linear/linear-state.ts';
import { readSum, SUM } from '../../learners/linear/linear-sum.ts';
import { type Loss, linearTask } from '../../learners/linear/linear-task.ts';
import { objectiveOf } from '../../learners/linear/objective.ts';
import { Xoshiro } from '../../learners/random.ts';
import { bytesOf } from '../../learners/round-bytes.ts';
import { combineTree, cover, type Span } from '../../learners/slice-tree.ts';
import type { Data } from './forest-fixture.ts';
import { type LinearRounds, noisy, roundsOf } from './linear-fixture.ts';
import { combineChecked, contributionOf, holdersOf, sumOf } from './rounds-driver.ts';

const CASES: readonly [Loss, LinearLearner, Data][] = [
  ['squared', linearRegression, noisy('regression', 120)],
  ['logistic', logisticRegression, noisy('classification', 120, ['no', 'yes'])],
  ['softmax', softmaxRegression, noisy('classification', 120)],
];

/** The state that opens the first round that sums gradients. */
function descending(rounds: LinearRounds): { state: Uint8Array; round: number } {
  const { learner, problem, params, slices } = rounds;
  let state = learner.begin(problem, params);
  for (let round = 0; ; round++) {
    const sum = sumOf(
      rounds,
      state,
      holdersOf(rounds, state, undefined, round),
      all(slices),
      round,
    );
    if (new Float64Array(sum.buffer)[SUM.phase] === 2) return { state, round };
    state = learner.close(problem, params, state, sum, round).state;
  }
}

const all = (slices: readonly unknown[]): Span => ({ from: 0, to: slices.length });

/** Objective and gradient at some weights, by the learner's own contributions. */
function evaluate(loss: Loss, rounds: LinearRounds, state: Uint8Array, round: number) {
  const task = linearTask(loss, rounds.problem, rounds.params);
  const held = holdersOf(rounds, state, undefined, round);
  const sum = readSum(task, sumOf(rounds, state, held, all(rounds.slices), round), 2);
  return objectiveOf(task, copyState(task, state), sum);
}

describe.each(CASES)('gradient of the %s loss', (loss, learner, data) => {
  it.each([0, 0.7, 30])('agrees with finite differences, l2 = %d', (l2) => {
    const rounds = roundsOf(learner, data, { solver: 'momentum', l2 }, 3);
    const { state, round } = descending(rounds);
    const task = linearTask(loss, rounds.problem, rounds.params);
    const random = new Xoshiro(3);
    const there = copyState(task, state);
    const none = task.layout.width * task.outputs;
    for (let i = 0; i < task.size; i++) {
      // The row of "no column" is no weight.
      const isWeight = i < none || i >= none + task.outputs;
      there.weights[i] = isWeight ? random.next() / 2 ** 31 - 1 : 0;
    }
    const { gradient } = evaluate(loss, rounds, there.bytes, round);
    for (let i = 0; i < task.size; i++) {
      if (i >= none && i < none + task.outputs) {
        expect(gradient[i]).toBe(0);
        continue;
      }
      const at = (by: number) => {
        const near = copyState(task, there.bytes);
        near.weights[i]! += by;
        return evaluate(loss, rounds, near.bytes, round).value;
      };
      expect(gradient[i]).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 7);
    }
  });
});

const SLICES = 7;
const settings: readonly [string, LinearLearner, Data, Partial<LinearParams>][] = [
  ['least squares', linearRegression, noisy('regression', 150), {}],
  ['two classes', logisticRegression, noisy('classification', 150, ['no', 'yes']), {}],
  ['three classes', softmaxRegression, noisy('classification', 150), { validation: 0.3 }],
  ['batches', softmaxRegression, noisy('classification', 150), { batch: 5 }],
  [
    'indicators',
    logisticRegression,
    noisy('classification', 150, ['no', 'yes']),
    { missingIndicator: true },
  ],
];

describe.each(settings)('combine law: %s', (_name, learner, data, given) => {
  const rounds = roundsOf(learner, data, given, SLICES);

  /** The states that open the first four rounds. */
  function openings(): Uint8Array[] {
    const { problem, params, slices } = rounds;
    const states = [learner.begin(problem, params)];
    for (let round = 0; round < 3; round++) {
      const state = states.at(-1)!;
      const held = holdersOf(rounds, state, undefined, round);
      const sum = sumOf(rounds, state, held, all(slices), round);
      const closed = learner.close(problem, params, state, sum, round);
      if (closed.ended !== null) break;
      states.push(closed.state);
    }
    return states;
  }
  const states = openings();

  it('[P65] sums of any workers, each over whole subtrees, join to the same bytes', () => {
    const owners = fc.array(fc.nat(3), { minLength: SLICES, maxLength: SLICES });
    fc.assert(
      fc.property(owners, fc.nat(states.length - 1), (owner, round) => {
        const state = states[round]!;
        const held = holdersOf(rounds, state, undefined, round);
        const one = sumOf(rounds, state, held, { from: 0, to: SLICES }, round);
        const sums = new Map<string, Uint8Array>();
        for (let worker = 0; worker < 4; worker++) {
          const owned = new Set(owner.flatMap((o, slice) => (o === worker ? [slice] : [])));
          for (const span of cover(SLICES, owned)) {
            sums.set(`${span.from}-${span.to}`, sumOf(rounds, state, held, span, round));
          }
        }
        const joined = combineTree(
          { from: 0, to: SLICES },
          ({ from, to }) => sums.get(`${from}-${to}`),
          (left, right) => combineChecked(rounds, left, right),
        );
        expect(Buffer.compare(joined, one)).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('adds counts exactly, and numbers to within rounding whatever the order', () => {
    fc.assert(
      fc.property(fc.nat(states.length - 1), fc.nat(2 ** 31), (round, seed) => {
        const state = states[round]!;
        const held = holdersOf(rounds, state, undefined, round);
        const each = Array.from({ length: SLICES }, (_, slice) =>
          contributionOf(rounds, state, held, slice, round),
        );
        const random = new Xoshiro(seed);
        const shuffled = each.slice();
        for (let i = SLICES - 1; i > 0; i--) {
          const j = random.below(i + 1);
          [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
        }
        const join = (list: Uint8Array[]) =>
          new Float64Array(list.reduce((a, b) => combineChecked(rounds, a, b)).slice().buffer);
        const a = join(each);
        const b = join(shuffled);
        expect(b[SUM.rows]).toBe(a[SUM.rows]);
        expect(b[SUM.validationRows]).toBe(a[SUM.validationRows]);
        const scale = a.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
        a.forEach((value, i) => {
          expect(Math.abs(b[i]! - value)).toBeLessThan(1e-12 * scale);
        });
      }),
      { numRuns: 30 },
    );
  });

  it('leaves a sum as it is when an empty slice joins it', () => {
    const empty = learner.prepare(
      rounds.problem,
      rounds.params,
      { frames: () => [], split: { kind: 'all' } },
      () => undefined,
    );
    states.forEach((state, round) => {
      const with_ = { ...rounds, slices: [rounds.slices[0]!, empty] };
      const held = holdersOf(with_, state, undefined, round);
      const alone = contributionOf(with_, state, held, 0, round);
      const joined = sumOf(with_, state, held, { from: 0, to: 2 }, round);
      const left = new Float64Array(alone.slice().buffer);
      expect([...new Float64Array(joined.slice().buffer)]).toEqual([...left.map((v) => v + 0)]);
    });
  });

  it('refuses sums of different rounds, and states of another problem', () => {
    const { problem, params } = rounds;
    const held = holdersOf(rounds, states[0]!, undefined, 0);
    const first = contributionOf(rounds, states[0]!, held, 0, 0);
    const other = bytesOf(new Float64Array(first.length / 8 + 1));
    expect(() => learner.combine(problem, params, first, other)).toThrow(/not of the same round/);
    expect(() => learner.close(problem, params, states[0]!, other, 0)).toThrow(/sum of phase/);
    expect(() => learner.close(problem, params, other, first, 0)).toThrow(/state has/);
  });
});
