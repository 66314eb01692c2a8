/** Searches: which trials are drawn, how steps follow from what was measured, what is refused. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ResolvedDataset, resolveStep } from '../../actors/coordinator/resolve.ts';
import { trialsOf } from '../../actors/coordinator/search-space.ts';
import { type MeasuredStep, nextStep, rungsOf } from '../../actors/coordinator/search-steps.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { AnyLearner } from '../../learners/learner.ts';
import type { Digest } from '../../schemas/ids.ts';
import { paramsOf, trainedSplits } from '../../schemas/job-plan.ts';
import { type SearchSpec, searchSchema, type TrialResult } from '../../schemas/job-search.ts';
import { checkSpec, SpecError, type SpecIssue } from '../../schemas/job-spec.ts';
import { resolvedDataset } from './dataset.ts';

const forest = learnersWithToy.get('random-forest') as AnyLearner;
const table = forest.params;
const least = { dataset: 'demo', target: 'label', algorithm: 'random-forest' };
let dataset: ResolvedDataset;

beforeAll(async () => {
  dataset = await resolvedDataset();
});

function search(change: object): SearchSpec {
  return searchSchema.parse(change);
}

const halving = {
  params: { maxDepth: { min: 2, max: 20 } },
  strategy: 'halving',
  trials: 9,
  resource: { param: 'trees', min: 5, max: 45 },
} as const;

/** Plays a whole search, a trial's score being what `score` says of its parameters. */
function play(own: SearchSpec, perStep: number, score: (trial: TrialResult['params']) => number) {
  const before: MeasuredStep[] = [];
  for (;;) {
    const at = { kind: 'classification' as const, table, perStep };
    const step = nextStep({ seed: 7 }, own, at, before);
    expect(step.step).toBe(before.length);
    if (step.chosen !== null) return { step, before };
    expect(step.trials.length).toBeGreaterThan(0);
    expect(step.trials.length).toBeLessThanOrEqual(perStep);
    const trials = step.trials.map((trial) => ({
      ...trial,
      metrics: { logLoss: score(trial.params) },
      spread: { logLoss: null },
    }));
    before.push({ digest: String(before.length).padStart(64, '0') as Digest, trials });
  }
}

describe('trials', () => {
  it('of a grid are all combinations, in one order', () => {
    const own = search({ params: { maxDepth: [3, 6], trees: [10, 20, 30] } });
    const trials = trialsOf(own, 0, table);
    expect(trials.map(({ params }) => [params.maxDepth, params.trees])).toEqual([
      [3, 10],
      [3, 20],
      [3, 30],
      [6, 10],
      [6, 20],
      [6, 30],
    ]);
  });

  it('drawn lie in their ranges, follow from the seed, and never repeat', () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 32 - 1 });
    fc.assert(
      fc.property(seeds, fc.integer({ min: 1, max: 40 }), fc.boolean(), (seed, trials, log) => {
        const own = search({
          ...{ params: { trees: { min: 2, max: 90, log }, maxDepth: [4, null] }, trials },
        });
        const found = trialsOf(own, seed, table);
        expect(found).toEqual(trialsOf(own, seed, table));
        // A longer search begins with the same trials.
        const longer = trialsOf({ ...own, trials: trials + 5 }, seed, table);
        expect(longer.slice(0, found.length)).toEqual(found);
        for (const { params } of found) {
          expect(Number.isInteger(params.trees)).toBe(true);
          expect(params.trees).toBeGreaterThanOrEqual(2);
          expect(params.trees).toBeLessThanOrEqual(90);
        }
        expect(new Set(found.map(({ params }) => JSON.stringify(params))).size).toBe(found.length);
      }),
    );
  });

  it('of a parameter that is a whole number or a word are whole', () => {
    const own = search({ params: { maxFeatures: { min: 1, max: 3 } }, trials: 16 });
    const drawn = trialsOf(own, 1, table).map(({ params }) => params.maxFeatures);
    expect(drawn.sort()).toEqual([1, 2, 3]);
  });

  it('are fewer where the space has no more', () => {
    const own = search({ params: { trees: [1, 2, 3] }, strategy: 'random', trials: 50 });
    expect(trialsOf(own, 1, table).length).toBe(3);
  });
});

describe('[P77] steps', () => {
  it('choose the best trial, however many trials a step has', () => {
    const own = search({ params: { maxDepth: [1, 2, 3, 4, 5, 6, 7, 8] } });
    const score = (params: TrialResult['params']) => Math.abs(Number(params.maxDepth) - 6.2);
    for (const perStep of [1, 3, 8, 100]) {
      const { step, before } = play(own, perStep, score);
      expect(step.chosen?.params).toEqual({ maxDepth: 6 });
      expect(step.of).toBe(before.length + 1);
      expect(step.view.best).toBe(5);
      const { measured } = step.chosen ?? {};
      const from = before.find(({ digest }) => digest === measured);
      expect(from?.trials.some(({ trial }) => trial === 5)).toBe(true);
    }
  });

  it('of halving: a third goes on with three times the resource, the model gets all of it', () => {
    expect(rungsOf(search(halving), 9, true)).toEqual([
      { count: 9, resource: 5 },
      { count: 3, resource: 15 },
      { count: 1, resource: 45 },
    ]);
    const score = (params: TrialResult['params']) => Number(params.maxDepth);
    for (const perStep of [2, 4, 50]) {
      const { step, before } = play(search(halving), perStep, score);
      const all = before.flatMap(({ trials }) => trials);
      expect(all.length).toBe(13);
      const lowest = Math.min(...all.map(({ params }) => Number(params.maxDepth)));
      expect(step.chosen?.params).toEqual({ maxDepth: lowest, trees: 45 });
      expect(all.at(-1)?.params).toEqual({ maxDepth: lowest, trees: 45 });
    }
  });

  it('make plans whose fits are the trials, then one of the model with what was chosen', () => {
    const spec = checkSpec({
      ...{ ...least, evaluate: { folds: 2 }, params: { trees: 3 } },
      search: { params: { maxDepth: [2, 5] } },
    });
    const first = resolveStep(spec, dataset, forest, []);
    expect(first.plan.fits.map(({ name }) => name)).toEqual([
      ...['trial-0-fold-0', 'trial-0-fold-1', 'trial-1-fold-0', 'trial-1-fold-1'],
    ]);
    expect(first.plan.fits.map((_, fit) => paramsOf(first.plan, fit).maxDepth)).toEqual([
      ...[2, 2, 5, 5],
    ]);
    expect(trainedSplits(first.plan).splits.length).toBe(2);
    const trials = [0.5, 0.4].map((logLoss, trial) => ({
      ...{ trial, params: { maxDepth: [2, 5][trial] } },
      ...{ metrics: { logLoss }, spread: { logLoss: 0.1 } },
    }));
    const last = resolveStep(spec, dataset, forest, [{ digest: 'd' as Digest, trials }]);
    expect(last.plan.fits.map(({ name }) => name)).toEqual(['final']);
    expect(last.plan.params).toMatchObject({ maxDepth: 5, trees: 3 });
    expect(last.plan.search).toEqual({ step: 1, of: 2, metric: 'logLoss', trials: [] });
    expect(last.step?.view.trials.map(({ score, spread }) => [score, spread])).toEqual([
      [0.5, 0.1],
      [0.4, 0.1],
    ]);
  });
});

describe('[P57] a search that cannot be', () => {
  const params = { maxDepth: [2, 5] };
  const cases: [string, object, Partial<SpecIssue>][] = [
    ['no parameter', { search: { params: {} } }, { path: 'search.params' }],
    [
      'one unknown',
      { search: { params: { maxDept: [1, 2] } } },
      { path: 'search.params.maxDept.0' },
    ],
    ['a value', { search: { params: { trees: [5, -1] } } }, { path: 'search.params.trees.1' }],
    [
      'a range the wrong way round',
      { search: { params: { trees: { min: 9, max: 3 } } } },
      { path: 'search.params.trees', message: 'min 9 is above max 3' },
    ],
    [
      'a range of words',
      { search: { params: { splitter: { min: 1, max: 3 } } } },
      { path: 'search.params.splitter.min' },
    ],
    ['given twice', { search: { params }, params: { maxDepth: 3 } }, { path: 'params.maxDepth' }],
    ['nothing held out', { search: { params }, evaluate: false }, { path: 'evaluate' }],
    ['no refit', { search: { params }, refit: false }, { path: 'refit' }],
    [
      'a grid of a range',
      { search: { params: { trees: { min: 1, max: 3 } }, strategy: 'grid' } },
      { path: 'search.strategy' },
    ],
    [
      'halving of nothing',
      { search: { params, strategy: 'halving' } },
      { path: 'search.resource' },
    ],
    [
      'a resource that is searched',
      { search: { ...halving, params: { trees: [1, 2] } } },
      { path: 'search.resource' },
    ],
    [
      'a metric of numbers',
      { search: { params, metric: 'rmse' } },
      { path: 'search.metric', value: '"rmse"' },
    ],
  ];
  it.each(cases)('%s', (_name, change, wanted) => {
    try {
      resolveStep(checkSpec({ ...least, ...change }), dataset, forest, []);
    } catch (error) {
      if (!(error instanceof SpecError)) throw error;
      expect(error.issues).toEqual(
        expect.arrayContaining([expect.objectContaining({ ...wanted, fix: expect.any(String) })]),
      );
      return;
    }
    throw new Error('it was planned');
  });

  it('a shape is refused by path and fix', () => {
    const bad = { ...least, search: { params: { trees: 5 } } };
    expect(() => checkSpec(bad)).toThrow(expect.objectContaining({ path: 'search.params.trees' }));
  });

  it('one of clusters, which nothing held out can score', () => {
    const kMeans = learnersWithToy.get('k-means') as AnyLearner;
    const own = { search: { params: { k: [2, 3] } } };
    const spec = checkSpec({ dataset: 'demo', algorithm: 'k-means', ...own });
    const plan = () => resolveStep(spec, dataset, kMeans, []);
    expect(plan).toThrow(expect.objectContaining({ code: 'invalid-spec', path: 'search' }));
  });

  it('no trial that can be measured', () => {
    const own = search({ params: { trees: [1, 2] } });
    const trials = [0, 1].map((trial) => ({
      ...{ trial, params: { trees: trial + 1 } },
      ...{ metrics: { logLoss: null }, spread: {} },
    }));
    const at = { kind: 'classification' as const, table, perStep: 9 };
    const before = [{ digest: 'd' as Digest, trials }];
    expect(() => nextStep({ seed: 1 }, own, at, before)).toThrow('no trial has a logLoss');
  });
});
