/**
 * Factorisation: it finds factors that made the ratings, each round solves its side to the optimum,
 * and what was never seen, or is degenerate, has a defined prediction.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkParams } from '../../actors/coordinator/check-params.ts';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import { learnersOf } from '../../learners/catalogue.ts';
import { LearnerError, ModelError } from '../../learners/errors.ts';
import type { FactorParams } from '../../learners/factorisation/factor-params.ts';
import { shapeOf } from '../../learners/factorisation/factor-params.ts';
import { readState } from '../../learners/factorisation/factor-state.ts';
import { factorisation } from '../../learners/factorisation/factorisation.ts';
import type { Problem } from '../../learners/learner.ts';
import { regressionMetrics } from '../../learners/metrics/regression.ts';
import { decodeModel } from '../../learners/model.ts';
import { defaultParams } from '../../learners/params.ts';
import { Xoshiro } from '../../learners/random.ts';
import { combineTree, type Span } from '../../learners/slice-tree.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import {
  combineChecked,
  contributionOf,
  prepareSlices,
  runRounds,
  sumOf,
} from '../support/rounds-driver.ts';

type Rating = readonly [user: number, item: number, rating: number];

const USERS = 120;
const ITEMS = 80;
const NOISE = 0.1;
const defaults = { ...defaultParams(factorisation.params), rank: 3, l2: 0.005, rounds: 60 };

function levelsOf(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}${i}`);
}

function problemOf(rows: number, users = USERS, items = ITEMS): Problem {
  const features: ColumnSchema[] = [
    { name: 'when', kind: 'number' },
    { name: 'user', kind: 'category', levels: levelsOf('u', users) },
    { name: 'item', kind: 'category', levels: levelsOf('i', items) },
  ];
  const target = { name: 'stars', kind: 'number' as const };
  return { kind: 'regression', features, target, classes: [], rows, seed: 5 };
}

/** Ratings of users' and items' biases and a product of three factors, and noise beside. */
function makeRatings(share: number, seed: number, noise = NOISE): Rating[] {
  const random = new Xoshiro(seed);
  const unit = () => random.next() / 2 ** 31 - 1;
  const draw = (count: number) =>
    Array.from({ length: count }, () => [unit(), unit(), unit(), unit()]);
  const [users, items] = [draw(USERS), draw(ITEMS)];
  const ratings: Rating[] = [];
  users.forEach((u, user) => {
    items.forEach((v, item) => {
      if ((unit() + 1) / 2 >= share) return;
      const product = u[1]! * v[1]! + u[2]! * v[2]! + u[3]! * v[3]!;
      // The sum of three uniform numbers on [-1, 1] has variance 1.
      const normal = unit() + unit() + unit();
      ratings.push([user, item, 3 + u[0]! / 2 + v[0]! / 2 + product + noise * normal]);
    });
  });
  return ratings;
}

function frameOf(ratings: readonly Rating[], firstRow = 0): Frame {
  const codes = (at: 0 | 1): Column => ({
    kind: 'category',
    codes: Int32Array.from(ratings, (rating) => rating[at]),
  });
  const numbers = Float64Array.from(ratings, (rating) => rating[2]);
  const columns = new Map<string, Column>([
    ['user', codes(0)],
    ['item', codes(1)],
    ['stars', { kind: 'number', values: numbers }],
  ]);
  return { rows: ratings.length, firstRow, columns };
}

function roundsOf(ratings: readonly Rating[], params: FactorParams, sizes: readonly number[]) {
  let at = 0;
  const frames = [...sizes, ratings.length].map((size) => {
    const part = ratings.slice(at, at + size);
    at += part.length;
    return [frameOf(part, at - part.length)];
  });
  const problem = problemOf(ratings.length);
  const slices = prepareSlices(factorisation, problem, params, frames);
  return { learner: factorisation, problem, params, slices };
}

const trainOn = (ratings: readonly Rating[], params = defaults, sizes: readonly number[] = []) =>
  runRounds(roundsOf(ratings, params, sizes));

function rmseOf(model: Uint8Array, ratings: readonly Rating[]): number {
  const predicted = factorisation.decode(model).predict(frameOf(ratings));
  const truth = Float64Array.from(ratings, (rating) => rating[2]);
  return regressionMetrics(truth, predicted).rmse!;
}

/** What the rounds lower, from its definition. */
function lossOf(
  problem: Problem,
  params: FactorParams,
  bytes: Uint8Array,
  ratings: readonly Rating[],
) {
  const { width } = shapeOf(problem, params);
  const { mean, scale, users, items } = readState(shapeOf(problem, params), bytes);
  let loss = 0;
  for (const [user, item, rating] of ratings) {
    const u = users.subarray(user * width, (user + 1) * width);
    const v = items.subarray(item * width, (item + 1) * width);
    let error = (rating - mean) / scale - u[0]! - v[0]!;
    for (let f = 1; f < width; f++) error -= u[f]! * v[f]!;
    loss += error * error;
    for (const value of [...u, ...v]) loss += params.l2 * value * value;
  }
  return loss;
}

describe('factorisation', () => {
  it('[P80] finds the factors that made the ratings: held-out error near the noise', () => {
    const all = makeRatings(0.5, 1);
    const train = all.filter((_, i) => i % 5 > 0);
    const test = all.filter((_, i) => i % 5 === 0);
    const { model, ended } = trainOn(train, { ...defaults, tolerance: 0.01 }, [1000, 500, 1500]);
    expect(ended).toBe('converged');
    // The noise is 0.1; biases alone leave 0.556.
    expect(rmseOf(model, test)).toBeLessThan(0.13);
    expect(rmseOf(trainOn(train, { ...defaults, rank: 0 }).model, test)).toBeGreaterThan(0.5);
    const { header } = decodeModel(model, learnersOf(factorisation));
    expect(header.features.map((feature) => feature.name)).toEqual(['user', 'item']);
  });

  it('without noise or penalty the error goes to nothing', () => {
    const ratings = makeRatings(0.5, 2, 0);
    const exact = { ...defaults, l2: 0, rounds: 400, tolerance: 0 };
    expect(rmseOf(trainOn(ratings, exact).model, ratings)).toBeLessThan(1e-6);
  });

  it('each round solves its side to the optimum, by finite differences, and the loss never rises', () => {
    const ratings = makeRatings(0.2, 3);
    const params = { ...defaults, l2: 0.05, rounds: 12, tolerance: 0 };
    const rounds = roundsOf(ratings, params, [400, 700]);
    const shape = shapeOf(rounds.problem, params);
    const losses: number[] = [];
    runRounds({
      ...rounds,
      onRound(round, opening, _sum, { state, metrics }) {
        if (round < 2) return;
        const loss = lossOf(rounds.problem, params, opening, ratings);
        expect(metrics.loss! * ratings.length).toBeCloseTo(loss, 6);
        losses.push(loss);
        const bytes = state.slice();
        const { users, items } = readState(shape, bytes);
        const side = round % 2 === 1 ? users : items;
        const random = new Xoshiro(round);
        for (let n = 0; n < 10; n++) {
          const at = random.below(side.length);
          const value = side[at]!;
          const lossAt = (step: number) => {
            side[at] = value + step;
            return lossOf(rounds.problem, params, bytes, ratings);
          };
          const slope = (lossAt(1e-4) - lossAt(-1e-4)) / 2e-4;
          side[at] = value;
          expect(Math.abs(slope)).toBeLessThan(1e-5);
        }
      },
    });
    losses.slice(1).forEach((loss, i) => {
      expect(loss).toBeLessThanOrEqual(losses[i]! * (1 + 1e-12));
    });
  });

  it('[P88] combine law: any whole subtrees can be summed anywhere: the sums have the same bytes', () => {
    const cut = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(cut, fc.func(fc.boolean()), (sizes, summedApart) => {
        const params = { ...defaults, rounds: 2 };
        const rounds = roundsOf(makeRatings(0.1, 4), params, sizes);
        const count = rounds.slices.length;
        const none = rounds.slices.map(() => null);
        runRounds({
          ...rounds,
          onRound(round, state, sum) {
            const known = new Map<string, Uint8Array>();
            for (let from = 0; from < count; from++) {
              known.set(`${from} ${from + 1}`, contributionOf(rounds, state, none, from, round));
              const pair = { from, to: from + 2 };
              if (from % 2 === 1 || pair.to > count || !summedApart(from)) continue;
              known.set(`${from} ${pair.to}`, sumOf(rounds, state, none, pair, round));
            }
            const sumAt = ({ from, to }: Span) => known.get(`${from} ${to}`);
            const join = (a: Uint8Array, b: Uint8Array) => combineChecked(rounds, a, b);
            expect(combineTree({ from: 0, to: count }, sumAt, join)).toEqual(sum);
          },
        });
      }),
      { numRuns: 25 },
    );
  });

  it('who or what was never rated counts as the mean one', () => {
    const ratings = makeRatings(0.5, 6).filter(([user, item]) => user !== 7 && item !== 9);
    const { model } = trainOn(ratings);
    const predict = (user: number, item: number) =>
      factorisation.decode(model).predict(frameOf([[user, item, Number.NaN]]))[0]!;
    const mean = ratings.reduce((sum, [, , rating]) => sum + rating, 0) / ratings.length;
    expect(predict(7, 9)).toBeCloseTo(mean, 9);
    expect(predict(-1, -1)).toBe(predict(7, 9));
    expect(predict(-1, 3)).toBe(predict(7, 3));
    expect(predict(4, 9)).not.toBe(predict(7, 9));
    expect(predict(USERS + 5, ITEMS + 5)).toBe(predict(-1, -1));
  });

  it('rows without user, item or rating, slices without rows, and one rating', () => {
    const ratings: Rating[] = [
      [3, 4, 2.5],
      [-1, 4, 9],
      [3, -1, 9],
      [5, 6, Number.NaN],
    ];
    const { model, metrics } = trainOn(ratings, { ...defaults, rounds: 4 }, [0, 2, 0]);
    expect(metrics[0]).toEqual({ ratings: 1 });
    expect(factorisation.decode(model).predict(frameOf([[3, 4, 0]]))[0]).toBeCloseTo(2.5, 6);
    expect(() => trainOn(ratings.slice(1))).toThrow('no row has a "user", a "item" and a "stars"');
    const equal = makeRatings(0.1, 1).map(([user, item]): Rating => [user, item, 4]);
    for (const l2 of [0, 0.1]) {
      const { model: same } = trainOn(equal, { ...defaults, l2 });
      expect(rmseOf(same, equal)).toBeLessThan(1e-9);
    }
  });

  it('says which parameter or column to change', () => {
    const problem = problemOf(10);
    const complaint = (params: Partial<FactorParams>, of = problem) => {
      return () => factorisation.memoryBytes(of, { ...defaults, ...params }, 1);
    };
    expect(complaint({ user: 'usr' })).toThrow(
      'params.user is "usr", no feature; set it to "user"',
    );
    expect(complaint({ item: 'user' })).toThrow('params.user and params.item are both "user"');
    expect(complaint({ item: 'when' })).toThrow(/a number; import it with --type when=category/);
    expect(complaint({}, problemOf(10, 0))).toThrow('has no level');
    expect(complaint({ rank: 256 }, problemOf(1e6, 100_000, 100))).toThrow(/lower params.rank/);
    const state = factorisation.begin(problem, defaults);
    expect(() => factorisation.finish(problem, defaults, state)).toThrow(LearnerError);
    const { issues } = checkParams(factorisation.params as never, { user: 7, item: 'film' });
    expect(issues.map(({ path, fix }) => `${path}: ${fix}`)).toEqual([
      'params.user: give a text of at most 1024 characters',
    ]);
  });

  it('bytes that are no sound model are a ModelError', () => {
    const { model } = trainOn(makeRatings(0.05, 8), { ...defaults, rounds: 2 });
    fc.assert(
      fc.property(fc.nat(model.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const bytes = model.slice();
        bytes[at]! ^= flip;
        try {
          factorisation.decode(bytes).predict(frameOf([[1, 2, 0]]));
        } catch (error) {
          // A changed name of a column shows when rows are given.
          if (!(error instanceof LearnerError)) expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { numRuns: 300 },
    );
    for (const length of [0, 10, model.length - 8, model.length - 1]) {
      expect(() => factorisation.decode(model.subarray(0, length))).toThrow(ModelError);
    }
  });

  it('its digest is pinned: a change here needs a new numerics version', () => {
    const { model } = trainOn(makeRatings(0.2, 9), { ...defaults, rounds: 6 }, [300, 300, 300]);
    expect(sha256Hex(model)).toMatchInlineSnapshot(
      `"884cd28992c09bd4188e2403fcee531091df5187ea05b1d810aa5c11ff2e9c79"`,
    );
  });
});
