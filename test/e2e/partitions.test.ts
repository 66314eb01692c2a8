/**
 * Links that are cut or bad, with every process alive: nothing is done twice, nothing is lost, and
 * the model is that of a calm run.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { decodeMessage, TaskState } from '../../schemas/wire.ts';
import { TaskLog } from '../support/task-log.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 150_000 };
const target = syntheticTarget.dense;
const csv = () => syntheticCsv({ kind: 'dense', rows: 4_000, seed: 1 });
const partitionMs = 20_000;
const bothWays = { held: ['up', 'down'] } as const;

/** Independent tasks, enough to go on for the time of a partition. */
function sums(id: string): JobSpecInput & { id: string } {
  const params = { tasks: 60, spin: 1e7 };
  return { id, dataset: 'dense', target, algorithm: 'toy-sum', params, evaluate: false };
}

function rounds(id: string): JobSpecInput & { id: string } {
  const params = { rounds: 120, spin: 60_000 };
  return { id, dataset: 'dense', target, algorithm: 'toy-rounds', params, evaluate: false };
}

/** The model's digest of either job when nothing happens. */
async function calmDigests(cluster: Cluster): Promise<readonly (string | null)[]> {
  const jobs = [
    await cluster.client.submit(sums('calm-sums')),
    await cluster.client.submit(rounds('calm-rounds')),
  ];
  return (await Promise.all(jobs.map((job) => job.result(wait)))).map(({ digest }) => digest);
}

/** Every event checked against the one before: each task is done once, and the job ends once. */
async function expectOnce(cluster: Cluster, id: string): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of cluster.client.job(id).events()) events.push(event);
  const done = events
    .filter(({ kind }) => kind === 'tasks-done')
    .flatMap((event) => (event.tasks as { task: string }[]).map(({ task }) => task));
  expect(done.toSorted()).toEqual([...new Set(done)].toSorted());
  expect(events.filter(({ kind }) => kind === 'completed')).toHaveLength(1);
  return events;
}

/** Tasks that the node never held are at their first attempt: survivors are never restarted. */
function expectSurvivors(log: TaskLog, job: string, hit: string): void {
  for (const [key, sights] of log.of(job)) {
    const claims = sights.filter(({ record }) => record.state === TaskState.CLAIMED);
    if (claims.some(({ record }) => record.node === hit)) continue;
    const { attempt = 0, moves = 0 } = sights.at(-1)?.record ?? {};
    expect(attempt - moves, key).toBe(1);
  }
}

it('[P59] [F8] a worker cut off for 20 s loses its work, and what it says late is not counted', async () => {
  await using cluster = await startCluster({ workers: 2, proxied: true });
  await cluster.client.importCsv('dense', csv);
  const calm = await calmDigests(cluster);
  await using log = await TaskLog.open(cluster.bus);
  const jobs = [
    await cluster.client.submit(sums('sums')),
    await cluster.client.submit(rounds('rounds')),
  ];
  await log.until(() => jobs.every(({ id }) => log.heldBy('worker-1').some((s) => s.job === id)));
  const cut = cluster.proxy('worker-1').during(bothWays, partitionMs);
  await log.until(() =>
    [...log.of('rounds'), ...log.of('sums')].some(
      ([, sights]) => sights.at(-1)?.record.takenFrom === 'worker-1',
    ),
  );
  await cut;
  const { nonce } = await cluster.beat('worker-1');
  const views = await Promise.all(jobs.map((job) => job.result(wait)));
  expect(views.map(({ digest }) => digest)).toEqual(calm);
  expect(views.reduce((sum, { reassigned }) => sum + reassigned, 0)).toBeGreaterThan(0);
  for (const { id } of jobs) {
    await expectOnce(cluster, id);
    expectSurvivors(log, id, 'worker-1');
  }
  // The same process as before, back at work.
  expect(log.sights.some(({ record }) => record.nonce === nonce)).toBe(true);
}, 180_000);

it('[P59] [F8] the leader cut off for 20 s is replaced, and obeys when it is back', async () => {
  await using cluster = await startCluster({ workers: 2, coordinators: 2, proxied: true });
  await cluster.client.importCsv('dense', csv);
  const calm = await calmDigests(cluster);
  await using log = await TaskLog.open(cluster.bus);
  const leaders = new Map<number, Set<string>>();
  cluster.bus.transport.subscribe(cluster.bus.subjects.heartbeat('*'), ({ bytes }) => {
    const { term, node } = decodeMessage('heartbeat', Uint8Array.from(bytes));
    if (Number(term) === 0) return;
    leaders.set(Number(term), (leaders.get(Number(term)) ?? new Set()).add(node));
  });
  const jobs = [
    await cluster.client.submit(sums('sums')),
    await cluster.client.submit(rounds('rounds')),
  ];
  await log.until(() => jobs.every(({ id }) => log.of(id).size > 0));
  const { coordinator: old, term } = await cluster.client.status();
  const cutMs = performance.now();
  const cut = cluster.proxy(old).during(bothWays, partitionMs);
  const next = old === 'coordinator-1' ? 'coordinator-2' : 'coordinator-1';
  const led = await cluster.beat(next, (beat) => Number(beat.term) > term);
  expect(led.atMs - cutMs).toBeLessThan(7_000);
  await cut;
  await cluster.beat(old, (beat) => Number(beat.term) === 0);
  const views = await Promise.all(jobs.map((job) => job.result(wait)));
  expect(views.map(({ digest }) => digest)).toEqual(calm);
  expect([...leaders.values()].every((names) => names.size === 1)).toBe(true);
  // Its silence was nobody's death: no work was taken from anybody.
  expect(views.map(({ reassigned }) => reassigned)).toEqual([0, 0]);
  for (const { id } of jobs) await expectOnce(cluster, id);
}, 180_000);

it('[P59] [F8] links cut one way for some seconds change nothing, whichever way', async () => {
  await using cluster = await startCluster({ workers: 2, coordinators: 2, proxied: true });
  await cluster.client.importCsv('dense', csv);
  const [, calm] = await calmDigests(cluster);
  await using log = await TaskLog.open(cluster.bus);
  for (const held of [['up'], ['down']] as const) {
    for (const who of ['worker', 'leader'] as const) {
      const id = `${who}-${held[0]}`;
      const job = await cluster.client.submit(rounds(id));
      await log.until(() => log.heldBy('worker-2').some((sight) => sight.job === id));
      const { coordinator } = await cluster.client.status();
      const name = who === 'worker' ? 'worker-2' : coordinator;
      await cluster.proxy(name).during({ held }, 4_000);
      expect((await job.result(wait)).digest, id).toBe(calm);
      await expectOnce(cluster, id);
    }
  }
}, 180_000);

it('[P94] [F11] passes with 10 Mbit/s and 100 ms of delay on every link, and says what it took', async () => {
  await using cluster = await startCluster({ workers: 2, proxied: true });
  await cluster.client.importCsv('dense', csv);
  const forest = (id: string): JobSpecInput => ({
    ...{ id, dataset: 'dense', target, algorithm: 'random-forest', params: { trees: 40 } },
  });
  const logistic = (id: string): JobSpecInput => ({
    ...{ id, dataset: 'dense', target, algorithm: 'logistic-regression', workers: { min: 2 } },
  });
  const run = async (mark: string) => {
    const jobs = [forest(`forest-${mark}`), logistic(`logistic-${mark}`)];
    const handles = await Promise.all(jobs.map((spec) => cluster.client.submit(spec)));
    return Promise.all(handles.map((handle) => handle.result(wait)));
  };
  const fast = await run('fast');
  for (const name of cluster.actors.keys()) {
    cluster.proxy(name).set({ latencyMs: 100, bytesPerSecond: 1_250_000 });
  }
  const slow = await run('slow');
  expect(slow.map(({ digest }) => digest)).toEqual(fast.map(({ digest }) => digest));
  for (const { time } of slow) {
    expect(time.cpuMs).toBeGreaterThan(0);
    expect(time.fetchedBytes).toBeGreaterThan(0);
    expect(time.storedBytes).toBeGreaterThan(0);
  }
}, 180_000);
