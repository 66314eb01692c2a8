/** Planning: every way in which a spec does not fit its data set or learner, and what a plan says. */
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { checkParams } from '../../actors/coordinator/check-params.ts';
import { kindOf, type ResolvedDataset, resolvePlan } from '../../actors/coordinator/resolve.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { AnyLearner } from '../../learners/learner.ts';
import type { ParamTable } from '../../learners/params.ts';
import type { RoundsLearner } from '../../learners/rounds-learner.ts';
import { toyRounds } from '../../learners/toy-rounds.ts';
import { checkSpec, type JobSpec, SpecError, type SpecIssue } from '../../schemas/job-spec.ts';
import { resolvedDataset } from './dataset.ts';

let dataset: ResolvedDataset;
const toy = learnersWithToy.get('toy-sum') as AnyLearner;
const inRounds = toyRounds as unknown as RoundsLearner;
/** Groups rows and learns no target, as k-means does. */
const grouping = {
  ...inRounds,
  name: 'toy-groups',
  kinds: ['clustering'],
  modes: ['sync', 'local'],
} as RoundsLearner;
const least = { dataset: 'demo', target: 'label', algorithm: 'toy-sum' };

beforeAll(async () => {
  dataset = await resolvedDataset();
});

function spec(change: object = {}): JobSpec {
  return checkSpec({ ...least, ...change });
}

function issuesOf(change: object, learner: AnyLearner = toy): readonly SpecIssue[] {
  try {
    resolvePlan(spec(change), dataset, learner);
  } catch (error) {
    if (error instanceof SpecError) return error.issues;
    throw error;
  }
  throw new Error(`planned: ${JSON.stringify(change)}`);
}

describe('a spec that does not fit', () => {
  const cases: [string, object, Partial<SpecIssue>][] = [
    [
      'target',
      { target: 'labl' },
      { path: 'target', value: '"labl"', fix: 'did you mean "label"?' },
    ],
    [
      'a target like nothing',
      { target: 'quantum' },
      { path: 'target', fix: 'use one of size, colour, grade, label' },
    ],
    [
      'a feature',
      { features: { include: ['sice'] } },
      { path: 'features.include.0', value: '"sice"', fix: 'did you mean "size"?' },
    ],
    [
      'an excluded column',
      { features: { exclude: ['size', 'colr'] } },
      { path: 'features.exclude.1', value: '"colr"', fix: 'did you mean "colour"?' },
    ],
    [
      'the target as feature',
      { features: { include: ['size', 'label'] } },
      { path: 'features.include.1', value: '"label"', fix: 'remove it' },
    ],
    [
      'no feature left',
      { features: { exclude: ['size', 'colour', 'grade'] } },
      { path: 'features', value: null, fix: 'include at least one column' },
    ],
    [
      'regression on words',
      { task: 'regression' },
      { path: 'task', value: '"regression"', fix: 'use "task":"classification"' },
    ],
    [
      'classes of fractions',
      { target: 'size', task: 'classification' },
      { path: 'task', value: '"classification"', fix: 'use "task":"regression"' },
    ],
    [
      'a parameter',
      { params: { taks: 3 } },
      { path: 'params.taks', value: '3', fix: 'did you mean "tasks"?' },
    ],
    [
      'its value',
      { params: { tasks: 0 } },
      { path: 'params.tasks', value: '0', fix: 'give a whole number from 1 to 100000' },
    ],
    [
      'folds without a last fit',
      { evaluate: { folds: 3 }, refit: false },
      { path: 'refit', value: 'false', fix: 'leave refit out, or use {"holdout":0.2}' },
    ],
    [
      'shards without enough tasks',
      { rows: 'shard', params: { tasks: 2 } },
      { path: 'rows', value: '"shard"', fix: /use "rows":"all"/ as never },
    ],
    [
      'too many tasks',
      { params: { tasks: 60_000 } },
      { path: 'params', value: null, fix: /ask for less/ as never },
    ],
  ];

  for (const [what, change, wanted] of cases) {
    it(`${what}: names path, value and fix`, () => {
      const [issue] = issuesOf(change);
      const { fix, ...rest } = wanted as { fix: string | RegExp };
      expect(issue).toMatchObject(rest);
      if (typeof fix === 'string') expect(issue?.fix).toBe(fix);
      else expect(issue?.fix).toMatch(fix);
    });
  }

  it('has all its issues told at once', () => {
    const issues = issuesOf({
      features: { include: ['x'] },
      params: { spin: -1 },
      task: 'regression',
    });
    expect(issues.map(({ path }) => path)).toEqual(['task', 'features.include.0', 'params.spin']);
  });

  it('cannot use a learner for what it is not made for', () => {
    const [issue] = issuesOf({}, { ...toy, kinds: ['regression'] });
    expect(issue).toMatchObject({ path: 'algorithm', value: '"toy-sum"' });
  });

  it('has at most as many folds as the data set has rows', () => {
    const few = { ...dataset, manifest: { ...dataset.manifest, rows: 4 } };
    expect(() => resolvePlan(spec({ evaluate: { folds: 5 } }), few, toy)).toThrow(
      '5 folds of 4 rows',
    );
  });
});

describe('a plan', () => {
  it('[P02] says which rows each fit trains on, which it is scored on, and where its tasks are', () => {
    const plan = resolvePlan(
      spec({ evaluate: { folds: 3 }, params: { tasks: 4 }, seed: 5 }),
      dataset,
      toy,
    );
    expect(plan.fits.map(({ name, firstTask, tasks }) => [name, firstTask, tasks])).toEqual([
      ['fold-0', 0, 4],
      ['fold-1', 4, 4],
      ['fold-2', 8, 4],
      ['final', 12, 4],
    ]);
    plan.fits.slice(0, 3).forEach((fit, fold) => {
      const split = { kind: 'fold', seed: 5, folds: 3, fold };
      expect(fit.split).toEqual({ ...split, part: 'train' });
      expect(fit.scored).toEqual({ ...split, part: 'test' });
    });
    expect(plan.fits.at(-1)).toMatchObject({ split: { kind: 'all' }, scored: null });
  });

  it('follows from spec and data set alone: the same twice, whatever the id or the workers', () => {
    const one = resolvePlan(spec({ id: 'a', workers: { min: 1, max: 1 } }), dataset, toy);
    const two = resolvePlan(spec({ id: 'b', workers: { min: 3, max: 9 } }), dataset, toy);
    expect(two).toEqual(one);
    expect(one.params).toEqual({ tasks: 40, spin: 0, fail: 'never', failTask: 0 });
    expect(one.features).toEqual(['size', 'colour', 'grade']);
  });

  it('takes features in the order of the data set, not of the spec', () => {
    const plan = resolvePlan(spec({ features: { include: ['grade', 'size'] } }), dataset, toy);
    expect(plan.features).toEqual(['size', 'grade']);
  });

  it('classifies words and few whole numbers, and regresses all other numbers', () => {
    const column = (name: string) => dataset.manifest.columns.find((c) => c.name === name) as never;
    expect(kindOf(spec(), column('label'))).toBe('classification');
    expect(kindOf(spec({ target: 'grade' }), column('grade'))).toBe('classification');
    expect(kindOf(spec({ target: 'grade', task: 'regression' }), column('grade'))).toBe(
      'regression',
    );
    expect(kindOf(spec({ target: 'size' }), column('size'))).toBe('regression');
  });

  it('has one fit without evaluation, and only the scored one without a refit', () => {
    const names = (change: object) =>
      resolvePlan(spec(change), dataset, toy).fits.map((f) => f.name);
    expect(names({ evaluate: false })).toEqual(['final']);
    expect(names({ refit: false })).toEqual(['holdout']);
    expect(names({})).toEqual(['holdout', 'final']);
  });
});

describe('a spec for a learner in rounds', () => {
  const cases: [
    string,
    RoundsLearner,
    object,
    Omit<Partial<SpecIssue>, 'fix'> & { fix: string | RegExp },
  ][] = [
    [
      'no target where one is learned',
      inRounds,
      { target: undefined },
      { path: 'target', value: null, fix: 'add it; the columns are size, colour, grade, label' },
    ],
    [
      'a target where none is learned',
      grouping,
      {},
      { path: 'target', value: '"label"', fix: /leave target out.*features\.exclude/ },
    ],
    [
      'a task that the learner does not do',
      grouping,
      { task: 'classification' },
      { path: 'algorithm', value: '"toy-sum"', fix: 'choose another algorithm or target' },
    ],
    [
      'a mode that it does not offer',
      inRounds,
      { mode: 'local' },
      { path: 'mode', value: '"local"', fix: 'use "sync"' },
    ],
    [
      'rows by shards',
      inRounds,
      { rows: 'shard' },
      { path: 'rows', value: '"shard"', fix: 'leave rows out' },
    ],
  ];

  for (const [what, learner, change, { fix, ...rest }] of cases) {
    it(`${what}: names path, value and fix`, () => {
      const [issue] = issuesOf(change, learner);
      expect(issue).toMatchObject(rest);
      if (typeof fix === 'string') expect(issue?.fix).toBe(fix);
      else expect(issue?.fix).toMatch(fix);
    });
  }

  it('grouping by a learner that does not group is refused', () => {
    const [issue] = issuesOf({ target: undefined, task: 'clustering' }, inRounds);
    expect(issue).toMatchObject({ path: 'algorithm', value: '"toy-sum"' });
  });

  it('a mode is refused to a learner of independent tasks, too', () => {
    expect(issuesOf({ mode: 'local' })).toMatchObject([{ path: 'mode', fix: 'use "sync"' }]);
  });

  it('has a fix in every mode that the learner offers', () => {
    const [issue] = issuesOf(
      { mode: 'local', target: undefined },
      { ...grouping, modes: ['sync'] },
    );
    expect(issue).toMatchObject({ path: 'mode', fix: 'use "sync"' });
    const plan = resolvePlan(spec({ mode: 'local', target: undefined }), dataset, grouping);
    expect(plan.rounds?.mode).toBe('local');
  });
});

describe('a plan in rounds', () => {
  it('cuts every shard into the same number of slices, from the data set alone', () => {
    const plan = resolvePlan(spec(), dataset, inRounds);
    expect(plan).toMatchObject({ shardCount: 3, rounds: { mode: 'sync', slicesPerShard: 1 } });
    const large = { ...dataset, manifest: { ...dataset.manifest, rows: 100_000 } };
    const { rounds, fits } = resolvePlan(spec(), large, inRounds);
    expect(rounds).toEqual({ mode: 'sync', slicesPerShard: 6, sliceBytes: 1024 * fits.length });
    const alone = resolvePlan(spec({ workers: { min: 1, max: 1 } }), large, inRounds);
    expect(alone.rounds).toEqual(rounds);
  });

  it('has one lead a fit, and memory for the state beside the slices', () => {
    const plan = resolvePlan(spec({ params: { stateBytes: 2 ** 20 } }), dataset, inRounds);
    expect(plan.fits.map(({ name, firstTask, tasks }) => [name, firstTask, tasks])).toEqual([
      ['holdout', 0, 1],
      ['final', 1, 1],
    ]);
    expect(plan.memoryBytes).toBeGreaterThan(2 * 2 ** 20);
    const independent = resolvePlan(spec(), dataset, toy);
    expect(independent).not.toHaveProperty('rounds');
  });

  it('that groups rows has no target, one fit on all rows, and every column to group by', () => {
    const plan = resolvePlan(spec({ target: undefined }), dataset, grouping);
    expect(plan).toMatchObject({ kind: 'clustering', target: '' });
    expect(plan.features).toEqual(['size', 'colour', 'grade', 'label']);
    expect(plan.fits.map(({ name, scored }) => [name, scored])).toEqual([['final', null]]);
  });
});

describe('parameters', () => {
  const table = {
    count: { type: 'integer', min: 1, max: 10, default: 5, about: '' },
    rate: { type: 'number', min: 0, max: 1, default: 0.5, about: '' },
    deep: { type: 'boolean', default: true, about: '' },
    how: { type: 'choice', of: ['fast', 'exact'], default: 'exact', about: '' },
    share: {
      type: 'number-or-word',
      words: ['sqrt', 'all'],
      min: 1,
      max: 9,
      default: 'sqrt',
      about: '',
    },
    depth: { type: 'limit', min: 1, max: 64, integer: true, default: null, about: '' },
  } as unknown as ParamTable<Record<string, unknown>>;

  const cases: [string, unknown, string | null][] = [
    ['count', 1, null],
    ['count', 10, null],
    ['count', 0, 'give a whole number from 1 to 10'],
    ['count', 11, 'give a whole number from 1 to 10'],
    ['count', 2.5, 'give a whole number from 1 to 10'],
    ['count', '5', 'give a whole number from 1 to 10'],
    ['count', null, 'give a whole number from 1 to 10'],
    ['rate', 0.25, null],
    ['rate', -0.1, 'give a number from 0 to 1'],
    ['rate', Number.NaN, 'give a number from 0 to 1'],
    ['deep', false, null],
    ['deep', 'yes', 'give true or false'],
    ['how', 'fast', null],
    ['how', 'slow', 'use "fast" or "exact"'],
    ['share', 'all', null],
    ['share', 3, null],
    ['share', 'half', 'use "sqrt", "all" or a whole number from 1 to 9'],
    ['share', 10, 'use "sqrt", "all" or a whole number from 1 to 9'],
    ['share', 2.5, 'use "sqrt", "all" or a whole number from 1 to 9'],
    ['depth', null, null],
    ['depth', 8, null],
    ['depth', 8.5, 'give a whole number from 1 to 64, or null for no limit'],
    ['depth', 0, 'give a whole number from 1 to 64, or null for no limit'],
    ['dept', 3, 'did you mean "depth"?'],
    ['xyzzy', 3, 'use count, rate, deep, how, share, depth'],
    ['toString', 3, 'use count, rate, deep, how, share, depth'],
  ];

  it('are checked against the table, each with its own fix', () => {
    for (const [name, value, fix] of cases) {
      const { issues } = checkParams(table, { [name]: value });
      expect([name, value, issues[0]?.fix ?? null]).toEqual([name, value, fix]);
      if (fix !== null) expect(issues[0]?.path).toBe(`params.${name}`);
    }
  });

  it('have defaults, and never more names than the table', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (given) => {
        const { params, issues } = checkParams(table, given);
        expect(Object.keys(params)).toEqual(Object.keys(table));
        for (const issue of issues) expect(issue.fix).not.toBe('');
        const unknown = Object.keys(given).filter((name) => !Object.hasOwn(table, name));
        expect(issues.length).toBeGreaterThanOrEqual(unknown.length);
      }),
    );
    expect(checkParams(table, {})).toEqual({
      params: { count: 5, rate: 0.5, deep: true, how: 'exact', share: 'sqrt', depth: null },
      issues: [],
    });
  });

  it('of the built-in learners pass with their defaults', () => {
    for (const learner of learnersWithToy.values()) {
      const { params, issues } = checkParams(learner.params as never, {});
      expect(issues).toEqual([]);
      expect(checkParams(learner.params as never, params).issues).toEqual([]);
    }
  });
});
