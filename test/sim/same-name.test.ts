/**
 * Two processes under one name: the one that started first leaves, and nothing comes of it but work
 * done again.
 */
import { beforeAll, expect, it } from 'vitest';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { SimCluster } from './sim-cluster.ts';

let data: DataSet;
beforeAll(async () => {
  data = await dataSet();
});

const jobs = [
  { algorithm: 'toy-sum', params: { tasks: 30 } },
  { algorithm: 'toy-rounds', params: { rounds: 40 } },
] as const;

async function digestOf(job: (typeof jobs)[number], twice: boolean) {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  const base = { dataset: 'demo', target: 'label', evaluate: false as const };
  await cluster.submit({ id: 'j', ...base, ...job });
  await cluster.clock.advance(1_800);
  if (twice) cluster.start('w1');
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000)).toBe(true);
  await cluster.clock.advance(1_000);
  const { digest } = JSON.parse(cluster.job('j')?.result ?? '{}') as { digest?: string };
  return { cluster, digest };
}

it.each(jobs)(
  '[F4] the elder of two workers of one name leaves a job of $algorithm',
  async (job) => {
    const calm = await digestOf(job, false);
    const { cluster, digest } = await digestOf(job, true);
    expect(digest).toBe(calm.digest);
    const left = cluster.story.filter((line) =>
      line.includes('another process runs under this name'),
    );
    expect(left.length).toBeGreaterThan(0);
    // Nothing went to and fro between the two: each task was taken away at most twice.
    expect(cluster.job('j')?.attemptsMax).toBeLessThanOrEqual(3);
  },
);
