/**
 * Tasks that hang, kill and eat memory, on real processes: the cluster goes on, the model is the
 * same, and a task that cannot be done ends its job with its cause.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const stalledMs = 2_000;
const wait = { timeoutMs: 80_000 };
const folder = mkdtempSync(join(tmpdir(), 'shoal-unruly-'));

let cluster: Cluster;
let calm: JobView;

function unruly(id: string, params: Record<string, unknown>): JobSpecInput {
  return {
    ...{ id, dataset: 'dense', target: syntheticTarget.dense, algorithm: 'unruly' },
    ...{ params: { tasks: 12, spin: 1_000_000, failTask: 4, ...params }, evaluate: false },
  };
}

async function eventsOf(id: string): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of cluster.client.job(id).events({ follow: false })) events.push(event);
  return events;
}

beforeAll(async () => {
  const learner = fileURLToPath(new URL('../support/unruly-learner.ts', import.meta.url));
  cluster = await startCluster({
    workers: 1,
    args: ['--learner', learner],
    coordinatorArgs: ['--stalled-after', `${stalledMs / 1_000}s`],
    workerArgs: ['--memory', '1G'],
    // Heap of each thread, and of a process that runs one task alone.
    env: { SHOAL_TEST_DIR: folder, NODE_OPTIONS: '--max-old-space-size=96' },
  });
  const rows = 2_000;
  await cluster.client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows, seed: 1 }));
  calm = await (await cluster.client.submit(unruly('calm', {}))).result(wait);
}, 60_000);

afterAll(async () => {
  await cluster?.[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

it('[F7] [P99] a task that hangs is found out by its progress, and its slot comes back', async () => {
  const job = await cluster.client.submit(unruly('hangs', { habit: 'hang', times: 1 }));
  const taken = await cluster.event(job.id, ({ kind }) => kind === 'task-reassigned');
  expect(taken).toMatchObject({ task: 'train.4', from: 'worker-1', reason: 'stalled', attempt: 2 });
  expect(Number(taken.seconds) * 1_000).toBeGreaterThanOrEqual(stalledMs);
  expect(Number(taken.seconds) * 1_000).toBeLessThanOrEqual(2 * stalledMs);
  // The one worker has one slot, which a thread that spins for ever had: it does the rest.
  const view = await job.result(wait);
  expect(view).toMatchObject({ digest: calm.digest, attempts: 2, reassigned: 1 });
  expect(cluster.actors.size).toBe(3);
}, 90_000);

it('[F30] [P43] a task that kills its worker: three at most, others unharmed, the cause is told', async () => {
  await cluster.startWorker();
  await cluster.startWorker();
  let killed = 0;
  const names = ['worker-1', 'worker-2', 'worker-3'];
  let over = false;
  const keep = async (name: string): Promise<void> => {
    for (;;) {
      await cluster.exited(name);
      if (over) return;
      killed += 1;
      await cluster.restart(name);
    }
  };
  for (const name of names) void keep(name).catch(() => {});
  const poison = await cluster.client.submit(unruly('kills', { habit: 'die', times: 1_000 }));
  const other = await cluster.client.submit(unruly('beside', {}));
  const ended = await poison.ended(wait);
  expect(ended).toMatchObject({ phase: 'failed', error: { code: 'poison-task' } });
  expect(ended.error?.message).toMatch(/train\.4 .*SIGKILL/);
  // On a busy machine a thread may take so long to start that it counts as a loss, too.
  expect(killed).toBeGreaterThanOrEqual(1);
  expect(killed).toBeLessThanOrEqual(3);
  expect(await other.result(wait)).toMatchObject({ phase: 'completed', digest: calm.digest });
  over = true;
}, 90_000);

it('[F33] a task that fills the heap ends its thread, not its worker, and the job says so', async () => {
  const pids = ['worker-1', 'worker-2', 'worker-3'].map((name) => cluster.pid(name));
  const job = await cluster.client.submit(unruly('eats', { habit: 'eat', times: 1_000 }));
  const ended = await job.ended(wait);
  expect(ended).toMatchObject({ phase: 'failed', error: { code: 'task-failed' } });
  expect(ended.error?.message).toMatch(/memory/);
  const errors = (await eventsOf(job.id)).filter(({ kind }) => kind === 'task-error');
  expect(new Set(errors.map(({ node }) => node)).size).toBe(3);
  expect(['worker-1', 'worker-2', 'worker-3'].map((name) => cluster.pid(name))).toEqual(pids);
  const once = await cluster.client.submit(
    unruly('eats-once', { habit: 'eat', times: 1, salt: 1 }),
  );
  expect(await once.result(wait)).toMatchObject({ phase: 'completed', digest: calm.digest });
}, 90_000);
