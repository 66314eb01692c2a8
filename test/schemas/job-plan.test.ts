/** A job's plan: which task does what, for any shape of plan; rows are split without a gap. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitRows } from '../../datasets/row-split.ts';
import { type Digest, stages as every, type Stage } from '../../schemas/ids.ts';
import {
  type FitPlan,
  type JobPlan,
  lasts,
  type RowSplit,
  roleOf,
  scoredFits,
  sliceCount,
  taskCount,
  workOf,
} from '../../schemas/job-plan.ts';

const all: RowSplit = { kind: 'all' };

function planOf(sizes: readonly [number, boolean][], shardCount: number, rows: 'all' | 'shard') {
  let firstTask = 0;
  const fits = sizes.map(([tasks, scored], i): FitPlan => {
    const fit = { name: `fit-${i}`, split: all, scored: scored ? all : null, firstTask, tasks };
    firstTask += tasks;
    return fit;
  });
  return {
    ...{ format: 1, learner: 'toy-sum', numerics: 1, kind: 'regression', seed: 0, params: {} },
    ...{ dataset: { name: 'd', version: 1, manifest: '0'.repeat(64) as Digest }, target: 't' },
    ...{ features: ['a'], rowCount: 10, shardCount, rows, fits, memoryBytes: 1, memoryPerSlot: 1 },
  } as JobPlan;
}

const plans = fc
  .record({
    sizes: fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), fc.boolean()), {
      minLength: 1,
      maxLength: 6,
    }),
    shardCount: fc.integer({ min: 1, max: 9 }),
    rows: fc.constantFrom('all' as const, 'shard' as const),
  })
  .map(({ sizes, shardCount, rows }) => planOf(sizes, shardCount, rows));

const stages = ['train', 'merge', 'score', 'measure'] as const satisfies readonly Stage[];

describe('plan', () => {
  it('[P02] gives every task of a stage work of its own, and leaves no work out', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        for (const stage of stages) {
          const count = taskCount(plan, stage);
          const works = Array.from({ length: count }, (_, i) => workOf(plan, stage, i));
          expect(new Set(works.map((work) => JSON.stringify(work))).size).toBe(count);
        }
        const parts = Array.from({ length: taskCount(plan, 'train') }, (_, i) =>
          workOf(plan, 'train', i),
        );
        const wanted = plan.fits.flatMap((fit, i) =>
          Array.from({ length: fit.tasks }, (_, part) => `${i} ${part}`),
        );
        expect(parts.map((work) => 'part' in work && `${work.fit} ${work.part}`)).toEqual(wanted);
        for (const fit of scoredFits(plan)) {
          const shards = Array.from({ length: taskCount(plan, 'score') }, (_, i) =>
            workOf(plan, 'score', i),
          ).flatMap((work) => (work.stage === 'score' && work.fit === fit ? [work.shard] : []));
          expect(shards).toEqual(Array.from({ length: plan.shardCount }, (_, i) => i));
        }
      }),
    );
  });

  it('[P02] reads every shard in a job by shards with enough tasks, and all of them otherwise', () => {
    fc.assert(
      fc.property(plans, (plan) => {
        plan.fits.forEach((fit, f) => {
          const shards = Array.from({ length: fit.tasks }, (_, i) => {
            const work = workOf(plan, 'train', fit.firstTask + i);
            return work.stage === 'train' ? work.shard : undefined;
          });
          expect(plan.fits[f]).toBe(fit);
          if (plan.rows === 'all') expect(new Set(shards)).toEqual(new Set([null]));
          else expect(new Set(shards).size).toBe(Math.min(fit.tasks, plan.shardCount));
        });
      }),
    );
  });

  it('has no other tasks', () => {
    const plan = planOf([[3, true]], 2, 'all');
    for (const [stage, index] of [
      ['train', 3],
      ['train', -1],
      ['merge', 1],
      ['score', 2],
      ['measure', 1],
      ['prepare', 0],
    ] as const) {
      expect(() => workOf(plan, stage, index)).toThrow(/the plan has \d+ \w+ tasks, not task/);
    }
    const unscored = planOf([[3, false]], 2, 'all');
    expect(taskCount(unscored, 'score')).toBe(0);
    expect(taskCount(unscored, 'measure')).toBe(0);
  });

  it('[P02] in rounds holds every slice of every shard once, and leads and merges each fit', () => {
    fc.assert(
      fc.property(plans, fc.integer({ min: 1, max: 16 }), (base, slicesPerShard) => {
        const rounds = { mode: 'sync', slicesPerShard, sliceBytes: 1 } as const;
        const plan: JobPlan = { ...base, rows: 'all', rounds };
        const holds = Array.from({ length: taskCount(plan, 'hold') }, (_, i) =>
          workOf(plan, 'hold', i),
        );
        expect(holds).toEqual(
          Array.from({ length: plan.shardCount * slicesPerShard }, (_, slice) => ({
            stage: 'hold',
            slice,
            shard: Math.floor(slice / slicesPerShard),
          })),
        );
        expect(holds).toHaveLength(sliceCount(plan));
        expect(taskCount(plan, 'train')).toBe(0);
        expect(taskCount(plan, 'rounds')).toBe(plan.fits.length);
        plan.fits.forEach((_, fit) => {
          expect(workOf(plan, 'rounds', fit)).toEqual({ stage: 'rounds', fit });
        });
        expect(() => workOf(plan, 'hold', holds.length)).toThrow(/hold tasks, not task/);
        expect([taskCount(base, 'hold'), taskCount(base, 'rounds')]).toEqual([0, 0]);
      }),
    );
  });

  it('lets holds and leads last beside the tasks that fill slots', () => {
    expect(every.filter(lasts)).toEqual(['hold', 'rounds']);
    expect([roleOf('hold'), roleOf('rounds')]).toEqual(['worker', 'aggregator']);
  });

  it('runs training and scoring on workers, merging and measuring on aggregators', () => {
    expect(stages.map(roleOf)).toEqual(['worker', 'aggregator', 'worker', 'aggregator']);
  });
});

describe('row splits', () => {
  const rowsOf = (split: RowSplit, rows: number, batch: number): number[] => {
    const found: number[] = [];
    for (let first = 0; first < rows; first += batch) {
      const count = Math.min(batch, rows - first);
      for (const i of splitRows(split, first, count)) found.push(first + i);
    }
    return found;
  };

  it('[P02] of a hold-out and of folds are disjoint and cover all rows, whatever the batches', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.nat(4_294_967_295),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 50 }),
        (rows, seed, folds, batch) => {
          const every = Array.from({ length: rows }, (_, i) => i);
          const sorted = (lists: number[][]) => lists.flat().sort((a, b) => a - b);
          const part = (which: 'train' | 'test'): RowSplit => ({
            ...{ kind: 'holdout', part: which, seed, fraction: 0.3 },
          });
          const [train, test] = [
            rowsOf(part('train'), rows, batch),
            rowsOf(part('test'), rows, batch),
          ];
          expect(sorted([train, test])).toEqual(every);
          const tests = Array.from({ length: folds }, (_, fold) =>
            rowsOf({ kind: 'fold', part: 'test', seed, folds, fold }, rows, batch),
          );
          expect(sorted(tests)).toEqual(every);
          const others = rowsOf({ kind: 'fold', part: 'train', seed, folds, fold: 0 }, rows, rows);
          expect(sorted([others, tests[0] ?? []])).toEqual(every);
          expect(rowsOf(part('test'), rows, rows)).toEqual(test);
          expect(rowsOf(all, rows, batch)).toEqual(every);
        },
      ),
    );
  });
});
