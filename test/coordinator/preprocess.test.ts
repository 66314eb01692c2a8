/**
 * Steps of a spec against a data set: what is planned, and what is refused by path, value and fix.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveOutput } from '../../actors/coordinator/outputs.ts';
import { type ResolvedDataset, resolvePlan } from '../../actors/coordinator/resolve.ts';
import { problemOf } from '../../actors/task-runner/problem.ts';
import { toyLearner } from '../../learners/toy.ts';
import { taskCount } from '../../schemas/job-plan.ts';
import { checkSpec, SpecError } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { resolvedDataset } from './dataset.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const training = { dataset: 'demo', target: 'label', algorithm: 'toy-sum' };

function planOf(preprocess: unknown, more: object = {}) {
  return resolvePlan(checkSpec({ ...training, ...more, preprocess }), dataset, toyLearner);
}

function issuesOf(preprocess: unknown, more: object = {}): readonly string[] {
  try {
    planOf(preprocess, more);
  } catch (error) {
    if (!(error instanceof SpecError)) throw error;
    return error.issues.map(({ path, message, fix }) => `${path}: ${message}; ${fix}`);
  }
  return [];
}

describe('steps of a spec', () => {
  it('are planned with their columns, and the learner sees what they make', () => {
    const plan = planOf([{ step: 'impute' }, { step: 'standardise' }, { step: 'one-hot' }]);
    expect(plan.features).toEqual(['size', 'colour', 'grade']);
    expect(plan.preprocess?.steps.map(({ columns }) => columns)).toEqual([
      ['size', 'grade'],
      ['size', 'grade'],
      ['colour'],
    ]);
    expect(plan.preprocess?.passes).toBe(2);
    expect(problemOf(plan, dataset.manifest).features.map(({ name }) => name)).toEqual([
      ...['size', 'colour=blue', 'colour=green', 'colour=red', 'grade'],
    ]);
    const { shardCount } = plan;
    expect([taskCount(plan, 'prepare'), taskCount(plan, 'fit')]).toEqual([shardCount, 2]);
    expect([taskCount(plan, 'prepare2'), taskCount(plan, 'prepare3')]).toEqual([shardCount, 0]);
  });

  it('are refused by place, value and fix', () => {
    expect(issuesOf([{ step: 'scale' }])[0]).toMatch(
      /^preprocess\.0(\.step)?: .*use a step of "impute"/,
    );
    expect(issuesOf([{ step: 'one-hot', columns: ['color'] }])).toEqual([
      'preprocess.0.columns.0: there is no column "color" among the features here; did you mean "colour"?',
    ]);
    expect(issuesOf([{ step: 'standardise', columns: ['colour'] }])).toEqual([
      'preprocess.0.columns.0: column "colour" of type category is nothing for step "standardise"; it takes numbers',
    ]);
    expect(issuesOf([{ step: 'standardise', columns: ['label'] }])[0]).toContain(
      'no column "label"',
    );
    expect(issuesOf([{ step: 'impute', strategy: 'constant' }])).toEqual([
      'preprocess.0.value: is missing; say what to fill in',
    ]);
    expect(issuesOf([{ step: 'clip' }])[0]).toContain('preprocess.0: has no bounds');
    expect(issuesOf([{ step: 'clip', min: 3, max: 2 }])).toEqual([
      'preprocess.0.min: min 3 is above max 2; give at most 2',
    ]);
    expect(issuesOf([{ step: 'one-hot' }, { step: 'ordinal' }])[0]).toContain(
      'there are none here',
    );
    const deep = { step: 'standardise', columns: ['size'] };
    expect(issuesOf([deep, deep, deep, deep])[0]).toContain('4 deep, at most 3 are possible');
    const wide = { step: 'hash', columns: ['colour'], buckets: limits.preprocessColumnsMax };
    expect(issuesOf([wide, { step: 'one-hot' }])[0]).toMatch(
      new RegExp(`makes it 4098 columns, at most ${limits.preprocessColumnsMax} are possible`),
    );
  });

  it('make a data set where no algorithm is named', () => {
    const spec = { dataset: 'demo', preprocess: [{ step: 'one-hot' }], output: 'hot' };
    const plan = resolveOutput(checkSpec(spec), dataset);
    expect(plan.features).toEqual(['size', 'colour', 'grade', 'label']);
    expect([taskCount(plan, 'train'), taskCount(plan, 'merge')]).toEqual([0, 0]);
    expect([taskCount(plan, 'score'), taskCount(plan, 'measure')]).toEqual([plan.shardCount, 1]);
    expect(() => checkSpec({ ...spec, target: 'label' })).toThrow(
      'target: means nothing in a job that makes a data set by its steps',
    );
    expect(() => resolveOutput(checkSpec({ ...spec, output: 'demo' }), dataset)).toThrow(
      'output: is the name of the data set that is read',
    );
    expect(() => checkSpec({ ...spec, preprocess: [] })).toThrow('preprocess: has no step');
    expect(() => checkSpec({ ...training, ...spec })).toThrow('means nothing in a job that trains');
  });
});
