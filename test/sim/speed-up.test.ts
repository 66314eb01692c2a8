/**
 * What distributing a job gains, in simulated time, where nothing else disturbs the clock; the
 * figures on real machines come from `bench/cluster.ts`.
 */
import { beforeAll, expect, it } from 'vitest';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { SimCluster } from './sim-cluster.ts';

let data: DataSet;

beforeAll(async () => {
  data = await dataSet();
});

/** Simulated milliseconds from submission to model when only these workers are there. */
async function timeWith(workers: readonly string[]): Promise<number> {
  const cluster = new SimCluster(7, data);
  await cluster.open();
  for (const name of ['w1', 'w2', 'w3']) if (!workers.includes(name)) cluster.broker.kill(name);
  // The leader needs a moment to see who is gone.
  await cluster.clock.advance(5_000);
  const startedMs = cluster.clock.nowMs();
  await cluster.submit({
    ...{ id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false },
    params: { tasks: 120 },
  });
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 600_000)).toBe(true);
  return cluster.clock.nowMs() - startedMs;
}

it('[P14] [P52] finishes a job nearly as many times sooner as there are slots', async () => {
  const one = await timeWith(['w2']);
  const two = await timeWith(['w2', 'w3']);
  // The first worker has two slots.
  const four = await timeWith(['w1', 'w2', 'w3']);
  expect(one / two).toBeGreaterThan(1.8);
  expect(one / four).toBeGreaterThan(3.4);
});
