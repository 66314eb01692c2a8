/**
 * Three workers with nothing in common but the server's address: what runs where, how many at once,
 * and what anybody can see of it; one cluster for all.
 */
import { readdir } from 'node:fs/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { parseDigest } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { TaskState } from '../../schemas/wire.ts';
import { TaskLog } from '../support/task-log.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 60_000 };
const workers = ['worker-1', 'worker-2', 'worker-3'];
const shardRows = 400;
const shards = 6;

let cluster: Cluster;
let log: TaskLog;

function toy(id: string, params: Record<string, number>): JobSpecInput {
  const job = { dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum' };
  return { ...job, id, params, evaluate: false };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

beforeAll(async () => {
  cluster = await startCluster({ workers: 3, slots: 2, ownCaches: true });
  const open = () => syntheticCsv({ kind: 'dense', rows: shardRows * shards, seed: 1 });
  await cluster.client.importCsv('dense', open, { rowsPerShard: shardRows });
  log = await TaskLog.open(cluster.bus);
}, 60_000);

afterAll(async () => {
  await log?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

it('[P27] [P50] gives each node the shards of its tasks, and no other', async () => {
  const spec = toy('by-shard', { tasks: shards, spin: 1e7 });
  const job = await cluster.client.submit({ ...spec, rows: 'shard' });
  const kinds: string[] = [];
  for await (const event of job.events()) kinds.push(event.kind);
  expect(await job.view()).toMatchObject({ phase: 'completed', shards, rows: 'shard' });
  // Schedule, dispatch and results stand in the log, by one coordinator.
  expect(kinds).toEqual(expect.arrayContaining(['planned', 'tasks-dispatched', 'tasks-done']));

  const { manifest } = await cluster.client.dataset('dense');
  const ran = new Map(workers.map((worker) => [worker, new Set<string>()]));
  for (const { task, record } of log.sights.filter(({ job: of }) => of === 'by-shard')) {
    const [stage, index] = task.split('.');
    const shard = manifest.shards[Number(index)];
    if (stage === 'train' && shard !== undefined) ran.get(record.node)?.add(shard.sha256);
  }
  expect([...ran.values()].reduce((sum, own) => sum + own.size, 0)).toBe(shards);
  for (const [worker, own] of ran) {
    const files = await readdir(cluster.cacheDir(worker)).catch(() => []);
    expect(files.map((file) => file.replace('.arrow', '')).sort()).toEqual([...own].sort());
  }
}, 60_000);

it('[P01] cuts a job into 40 tasks over 3 workers, and accepts each result exactly once', async () => {
  const job = await cluster.client.submit(toy('forty', { tasks: 40, spin: 1e6 }));
  const told: string[] = [];
  let completed = 0;
  for await (const event of job.events()) {
    if (event.kind === 'completed') completed += 1;
    if (event.kind !== 'tasks-done' || event.stage !== 'train') continue;
    for (const { task } of event.tasks as { task: string }[]) told.push(task);
  }
  expect(completed).toBe(1);
  expect(told).toHaveLength(40);
  expect(new Set(told)).toEqual(new Set(Array.from({ length: 40 }, (_, i) => `train.${i}`)));
  const accepted = log.sights.filter(
    ({ job: of, task, record }) =>
      of === 'forty' && task.startsWith('train.') && record.state === TaskState.DONE,
  );
  expect(accepted).toHaveLength(40);
  expect(new Set(accepted.map(({ record }) => record.node))).toEqual(new Set(workers));
}, 60_000);

it('[P06] a finished task is stored under its id and can be read before the job ends', async () => {
  const params = { trees: 4_000 };
  const spec = { ...toy('forest', {}), algorithm: 'random-forest', params };
  const job = await cluster.client.submit(spec);
  const done = await cluster.event(job.id, ({ kind }) => kind === 'tasks-done');
  const [first] = done.tasks as { task: string; result: string }[];
  const views = await job.tasks();
  expect(views.find(({ task }) => task === first?.task)).toMatchObject({
    state: 'done',
    result: first?.result,
  });
  const bytes = await cluster.bus.blobs.get(parseDigest(first?.result ?? ''));
  expect(bytes.length).toBeGreaterThan(1_000);
  expect((await job.view()).phase).toBe('training');
  await job.cancel();
  await job.ended(wait);
}, 60_000);

it('[P04] [P41] [P70] computes as many tasks as there are slots, shows them, and answers meanwhile', async () => {
  const job = await cluster.client.submit(toy('busy', { tasks: 60, spin: 1e12 }));
  const full = workers.map((name) => cluster.beat(name, (beat) => beat.running.length === 2));
  await Promise.all(full);
  // The coordinator may hear the same beats a moment later.
  while ((await cluster.client.status()).busy < 6) await cluster.beat('worker-1');
  const beats = workers.map(async (name) => {
    const times: number[] = [];
    while (times.length < 7) {
      const beat = await cluster.beat(name);
      expect(beat.running).toHaveLength(2);
      times.push(beat.atMs);
    }
    return times;
  });
  const took: number[] = [];
  for (let i = 0; i < 41; i++) {
    const askedMs = performance.now();
    expect(await cluster.client.status()).toMatchObject({ slots: 6, busy: 6, jobs: 1 });
    took.push(performance.now() - askedMs);
  }
  expect(median(took)).toBeLessThan(50);
  const nodes = await cluster.client.nodes();
  for (const name of workers) {
    const node = nodes.find(({ id }) => id === name);
    expect(node).toMatchObject({ state: 'alive', role: 'worker', slots: 2 });
    expect(node?.running.map((task) => task.job)).toEqual(['busy', 'busy']);
    expect(
      node?.running.every(({ task, runningMs }) => task.startsWith('train.') && runningMs > 0),
    ).toBe(true);
    expect(node?.silentMs).toBeLessThan(limits.deadMs);
  }
  const gaps = (await Promise.all(beats)).flatMap((times) =>
    times.slice(1).map((atMs, i) => atMs - (times[i] ?? atMs)),
  );
  expect(median(gaps)).toBeLessThan(2 * limits.heartbeatMs);
  await job.cancel();
  await job.ended(wait);
}, 60_000);

it('[P33] completes 1,000 tasks of 50 submitters at once', async () => {
  const clients = await Promise.all(Array.from({ length: 50 }, () => cluster.connect()));
  try {
    const jobs = await Promise.all(
      clients.map((client, i) =>
        client.submit({ ...toy(`many-${i}`, { tasks: 20 }), seed: i % 5 }),
      ),
    );
    const views = await Promise.all(jobs.map((job) => job.result(wait)));
    expect(views.map(({ phase, tasks }) => `${phase} ${tasks.done}`)).toEqual(
      Array(50).fill('completed 20'),
    );
    // Ten jobs of each seed: five models, whoever computed what.
    expect(new Set(views.map(({ digest }) => digest)).size).toBe(5);
    expect(Math.max(...views.map(({ attempts }) => attempts))).toBe(1);
  } finally {
    await Promise.all(clients.map((client) => client.close()));
  }
}, 120_000);
