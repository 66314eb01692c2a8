/**
 * Workers that come, go and differ in speed while jobs of both kinds are under way, on real
 * processes: one model whoever was there, nobody blamed, and the load where it belongs.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { parseJobId } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { decodeMessage, TaskState } from '../../schemas/wire.ts';
import { findNatsCli, runNatsCli } from '../support/nats-cli.ts';
import { TaskLog } from '../support/task-log.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 120_000 };
const target = syntheticTarget.dense;
/** One slice a shard. */
const slices = 56;
const module = new URL('./support/paced-learners.ts', import.meta.url).href;
const paced = (ms: number): string[] => ['--learner', `${module}?ms=${ms}`];

/** A coordinator, an aggregator and the data; workers are started by the test. */
async function open(): Promise<Cluster> {
  const cluster = await startCluster({
    ...{ workers: 0, aggregators: 0, coordinatorArgs: paced(0) },
  });
  await cluster.startAggregator(paced(0));
  const csv = () => syntheticCsv({ kind: 'dense', rows: 50 * slices, seed: 1 });
  await cluster.client.importCsv('dense', csv, { rowsPerShard: 50 });
  return cluster;
}

function spec(id: string, algorithm: string, params: Record<string, number>): JobSpecInput {
  return { id, dataset: 'dense', target, algorithm, params, evaluate: false };
}

/** Slices that each worker holds by the records as they were seen last. */
function holders(log: TaskLog, job: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [key, sights] of log.of(job)) {
    const record = sights.at(-1)?.record;
    if (!key.includes('.hold.') || record?.state !== TaskState.CLAIMED) continue;
    counts.set(record.node, (counts.get(record.node) ?? 0) + 1);
  }
  return counts;
}

const heldBy = (count: number, job: string) => (log: TaskLog) => {
  const counts = holders(log, job);
  const all = [...counts.values()].reduce((sum, own) => sum + own, 0);
  return all === slices && counts.size === count && counts;
};

/** How much earlier the first ends than the last, as a part of the whole. */
function apart(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / Math.max(...values);
}

it('[P51] [P24] takes workers in and lets them go in the middle of a job of tasks', async () => {
  await using cluster = await open();
  await using log = await TaskLog.open(cluster.bus);
  // Alone it would take longer than the others need to start, however busy the machine is.
  await cluster.startWorker(paced(700));
  const job = await cluster.client.submit(spec('joined', 'paced-tasks', { tasks: 120 }));
  await cluster.event('joined', ({ kind }) => kind === 'tasks-done');
  await Promise.all([cluster.startWorker(paced(60)), cluster.startWorker(paced(60))]);
  const worked = (node: string) =>
    log.sights.some(({ record }) => record.node === node && record.state === TaskState.DONE);
  await log.until(() => worked('worker-2') && worked('worker-3'));
  expect(await cluster.kill('worker-2', 'SIGTERM')).toEqual({ code: 0, signal: null });
  const view = await job.result(wait);
  expect(view).toMatchObject({ phase: 'completed', attempts: 1, commitsRefused: 0 });
  const calm = await cluster.client.submit(spec('calm', 'paced-tasks', { tasks: 120 }));
  expect((await calm.result(wait)).digest).toBe(view.digest);
}, 120_000);

it('[P51] [P54] spreads the slices over workers that join, and obeys new bounds at once', async () => {
  await using cluster = await open();
  await using log = await TaskLog.open(cluster.bus);
  await cluster.startWorker(paced(2));
  const params = { rounds: 350 };
  const job = await cluster.client.submit(spec('rounds', 'paced-rounds', params));
  await cluster.event('rounds', ({ kind }) => kind === 'rounds');
  await Promise.all([cluster.startWorker(paced(2)), cluster.startWorker(paced(2))]);
  await log.until(heldBy(3, 'rounds'));
  const set = await cluster.cli(['job', 'set', 'rounds', '--workers-max', '1', '--json']);
  expect(set.code, set.stderr).toBe(0);
  const narrowed = JSON.parse(set.stdout) as JobView;
  expect(narrowed.settings?.workers).toEqual({ min: 1, max: 1 });
  expect(narrowed.spec).toMatchObject({ workers: { min: 1, max: 8 } });
  await log.until(heldBy(1, 'rounds'));
  await widen(cluster, 'rounds');
  await log.until(heldBy(3, 'rounds'));
  const bad = await cluster.cli(['job', 'set', 'rounds', '--workers-min', '4']);
  expect(bad).toMatchObject({ code: 2, stderr: expect.stringContaining('min 4 is above max 3') });
  expect(await cluster.kill('worker-2', 'SIGTERM')).toEqual({ code: 0, signal: null });
  const view = await job.result(wait);
  expect(view).toMatchObject({ phase: 'completed', attempts: 1, reassigned: expect.any(Number) });
  const events: JobEvent[] = [];
  for await (const event of job.events({ follow: false })) events.push(event);
  expect(events.filter(({ kind }) => kind === 'node-lost')).toEqual([]);
  for (const changed of events.filter(({ kind }) => kind === 'changed')) {
    // The slices go with the change itself: no round is waited for.
    const moved = events.find(({ kind, n }) => kind === 'holds-reassigned' && n > changed.n);
    expect(Date.parse(moved?.at ?? '') - Date.parse(changed.at)).toBeLessThan(1_000);
  }
  // From the second round on the data is where the work is.
  const rate = view.placed.local / (view.placed.local + view.placed.remote);
  expect(rate).toBeGreaterThan(0.9);
  const calm = await cluster.client.submit(spec('calm', 'paced-rounds', params));
  expect((await calm.result(wait)).digest).toBe(view.digest);
}, 180_000);

/** By the stock command where it is installed. */
async function widen(cluster: Cluster, id: string): Promise<void> {
  const cli = findNatsCli();
  if (cli === undefined) {
    await cluster.client.job(id).set({ workers: { max: 3 } });
    return;
  }
  const question = JSON.stringify({ id, workers: { max: 3 } });
  const about = ['--server', cluster.url, '--no-context', '--raw'];
  const asked = await runNatsCli(cli, ['req', 'shoal.coordinator.set', question, ...about]);
  expect(asked.code, asked.stderr).toBe(0);
  const { value } = JSON.parse(asked.stdout) as { value: JobView };
  expect(value.settings?.workers).toEqual({ min: 1, max: 3 });
}

it('[P63] [P74] workers of speed 1 : 2 : 4 end within 15 % of each other, in tasks and in rounds', async () => {
  await using cluster = await open();
  await using log = await TaskLog.open(cluster.bus);
  for (const ms of [20, 10, 5]) await cluster.startWorker(paced(ms));
  const tasks = await cluster.client.submit(spec('tasks', 'paced-tasks', { tasks: 500 }));
  await tasks.result(wait);
  const trained = log.sights.filter(
    ({ task, record }) => task.startsWith('train.') && record.state === TaskState.DONE,
  );
  const first = log.sights.find(({ task }) => task.startsWith('train.'))?.atMs ?? 0;
  const workers = ['worker-1', 'worker-2', 'worker-3'];
  const ends = workers.map(
    (name) => (trained.findLast(({ record }) => record.node === name)?.atMs ?? first) - first,
  );
  expect(apart(ends), `${ends}`).toBeLessThan(0.15);

  const took = new Map<string, number[]>();
  const { transport, subjects } = cluster.bus;
  const heard = transport.subscribe(
    subjects.roundReady(parseJobId('rounds'), 0, '*'),
    (message) => {
      const { node, round, computeMs } = decodeMessage('round-ready', message.bytes);
      if (round >= 50) took.set(node, [...(took.get(node) ?? []), computeMs]);
    },
  );
  const rounds = await cluster.client.submit(spec('rounds', 'paced-rounds', { rounds: 90 }));
  const view = await rounds.result(wait);
  heard.unsubscribe();
  const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const roundMs = workers.map((name) => median(took.get(name) ?? []));
  const told = `${roundMs} ms, ${JSON.stringify([...holders(log, 'rounds')])}`;
  expect(Math.min(...roundMs), told).toBeGreaterThan(0);
  expect(apart(roundMs), told).toBeLessThan(0.15);
  expect(view).toMatchObject({ phase: 'completed', attempts: 1 });
}, 180_000);

it('[P60] ends a job of 10 tasks before one of 10,000 that came first, and both say why they wait', async () => {
  await using cluster = await open();
  for (let i = 0; i < 2; i++) await cluster.startWorker(paced(40));
  const big = await cluster.client.submit(spec('big', 'paced-tasks', { tasks: 10_000 }));
  await cluster.event('big', ({ kind }) => kind === 'tasks-done');
  const small = await cluster.client.submit(spec('small', 'paced-tasks', { tasks: 10 }));
  const waits = { big: new Set<string>(), small: new Set<string>() };
  const look = async () => {
    waits.big.add((await big.view()).waitingFor?.what ?? '');
    const view = await small.view();
    waits.small.add(view.waitingFor?.what ?? '');
    return view.phase;
  };
  await cluster.event('small', ({ kind }) => kind === 'planned');
  while ((await look()) !== 'completed') await cluster.beat('worker-1');
  expect([...waits.big].join('\n')).toMatch(/\d+ wait for a slot, shared with small/);
  const view = await big.view();
  expect(view.phase).toBe('training');
  expect(view.tasks.done).toBeLessThan(2_000);
  expect((await small.view()).attempts).toBe(1);
  await big.cancel();
  await big.ended(wait);
}, 120_000);
