/**
 * Workers that are killed, frozen, told to leave and started while a job runs; one cluster for all.
 */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobView } from '../../schemas/views.ts';
import { TaskState } from '../../schemas/wire.ts';
import { regained, TaskLog } from '../support/task-log.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

/** Room for a machine that has more to do than this test. */
const busyMs = 2_000;
const wait = { timeoutMs: 60_000 };

let cluster: Cluster;
let log: TaskLog;
let calm: JobView;

function forest(id: string): JobSpecInput {
  const target = syntheticTarget.dense;
  return { id, dataset: 'dense', target, algorithm: 'random-forest', params: { trees: 240 } };
}

/**
 * More tasks than anybody wants to wait for, long enough that one seen to be in hand still is when a
 * busy machine gets to the signal.
 */
function endless(id: string, spin = 2e8): JobSpecInput {
  const params = { tasks: 5_000, spin };
  return { ...forest(id), algorithm: 'toy-sum', params, evaluate: false };
}

/** Waits until the node has a task of the job in hand. */
function inHand(node: string, job: string): Promise<string> {
  return log.until(() => log.heldBy(node).find((sight) => sight.job === job)?.task);
}

/** Highest attempts of the tasks that the node did, and did not, hold at the signal. */
function attempts(job: string, node: string, signalMs: number): { lost: number; kept: number } {
  const found = { lost: 0, kept: 0 };
  for (const sights of log.of(job).values()) {
    const which = regained(sights, [node], signalMs) === undefined ? 'kept' : 'lost';
    found[which] = Math.max(found[which], sights.at(-1)?.record.attempt ?? 0);
  }
  return found;
}

function waits(job: string, node: string, signalMs: number): number[] {
  return [...log.of(job).values()].flatMap((sights) => {
    const again = regained(sights, [node], signalMs);
    return again ? [again.admittedMs - signalMs] : [];
  });
}

beforeAll(async () => {
  cluster = await startCluster({ workers: 2, args: ['--metrics-port', '0'] });
  const rows = 5_000;
  await cluster.client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows, seed: 1 }));
  log = await TaskLog.open(cluster.bus);
  calm = await (await cluster.client.submit(forest('calm'))).result(wait);
}, 60_000);

afterAll(async () => {
  await log?.[Symbol.asyncDispose]();
  await cluster?.[Symbol.asyncDispose]();
});

it('[P13] [P72] [P99] loses a worker to kill -9: same digest, survivors keep attempt 1', async () => {
  const before = await cluster.counter('coordinator-1', 'shoal_reassignments_total');
  const job = await cluster.client.submit(forest('killed'));
  await inHand('worker-1', job.id);
  const signalMs = performance.now();
  await cluster.kill('worker-1');
  const view = await job.result(wait);
  expect(view).toMatchObject({ phase: 'completed', digest: calm.digest, metrics: calm.metrics });
  expect(attempts(job.id, 'worker-1', signalMs).kept).toBe(1);
  const lost = waits(job.id, 'worker-1', signalMs);
  expect(view.reassigned).toBe(lost.length);
  expect(Math.max(0, ...lost)).toBeLessThan(limits.deadMs + busyMs);
  const after = await cluster.counter('coordinator-1', 'shoal_reassignments_total');
  expect(after - before).toBe(view.reassigned);
  await cluster.restart('worker-1');
}, 60_000);

it('[P15] [P72] [P99] a frozen worker loses its task; when it wakes, its late work is refused', async () => {
  const job = await cluster.client.submit(endless('frozen', 5e8));
  // A record that names it says as little as this: frozen before it has read the answer to its
  // claim, it would take the task for somebody else's and commit nothing.
  await cluster.beat('worker-2', ({ running }) =>
    running.some(({ progress }) => Number(progress) > 0),
  );
  const signalMs = performance.now();
  cluster.freeze('worker-2');
  const again = await log.until(() =>
    [...log.of(job.id).values()]
      .map((sights) => regained(sights, ['worker-2'], signalMs))
      .find((found) => found !== undefined && found !== null),
  );
  expect(again.admittedMs - signalMs).toBeGreaterThan(limits.deadMs - limits.heartbeatMs);
  expect(again.admittedMs - signalMs).toBeLessThan(limits.deadMs + busyMs);
  const woken = cluster.beat('worker-2', (beat) => Number(beat.commitsRefused) > 0);
  const told = cluster.event(job.id, ({ kind }) => kind === 'commit-refused');
  cluster.thaw('worker-2');
  expect(Number((await woken).commitsRefused)).toBe(1);
  expect(await told).toMatchObject({ node: 'worker-2', commits: 1 });
  // It is trusted again at once.
  await inHand('worker-2', job.id);
  const view = await job.view();
  expect(view).toMatchObject({ commitsRefused: 1, attempts: 2 });
  expect(attempts(job.id, 'worker-2', signalMs).kept).toBe(1);
  await job.cancel();
  expect(await job.ended(wait)).toMatchObject({ phase: 'cancelled' });
}, 60_000);

it('[P24] SIGTERM drains: the task in hand is finished, nothing is done twice', async () => {
  const job = await cluster.client.submit(forest('drained'));
  const task = await inHand('worker-1', job.id);
  expect(await cluster.kill('worker-1', 'SIGTERM')).toEqual({ code: 0, signal: null });
  const last = log.of(job.id).get(`${job.id}.${task}`)?.at(-1);
  expect(last?.record).toMatchObject({ state: TaskState.DONE, node: 'worker-1', attempt: 1 });
  const view = await job.result(wait);
  expect(view).toMatchObject({ digest: calm.digest, attempts: 1, reassigned: 0 });
}, 60_000);

it('[P51] a worker that joins in mid-job gets work, and a cancelled job leaves nothing behind', async () => {
  const job = await cluster.client.submit(endless('long'));
  await inHand('worker-2', job.id);
  const added = await cluster.startWorker();
  await inHand(added, job.id);
  const other = await cluster.client.submit({ ...endless('other'), params: { tasks: 20 } });
  const cancelled = await job.cancel();
  expect(['cancelling', 'cancelled']).toContain(cancelled.phase);
  expect(await job.ended(wait)).toMatchObject({ phase: 'cancelled', model: null });
  expect(await other.result(wait)).toMatchObject({ phase: 'completed', tasks: { done: 20 } });
  const idle = await cluster.beat(added, (beat) => beat.running.length === 0);
  expect(idle.queued).toBe(0);
  const left = await cluster.bus.store.list('tasks', `${job.id}.`);
  expect(left).toEqual([]);
}, 60_000);
