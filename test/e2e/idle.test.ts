/**
 * A coordinator that closes when it has had nothing to do for a while, and all others with it.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { startCluster } from './support/cluster.ts';

it('[P45] [P46] closes the queue when idle: never in mid-job, everybody exits 0', async () => {
  const idle = ['--idle-exit', '3s'];
  await using cluster = await startCluster({ workers: 2, coordinatorArgs: idle });
  const open = () => syntheticCsv({ kind: 'dense', rows: 300, seed: 1 });
  await cluster.client.importCsv('dense', open);
  const target = syntheticTarget.dense;
  const job = await cluster.client.submit({
    ...{ id: 'last', dataset: 'dense', target, algorithm: 'toy-sum', evaluate: false },
    params: { tasks: 6, spin: 1.2e8 },
  });
  // Each task takes a second or more, so the job takes longer than the idle limit.
  let finished = '';
  for await (const event of job.events()) if (event.kind === 'completed') finished = event.at;
  const names = [...cluster.actors.keys()];
  const ends = await Promise.all(names.map((name) => cluster.exited(name)));
  expect(ends).toEqual(names.map(() => ({ code: 0, signal: null })));
  const closing = cluster
    .log('coordinator-1')
    .split('\n')
    .find((line) => line.includes('no job for a while'));
  const { time } = JSON.parse(closing ?? '{}') as { time: string };
  expect(Date.parse(time) - Date.parse(finished)).toBeGreaterThan(2_500);
}, 60_000);
