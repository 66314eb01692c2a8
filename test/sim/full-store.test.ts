/** A broker that stores nothing for a while: the jobs say why, and go on by themselves. */
import { beforeAll, expect, it } from 'vitest';
import type { JobEvent } from '../../schemas/views.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { PoolCluster } from './pool-cluster.ts';

let data: DataSet;
beforeAll(async () => {
  data = await dataSet();
});

const base = { dataset: 'demo', target: 'label', evaluate: false } as const;

it.each([
  { ...base, id: 'tasks', algorithm: 'toy-sum', params: { tasks: 40 } },
  { ...base, id: 'rounds', algorithm: 'toy-rounds', params: { rounds: 200 } },
])('[P23] [F15] $id: waits with the storage’s own words, and resumes within 10 s', async (job) => {
  const calm = new PoolCluster(data);
  await calm.open({ w1: { ms: 100 }, w2: { ms: 100 } });
  const undisturbed = await calm.settled(calm.client.submit(job));
  const { digest } = await calm.settled(undisturbed.result());

  const cluster = new PoolCluster(data);
  await cluster.open({ w1: { ms: 100 }, w2: { ms: 100 } });
  const { client, clock, broker } = cluster;
  const handle = await cluster.settled(client.submit(job));
  await clock.advance(1_200);
  expect((await cluster.settled(client.status())).breakers).toEqual([]);
  const fullMs = clock.nowMs();
  broker.full = true;
  await clock.advance(30_000);
  const waiting = await cluster.settled(handle.view());
  expect(waiting.waitingFor).toMatchObject({
    what: expect.stringMatching(/^the broker's storage: .*insufficient storage/),
    node: null,
  });
  const since = Date.parse(waiting.waitingFor?.since ?? '');
  expect(since - clock.wallMs() + clock.nowMs() - fullMs).toBeLessThan(15_000);
  const [open] = (await cluster.settled(client.status())).breakers;
  expect(open).toMatchObject({ dependency: 'storage' });
  broker.full = false;
  const freeMs = clock.nowMs();
  await cluster.until(
    () => cluster.claims.some(({ atMs }) => atMs > freeMs) || job.id === 'rounds',
  );
  expect(clock.nowMs() - freeMs).toBeLessThan(10_000);
  const view = await cluster.settled(handle.result());
  expect(view).toMatchObject({ phase: 'completed', digest });
  const events: JobEvent[] = [];
  const read = async () => {
    for await (const event of handle.events({ follow: false })) events.push(event);
  };
  await cluster.settled(read());
  expect(events.find(({ kind }) => kind === 'breaker')).toMatchObject({
    ...{ dependency: 'storage', state: 'closed' },
    cause: open?.cause,
  });
  expect((await cluster.settled(client.status())).breakers).toEqual([]);
});
