/**
 * Linear, logistic and softmax regression as whole fits: optimum, modes, early stop, equal bytes.
 */
import { describe, expect, it } from 'vitest';
import { learners } from '../../learners/catalogue.ts';
import {
  linearRegression,
  logisticRegression,
  softmaxRegression,
} from '../../learners/linear/linear-models.ts';
import { readState } from '../../learners/linear/linear-state.ts';
import { linearTask } from '../../learners/linear/linear-task.ts';
import { log } from '../../learners/math.ts';
import { decodeModel, describeModel } from '../../learners/model.ts';
import { doublesOf } from '../../learners/round-bytes.ts';
import { combineTree, cover } from '../../learners/slice-tree.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { type Data, slice } from './forest-fixture.ts';
import { cut, noisy, optimum, roundsOf, targetsOf, trained } from './linear-fixture.ts';
import { combineChecked, runRounds, sumOf } from './rounds-driver.ts';

const two = noisy('classification', 400, ['no', 'yes']);
const three = noisy('classification', 400);
const numbers = noisy('regression', 400);

function predictions(data: Data, model: Uint8Array): Float64Array {
  const frame = slice(data.columns, 0, data.problem.rows);
  return decodeModel(model, learners).predictor.predict(frame);
}

/** Mean of -ln p(true class) over all rows. */
function logLoss(data: Data, model: Uint8Array): number {
  const p = predictions(data, model);
  const y = targetsOf(data);
  const width = data.problem.classes.length;
  return y.reduce((sum, label, row) => sum - log(p[row * width + label]!), 0) / y.length;
}

function halfSquares(data: Data, model: Uint8Array): number {
  const p = predictions(data, model);
  const y = targetsOf(data);
  return y.reduce((sum, value, row) => sum + (p[row]! - value) ** 2 / 2, 0) / y.length;
}

describe('[P80] optimum', () => {
  it.each([0.01, 1, 100])('of linear regression, alpha = %d, by both solvers', (l2) => {
    const best = optimum(numbers, 'squared', l2).mean;
    const exact = trained(linearRegression, numbers, { l2 });
    expect(exact.rounds).toBe(2);
    expect(exact.ended).toBe('converged');
    expect(halfSquares(numbers, exact.model)).toBeCloseTo(best, 10);
    const searched = trained(linearRegression, numbers, { l2, solver: 'lbfgs', tolerance: 1e-9 });
    expect(halfSquares(numbers, searched.model)).toBeCloseTo(best, 8);
    expect(exact.metrics.at(-1)!.loss).toBeCloseTo(2 * best, 9);
  });

  it.each([0.01, 1, 100])('of logistic regression, C = 1 / %d, in few rounds', (l2) => {
    const found = trained(logisticRegression, two, { l2, tolerance: 1e-8 });
    const best = optimum(two, 'logistic', l2).mean;
    expect(logLoss(two, found.model)).toBeCloseTo(best, 7);
    expect(found.metrics.at(-1)!.loss).toBeCloseTo(best, 7);
    expect(found.rounds).toBeLessThan(40);
  });

  it.each([0.01, 1, 100])('of softmax regression, C = 1 / %d', (l2) => {
    const found = trained(softmaxRegression, three, { l2, tolerance: 1e-8 });
    expect(logLoss(three, found.model)).toBeCloseTo(optimum(three, 'softmax', l2).mean, 7);
  });

  it('softmax of two classes says what logistic regression says', () => {
    // Two rows of weights share what one holds: half the penalty for each is the same in all.
    const one = trained(logisticRegression, two, { l2: 1, tolerance: 1e-9 });
    const both = trained(softmaxRegression, two, { l2: 2, tolerance: 1e-9 });
    const p = predictions(two, one.model);
    predictions(two, both.model).forEach((value, i) => {
      expect(value).toBeCloseTo(p[i]!, 6);
    });
  });

  it('without any set-up comes within 1e-3 of the log-loss', () => {
    const found = trained(logisticRegression, two);
    expect(Math.abs(logLoss(two, found.model) - optimum(two, 'logistic', 1).mean)).toBeLessThan(
      1e-3,
    );
    expect(found.ended).toBe('converged');
  });
});

describe('first-order solvers', () => {
  const best = optimum(two, 'logistic', 1).mean;

  it('[P34] mode sync: holders push gradients, the aggregator applies them, to the optimum', () => {
    for (const solver of ['momentum', 'adam']) {
      const found = trained(logisticRegression, two, { solver, maxRounds: 3000 });
      expect(Math.abs(logLoss(two, found.model) - best)).toBeLessThan(1e-3);
    }
  });

  it('[P34] mode sync with batches: near the optimum', () => {
    const found = trained(logisticRegression, two, { batch: 32, maxRounds: 2000 });
    expect(logLoss(two, found.model) - best).toBeLessThan(5e-3);
  });

  it.each(['momentum', 'adam'])('%s finds the least squares', (solver) => {
    const found = trained(linearRegression, numbers, { solver, maxRounds: 5000, tolerance: 1e-6 });
    expect(halfSquares(numbers, found.model) - optimum(numbers, 'squared', 1).mean).toBeLessThan(
      1e-3,
    );
  });

  it('[P67] mode local: syncEvery steps on each slice between rounds, near the optimum', () => {
    const local: Data = { ...two, problem: { ...two.problem, mode: 'local' } };
    for (const solver of ['momentum', 'adam']) {
      const given = { solver, syncEvery: 5, maxRounds: 400 };
      const found = trained(logisticRegression, local, given);
      expect(logLoss(two, found.model) - best).toBeLessThan(5e-3);
    }
  });

  it('one local step on all rows of one slice is one step of mode sync', () => {
    const local: Data = { ...three, problem: { ...three.problem, mode: 'local' } };
    const given = { solver: 'momentum', syncEvery: 1, maxRounds: 6, decay: 0, learningRate: 0.1 };
    const a = trained(softmaxRegression, three, given, 1);
    const b = trained(softmaxRegression, local, given, 1);
    predictions(three, a.model).forEach((value, i) => {
      expect(value).toBeCloseTo(predictions(three, b.model)[i]!, 12);
    });
  });
});

describe('replicas', () => {
  it('[P67] after each sync every replica has the same parameters, however it came by them', () => {
    const local: Data = { ...three, problem: { ...three.problem, mode: 'local' } };
    const given = { syncEvery: 4, batch: 8, maxRounds: 12 };
    const rounds = roundsOf(softmaxRegression, local, given, 6);
    const { learner, problem, params } = rounds;
    const task = linearTask('softmax', problem, params);
    const held = rounds.slices.map(() => null);
    const whole = { from: 0, to: 6 };
    // Three replicas, each of which gets the sums of other groups of slices.
    const groups = [[0, 1, 2, 3, 4, 5], [0, 2, 4], [5]].map((owned) => cover(6, new Set(owned)));
    let states = groups.map(() => learner.begin(problem, params));
    for (let round = 0; round < 12; round++) {
      states = states.map((state, replica) => {
        const known = new Map(
          groups[replica]!.map((span) => [
            span.from * 10 + span.to,
            sumOf(rounds, state, held, span, round),
          ]),
        );
        const sum = combineTree(
          whole,
          (span) =>
            known.get(span.from * 10 + span.to) ??
            (span.to - span.from === 1 ? sumOf(rounds, state, held, span, round) : undefined),
          (left, right) => combineChecked(rounds, left, right),
        );
        return learner.close(problem, params, state, sum, round).state;
      });
      const hashes = states.map((state) => {
        const { weights } = readState(task, state);
        return sha256Hex(new Uint8Array(weights.slice().buffer));
      });
      expect(new Set(hashes).size).toBe(1);
      expect(new Set(states.map((state) => sha256Hex(state))).size).toBe(1);
    }
  });

  it.each([
    ['linear', linearRegression, numbers, {}],
    ['logistic', logisticRegression, two, {}],
    ['softmax', softmaxRegression, three, { batch: 16, maxRounds: 40 }],
  ] as const)('gives equal bytes when run again: %s', (_name, learner, data, given) => {
    expect(sha256Hex(trained(learner, data, given).model)).toBe(
      sha256Hex(trained(learner, data, given).model),
    );
  });

  it('numerics 1 means these digests, on every machine and for ever', () => {
    const of = (found: { model: Uint8Array }) => sha256Hex(found.model).slice(0, 16);
    const local: Data = { ...two, problem: { ...two.problem, mode: 'local' } };
    expect({
      exact: of(trained(linearRegression, numbers)),
      lasso: of(trained(linearRegression, numbers, { l1: 3 })),
      lbfgs: of(trained(logisticRegression, two)),
      owlqn: of(trained(logisticRegression, two, { l1: 3 })),
      softmax: of(trained(softmaxRegression, three)),
      momentum: of(trained(softmaxRegression, three, { solver: 'momentum', maxRounds: 50 })),
      adam: of(trained(logisticRegression, two, { batch: 8, maxRounds: 50 })),
      local: of(trained(logisticRegression, local, { syncEvery: 3, maxRounds: 20 })),
    }).toMatchInlineSnapshot(`
      {
        "adam": "feb818a1b366c376",
        "exact": "1792c1cf9040cfb6",
        "lasso": "9a59beb8252e856b",
        "lbfgs": "f5ba25fe12be660d",
        "local": "30356f255169a211",
        "momentum": "110e0c6de471f182",
        "owlqn": "f74db1a2eb26fd4f",
        "softmax": "1ff2ffe713141ebe",
      }
    `);
  });

  it('[P65] training over slices gives what one process gives on all rows', () => {
    for (const [learner, data] of [
      [linearRegression, numbers],
      [logisticRegression, two],
      [softmaxRegression, three],
    ] as const) {
      const one = predictions(data, trained(learner, data, { tolerance: 1e-9 }, 1).model);
      const many = predictions(data, trained(learner, data, { tolerance: 1e-9 }, 9).model);
      many.forEach((value, i) => {
        expect(value).toBeCloseTo(one[i]!, 6);
      });
    }
  });

  it('rows travel in batches that depend on seed, round, slice and step alone', () => {
    const given = { batch: 4, maxRounds: 10 };
    const again = trained(logisticRegression, two, given);
    const other = { ...two, problem: { ...two.problem, seed: 10 } };
    expect(sha256Hex(trained(logisticRegression, other, given).model)).not.toBe(
      sha256Hex(again.model),
    );
  });
});

describe('penalty on absolute weights', () => {
  /** Largest violation of the optimality conditions is what `gradientNorm` reports. */
  it.each([
    ['linear by products', 'squared', linearRegression, numbers, 'auto'],
    ['linear by search', 'squared', linearRegression, numbers, 'lbfgs'],
    ['logistic', 'logistic', logisticRegression, two, 'auto'],
    ['softmax', 'softmax', softmaxRegression, three, 'auto'],
    ['logistic by steps', 'logistic', logisticRegression, two, 'momentum'],
  ] as const)(
    'makes weights zero and meets the conditions: %s',
    (_n, loss, learner, data, solver) => {
      const given = { solver, l1: 8, l2: 0, tolerance: 1e-6, maxRounds: 5000 };
      const rounds = roundsOf(learner, data, given);
      const found = runRounds(rounds);
      expect(found.metrics.at(-1)!.gradientNorm).toBeLessThan(1e-6);
      const task = linearTask(loss, rounds.problem, rounds.params);
      const { weights } = readState(task, found.state);
      const penalised = weights.subarray(0, task.penalised);
      expect(penalised.filter((weight) => weight === 0).length).toBeGreaterThan(0);
      expect(penalised.some((weight) => weight !== 0)).toBe(true);
    },
  );

  it('large enough leaves nothing but the intercept', () => {
    const found = trained(logisticRegression, two, { l1: 1e6 });
    const p = predictions(two, found.model);
    const share = targetsOf(two).reduce((sum, y) => sum + y, 0) / two.problem.rows;
    expect(p[1]).toBeCloseTo(share, 3);
    expect(new Set(p).size).toBe(2);
  });
});

describe('early stop', () => {
  it('ends when held-back rows stop getting better, and keeps the best weights', () => {
    const few = noisy('classification', 60, ['no', 'yes']);
    const given = { solver: 'adam', l2: 0, learningRate: 0.5, validation: 0.4, patience: 5 };
    const found = trained(logisticRegression, few, given);
    expect(found.ended).toBe('early-stop');
    const losses = found.metrics.map(
      ({ validationLoss }) => validationLoss ?? Number.POSITIVE_INFINITY,
    );
    const best = Math.min(...losses);
    const last = losses.at(-1)!;
    expect(last).toBeGreaterThan(best);
    expect(found.rounds - 1 - losses.indexOf(best)).toBe(5);
    // The model is the one of that round: training again, no longer than to it, gives the same.
    const short = trained(logisticRegression, few, {
      ...given,
      maxRounds: losses.indexOf(best) + 1,
    });
    expect(sha256Hex(short.model)).toBe(sha256Hex(found.model));
  });

  it('holds back the same rows whatever the slices', () => {
    const given = { validation: 0.3, solver: 'lbfgs', maxRounds: 3 } as const;
    const counts = [1, 5].map(
      (slices) => trained(logisticRegression, two, given, slices).metrics[0],
    );
    expect(counts[0]).toEqual(counts[1]);
    expect(counts[0]!.rows).toBeGreaterThan(240);
    expect(counts[0]!.rows).toBeLessThan(320);
  });

  it('ends after as many rounds as were asked for', () => {
    const found = trained(softmaxRegression, three, { maxRounds: 3, tolerance: 0 });
    expect([found.rounds, found.ended]).toEqual([3, 'rounds']);
  });

  it('a model can be made after any number of rounds', () => {
    for (const [learner, data] of [
      [linearRegression, numbers],
      [softmaxRegression, three],
    ] as const) {
      const rounds = roundsOf(learner, data, { validation: 0.2 });
      const models: Uint8Array[] = [
        learner.finish(rounds.problem, rounds.params, learner.begin(rounds.problem, rounds.params)),
      ];
      runRounds({
        ...rounds,
        onRound: (_round, _state, _sum, closed) =>
          void models.push(learner.finish(rounds.problem, rounds.params, closed.state)),
      });
      for (const model of models)
        expect(predictions(data, model).every(Number.isFinite)).toBe(true);
    }
  });
});

describe('surroundings', () => {
  it('states numbers for people in each round', () => {
    const metrics = trained(logisticRegression, two, { validation: 0.2 }).metrics;
    expect(Object.keys(metrics[0]!)).toEqual(['rows']);
    expect(Object.keys(metrics.at(-1)!)).toEqual(['loss', 'gradientNorm', 'validationLoss']);
    const losses = metrics.slice(2).map(({ loss }) => loss!);
    expect(losses.every((loss, i) => i === 0 || loss <= losses[i - 1]!)).toBe(true);
  });

  it('estimates memory above what it takes', () => {
    const rounds = roundsOf(softmaxRegression, three, {}, 2);
    const { learner, problem, params, slices } = rounds;
    const rows = slices[0]!.train;
    const taken =
      rows.design.numbers.byteLength + rows.design.codes.byteLength + rows.targets.byteLength;
    expect(learner.sliceBytes(problem, params, 200)).toBeGreaterThanOrEqual(taken);
    const state = learner.begin(problem, params);
    const sum = sumOf(rounds, state, [null, null], { from: 0, to: 2 }, 0);
    expect(learner.memoryBytes(problem, params, 2)).toBeGreaterThan(state.length + 2 * sum.length);
  });

  it('prepares rows in shared memory, and needs nothing else', () => {
    const { slices } = roundsOf(softmaxRegression, three, { validation: 0.1 }, 1);
    const clone = structuredClone(slices[0]!);
    expect(clone.train.design.numbers.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(clone.validation.targets.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  it('reads bytes that lie anywhere', () => {
    const rounds = roundsOf(linearRegression, numbers, {}, 2);
    const { learner, problem, params } = rounds;
    const state = learner.begin(problem, params);
    const shifted = new Uint8Array(state.length + 1);
    shifted.set(state, 1);
    const at = { round: 0, slice: 0, slices: 2 };
    const hold = { prepared: rounds.slices[0]!, held: null };
    const quiet = () => undefined;
    const a = learner.contribute(problem, params, state, hold, at, quiet);
    const b = learner.contribute(problem, params, shifted.subarray(1), hold, at, quiet);
    expect([...doublesOf(b)]).toEqual([...doublesOf(a)]);
  });

  it('names itself, and its columns, in the model', () => {
    const header = describeModel(trained(softmaxRegression, three).model);
    expect(header.learner).toBe('softmax-regression');
    expect(header.classes).toEqual(['a', 'b', 'c']);
    expect(header.features.map(({ name }) => name)).toEqual(['size', 'weight', 'colour', 'new']);
    expect(cut(three, 3)).toHaveLength(3);
  });
});
