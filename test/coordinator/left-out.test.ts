/**
 * What a spec says of shards: which are left out from the start, and how many may be lost.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { newJob } from '../../actors/coordinator/job-state.ts';
import { leaveOut } from '../../actors/coordinator/left-out.ts';
import { type ResolvedDataset, resolvePlan } from '../../actors/coordinator/resolve.ts';
import { blamedShard } from '../../actors/coordinator/skipped-shards.ts';
import { newTable } from '../../actors/coordinator/task-table.ts';
import { parsePlan } from '../../actors/task-runner/plan-bytes.ts';
import { toyLearner } from '../../learners/toy.ts';
import { canonicalJson } from '../../schemas/canonical.ts';
import type { JobId } from '../../schemas/ids.ts';
import { shardInDataset } from '../../schemas/job-plan.ts';
import { checkSpec, SpecError, specDigest } from '../../schemas/job-spec.ts';
import { records } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const base = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false } as const;

function issues(work: () => unknown): unknown {
  try {
    work();
    return null;
  } catch (error) {
    if (error instanceof SpecError) return error.issues;
    throw error;
  }
}

describe('shards to be left out', () => {
  it('[F29] are planned without, and the plan says which', () => {
    const spec = checkSpec({ ...base, withoutShards: [1] });
    const plan = resolvePlan(spec, leaveOut(spec, dataset, [2]), toyLearner);
    expect(plan).toMatchObject({ shardCount: 1, rowCount: 20 });
    expect(plan.without).toEqual([
      { shard: 1, rows: 20 },
      { shard: 2, rows: 20 },
    ]);
    expect(plan.dataset.manifest).not.toBe(dataset.digest);
    expect(parsePlan(new TextEncoder().encode(canonicalJson(plan)))).toEqual(plan);
    expect(shardInDataset(plan, 0)).toBe(0);
    expect(
      shardInDataset(
        {
          without: [
            { shard: 0, rows: 1 },
            { shard: 2, rows: 1 },
          ],
        },
        1,
      ),
    ).toBe(3);
  });

  it('are those of a data set that has them, and not all of them', () => {
    const asked = (withoutShards: number[]) => {
      const spec = checkSpec({ ...base, withoutShards });
      return issues(() => leaveOut(spec, dataset, []));
    };
    expect(asked([3])).toEqual([
      {
        path: 'withoutShards.0',
        value: '3',
        message: 'the data set has no shard 3',
        fix: 'give numbers from 0 to 2',
      },
    ]);
    expect(asked([0, 1, 2])).toMatchObject([{ message: 'no shard of the 3 is left to train on' }]);
    expect(asked([0, 1])).toBeNull();
  });

  it('are at most half of them where they are to be lost', () => {
    expect(issues(() => checkSpec({ ...base, skipShards: 0.6 }))).toMatchObject([
      { path: 'skipShards', value: '0.6', fix: 'give at most 0.5' },
    ]);
    expect(issues(() => checkSpec({ ...base, withoutShards: [-1] }))).toMatchObject([
      { path: 'withoutShards.0', fix: 'give at least 0' },
    ]);
  });

  it('change nothing of a spec that does not speak of them', () => {
    const spec = checkSpec(base);
    expect('skipShards' in spec || 'withoutShards' in spec).toBe(false);
    expect(leaveOut(spec, dataset, [])).toBe(dataset);
    expect(specDigest(checkSpec({ ...base, skipShards: 0.1 }))).not.toBe(specDigest(spec));
  });
});

describe('a shard that a task was given up for', () => {
  it('[F29] is not to blame for a full disk or store, wherever that was found', () => {
    const spec = checkSpec({ ...base, rows: 'shard', params: { tasks: 3 } });
    const plan = resolvePlan(spec, leaveOut(spec, dataset, []), toyLearner);
    const job = { ...newJob('j' as JobId, 1, 0, 0), plan };
    const [, task] = newTable(job.id, 'train', 3, true).tasks;
    if (task === undefined) throw new Error('no task');
    const blamed = (...codes: string[]) => {
      const errors = codes.map((code, i) => ({ node: `w${i}`, attempt: i + 1, code, path: '' }));
      return blamedShard(job, task, records.task.create({ errors }));
    };
    expect(blamed('bad-value', 'bad-value', 'bad-value')).toBe(1);
    for (const code of ['cache-unwritable', 'ENOSPC', 'stream-full', 'storage-full', 'not-stored'])
      expect([code, blamed('bad-value', code, 'bad-value')]).toEqual([code, null]);
  });
});
