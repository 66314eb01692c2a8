/**
 * What runs on compute threads, called in this one: from shards to a model, scores and metrics.
 */
import { describe, expect, it } from 'vitest';
import {
  computeFunctions,
  type JobBytes,
  type ShardPath,
} from '../../actors/task-runner/compute-functions.ts';
import { learnersOf, learnersWithToy } from '../../learners/catalogue.ts';
import { decodeScoredRows } from '../../learners/predictions.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { type DataSet, dataSet, jsonBytes, toyPlan } from './data.ts';

type Run = (input: unknown, progress: () => void) => unknown;

const none = () => {};
const data = await dataSet();

function jobBytes(plan: JobPlan, source: DataSet = data): JobBytes {
  const bytes = jsonBytes(plan);
  return {
    plan: { digest: sha256Hex(bytes), bytes },
    manifest: { digest: plan.dataset.manifest, bytes: source.manifestBytes },
  };
}

function functionsOver(read: (path: string) => Uint8Array, learners = learnersWithToy) {
  const table = computeFunctions(learners, read);
  return async (name: string, input: unknown) => (table[name] as unknown as Run)(input, none);
}

const files = (path: string) => data.shards.get(path) as Uint8Array;
const paths: ShardPath[] = data.manifest.shards.map(({ index, sha256 }) => ({
  index,
  path: sha256,
}));

async function trainAll(plan: JobPlan, fit: number): Promise<Uint8Array> {
  const run = functionsOver(files);
  const job = jobBytes(plan);
  const prepared = await run('prepare', { job, fit, shards: paths });
  const parts = [];
  for (let part = 0; part < 3; part++) parts.push(await run('train', { job, part, prepared }));
  return (await run('merge', { job, parts })) as Uint8Array;
}

describe('compute functions', () => {
  it('train, merge, score and measure a fit', async () => {
    const plan = toyPlan(data);
    const job = jobBytes(plan);
    const model = await trainAll(plan, 0);
    const run = functionsOver(files);
    const named = { digest: sha256Hex(model), bytes: model };
    const scores = [];
    for (const shard of paths) {
      scores.push((await run('score', { job, fit: 0, shard, model: named })) as Uint8Array);
    }
    const rows = scores.reduce((sum, bytes) => sum + decodeScoredRows(bytes).targets.length, 0);
    const measured = JSON.parse(
      new TextDecoder().decode((await run('measure', { job, scores })) as Uint8Array),
    );
    expect(rows).toBeGreaterThan(0);
    expect(measured.metrics.rows).toBe(rows);
    expect(measured.perFit.holdout).toEqual(measured.metrics);
    // The toy always says "no", the first class.
    const { confusion } = measured.metrics;
    expect(confusion[0][0] + confusion[1][0]).toBe(rows);
  });

  it('give the same bytes when a task runs alone, with its own preparation', async () => {
    const plan = toyPlan(data);
    const job = jobBytes(plan);
    const run = functionsOver(files);
    const prepared = await run('prepare', { job, fit: 1, shards: paths });
    const together = await run('train', { job, part: 2, prepared });
    expect(await run('train-alone', { job, fit: 1, shards: paths, part: 2 })).toEqual(together);
  });

  it('[P27] read no shard other than those that the work names', async () => {
    const read: string[] = [];
    const run = functionsOver((path) => {
      read.push(path);
      return files(path);
    });
    const job = jobBytes(toyPlan(data, { rows: 'shard' }));
    await run('prepare', { job, fit: 0, shards: [paths[1]] });
    expect(read).toEqual([paths[1]?.path]);
  });

  it('[P73] stop at a shard whose bytes are not those of the manifest, and name it', async () => {
    const run = functionsOver((path) => {
      const bytes = Uint8Array.from(files(path));
      if (path === paths[1]?.path) bytes[100] = (bytes[100] as number) ^ 1;
      return bytes;
    });
    const job = jobBytes(toyPlan(data));
    await expect(run('prepare', { job, fit: 0, shards: paths })).rejects.toMatchObject({
      code: 'corrupt-shard',
      path: 'shards.1',
      message: expect.stringContaining('shard 1'),
    });
  });

  it('refuse a learner of another numerics version', async () => {
    const job = jobBytes(toyPlan(data, { numerics: 9 }));
    await expect(
      functionsOver(files)('prepare', { job, fit: 0, shards: paths }),
    ).rejects.toMatchObject({
      code: 'no-learner',
      message: 'the plan needs "toy-sum@9", this node has version 1',
    });
    await expect(
      functionsOver(files, learnersOf())('prepare', {
        job: jobBytes(toyPlan(data)),
        fit: 0,
        shards: paths,
      }),
    ).rejects.toMatchObject({ code: 'no-learner' });
  });

  it('classify whole numbers as their classes, in ascending order', async () => {
    const plan = toyPlan(data, { target: 'grade' });
    const job = jobBytes(plan);
    const model = await trainAll(plan, 0);
    const named = { digest: sha256Hex(model), bytes: model };
    const scored = await functionsOver(files)('score', {
      job,
      fit: 0,
      shard: paths[0],
      model: named,
    });
    const { classes, targets } = decodeScoredRows(scored as Uint8Array);
    expect(classes).toEqual(['1', '2', '3', '4']);
    expect([...targets].every((code) => code >= 0 && code < 4)).toBe(true);
  });
});
