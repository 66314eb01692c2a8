/**
 * A coordinator that closes when it has had nothing to do for a while, and all others with it.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { startCluster } from './support/cluster.ts';

it('[P45] [P46] closes the queue when idle: not while a job waits, and everybody exits 0', async () => {
  const coordinatorArgs = ['--idle-exit', '3s'];
  await using cluster = await startCluster({ workers: 0, coordinatorArgs });
  const open = () => syntheticCsv({ kind: 'dense', rows: 300, seed: 1 });
  await cluster.client.importCsv('dense', open);
  const target = syntheticTarget.dense;
  const job = await cluster.client.submit({
    ...{ id: 'last', dataset: 'dense', target, algorithm: 'toy-sum', evaluate: false },
    params: { tasks: 6 },
  });
  // Nobody can work for it: a wait of two seconds is told, and two more pass the idle limit.
  await cluster.event(job.id, ({ kind }) => kind === 'waiting');
  for (let beats = 0; beats < 4; beats++) await cluster.beat('aggregator-1');
  const waited = await job.view();
  expect(waited).toMatchObject({ phase: 'training', waitingFor: { node: null } });
  expect(waited.waitingFor?.what).toContain('worker');
  await Promise.all([cluster.startWorker(), cluster.startWorker()]);
  const finished = await cluster.event(job.id, ({ kind }) => kind === 'completed');

  const names = [...cluster.actors.keys()];
  const ends = await Promise.all(names.map((name) => cluster.exited(name)));
  expect(ends).toEqual(names.map(() => ({ code: 0, signal: null })));
  const closing = cluster
    .log('coordinator-1')
    .split('\n')
    .find((line) => line.includes('no job for a while'));
  const { time } = JSON.parse(closing ?? '{}') as { time: string };
  expect(Date.parse(time) - Date.parse(finished.at)).toBeGreaterThan(2_500);

  // What comes while nobody is there waits in the stream: the next ones to start do it.
  const bytes = new TextEncoder().encode(
    JSON.stringify({
      ...{ id: 'later', dataset: 'dense', target, algorithm: 'toy-sum', evaluate: false },
      params: { tasks: 6 },
    }),
  );
  await cluster.bus.journal.append(cluster.bus.subjects.submit, bytes);
  await cluster.startCoordinator();
  await Promise.all([cluster.startAggregator(), cluster.startWorker()]);
  const later = await cluster.client.job('later').result({ timeoutMs: 30_000 });
  expect(later).toMatchObject({ phase: 'completed', digest: finished.digest, attempts: 1 });
}, 60_000);
