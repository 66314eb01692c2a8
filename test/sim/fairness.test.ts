/** Who gets the slots: small jobs beside large ones, low priorities beside high ones. */
import { beforeAll, expect, it } from 'vitest';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { PoolCluster } from './pool-cluster.ts';

let data: DataSet;
beforeAll(async () => {
  data = await dataSet();
});

const job = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false } as const;

it('[P60] ends a job of 10 tasks soon that came after one of 10,000, and explains both waits', async () => {
  const cluster = new PoolCluster(data);
  await cluster.open({ w1: { ms: 400 }, w2: { ms: 400 } });
  const { client, clock } = cluster;
  const big = { ...job, id: 'big', params: { tasks: 10_000 } };
  const bigJob = await cluster.settled(client.submit(big));
  await cluster.until(() => cluster.done.length >= 6);
  const from = clock.nowMs();
  const small = await cluster.settled(
    client.submit({ ...job, id: 'small', params: { tasks: 10 } }),
  );
  // Both workers are busy with the big one for a moment yet.
  await clock.advance(200);
  const waiting = await cluster.settled(small.view());
  expect(waiting.waitingFor?.what).toMatch(
    /^a free slot of 2 workers: taken by big \(2\)(, \d+ of their tasks wait there too)?$/,
  );
  await cluster.until(() => cluster.done.some((done) => done.job === 'small'));
  const shared = await cluster.settled(bigJob.view());
  expect(shared.waitingFor?.what).toMatch(/; 9,?\d+ wait for a slot, shared with small( \(\d\))?$/);
  const view = await cluster.settled(small.result());
  // Ten tasks take two seconds with both workers alone: it gets half of them, at least.
  expect(view.phase).toBe('completed');
  expect(clock.nowMs() - from).toBeLessThan(2 * 2_000 + 1_500);
  const first = cluster.claims.find((claim) => claim.job === 'small');
  // Nobody is interrupted for it: it waits for the first slot that becomes free.
  expect((first?.atMs ?? Number.POSITIVE_INFINITY) - from).toBeLessThan(600);
  expect((await cluster.settled(bigJob.view())).phase).toBe('training');
});

it('[P60] starves nobody behind jobs of higher priority that never end', async () => {
  const cluster = new PoolCluster(data);
  await cluster.open({ w1: { ms: 1_000 } });
  const high = { ...job, id: 'high', priority: 100, params: { tasks: 10_000 } };
  await cluster.settled(cluster.client.submit(high));
  const low = { ...job, id: 'low', priority: -100, params: { tasks: 2 } };
  const lowJob = await cluster.settled(cluster.client.submit(low));
  const from = cluster.clock.nowMs();
  expect((await cluster.settled(lowJob.result())).phase).toBe('completed');
  const claims = cluster.claims.filter((claim) => claim.job === 'low');
  const waits = claims.map((claim) => Math.round((claim.atMs - from) / 1_000));
  expect(waits[0]).toBeGreaterThanOrEqual(30);
  expect(waits[0]).toBeLessThan(35);
  expect(cluster.done.filter((done) => done.job === 'high').length).toBeGreaterThan(28);
});

it('[P54] obeys a lower number of workers with the next task', async () => {
  const cluster = new PoolCluster(data);
  const worker = { ms: 300, slots: 2 };
  await cluster.open({ w1: worker, w2: worker, w3: worker });
  const { client, clock } = cluster;
  const handle = await cluster.settled(client.submit({ ...job, id: 'j', params: { tasks: 300 } }));
  await cluster.until(() => new Set(cluster.done.map((done) => done.node)).size === 3);
  const view = await cluster.settled(handle.set({ workers: { max: 1 } }));
  expect(view.settings?.workers).toEqual({ min: 1, max: 1 });
  expect(view.spec).toMatchObject({ workers: { min: 1, max: 8 } });
  const atMs = clock.nowMs();
  await clock.advance(3_000);
  // Whoever was about to claim when the message came may have done so.
  const after = cluster.claims.filter((claim) => claim.atMs > atMs + 50);
  expect(new Set(after.map((claim) => claim.node)).size).toBe(1);
  await cluster.settled(handle.set({ workers: { max: 3 } }));
  const wideMs = clock.nowMs();
  await clock.advance(1_000);
  const wide = cluster.claims.filter((claim) => claim.atMs > wideMs);
  expect(new Set(wide.map((claim) => claim.node)).size).toBe(3);
  expect((await cluster.settled(handle.result())).attempts).toBe(1);
});
