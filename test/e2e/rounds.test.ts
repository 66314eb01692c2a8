/**
 * Jobs that train in rounds, on real processes: holders, leaders of rounds and coordinators that
 * die on the way, one model whatever happens, and what the job says of it.
 */
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { TaskLog } from '../support/task-log.ts';
import { startUp } from '../support/up.ts';
import { type Cluster, startCluster } from './support/cluster.ts';
import { ownerOf, roundOpened } from './support/open-rounds.ts';

const wait = { timeoutMs: 90_000 };
const target = syntheticTarget.dense;
const csv = () => syntheticCsv({ kind: 'dense', rows: 8_000, seed: 1 });

/** A few seconds of rounds, two fits of them. */
function toy(id: string): JobSpecInput & { id: string } {
  const params = { rounds: 60, spin: 60_000 };
  return { id, dataset: 'dense', target, algorithm: 'toy-rounds', params };
}

async function eventsOf(cluster: Cluster, id: string): Promise<JobEvent[]> {
  const events: JobEvent[] = [];
  for await (const event of cluster.client.job(id).events()) events.push(event);
  return events;
}

it('[P53] [P13] [P34] gives one model whoever dies: a holder, the leader of the rounds, the coordinator', async () => {
  const options = { workers: 3, aggregators: 2, coordinators: 2 };
  await using cluster = await startCluster(options);
  await cluster.client.importCsv('dense', csv);
  const calm = await (await cluster.client.submit(toy('calm'))).result(wait);
  const log = await TaskLog.open(cluster.bus);
  const victims = {
    holder: () => ownerOf(log, 'holder', 'hold.0'),
    leader: () => ownerOf(log, 'leader', 'rounds.0'),
    coordinator: async () => (await cluster.client.status()).coordinator,
  };
  for (const [id, victim] of Object.entries(victims)) {
    const opened = roundOpened(cluster, id, 10);
    const job = await cluster.client.submit(toy(id));
    await opened;
    const name = await victim();
    await cluster.kill(name);
    const view = await job.result(wait);
    expect(view, id).toMatchObject({ phase: 'completed', digest: calm.digest });
    // Claims that nobody lost stay at their first attempt: survivors are never restarted.
    for (const [key, sights] of log.of(id)) {
      const claims = sights.filter(({ record }) => record.state === TaskState.CLAIMED);
      const lost = claims.some(({ record }) => record.node === name);
      const { attempt = 0, moves = 0 } = (sights.at(-1)?.record ?? {}) as Partial<TaskRecord>;
      if (!lost) expect(attempt - moves, key).toBe(1);
    }
    await cluster.restart(name);
  }
}, 180_000);

it('[P26] [P29] [P62] [P69] tells in the job log what the rounds came to, from what, and where the time went', async () => {
  await using cluster = await startCluster({ workers: 2 });
  await cluster.client.importCsv('dense', csv);
  const spec = { ...toy('told'), workers: { min: 2 } };
  const view = await (await cluster.client.submit(spec)).result(wait);
  expect(view.rounds).toMatchObject([
    { fit: 'holdout', round: 60, ended: 'rounds', metrics: { sum: expect.any(Number) } },
    { fit: 'final', round: 60, ended: 'rounds' },
  ]);
  const events = await eventsOf(cluster, 'told');
  const rounds = events.filter(({ kind }) => kind === 'rounds');
  expect(rounds.length).toBeGreaterThan(0);
  for (const event of rounds) {
    // The contributions that made the change: they name their nodes and cover every slice once.
    const inputs = event.inputs as { node: string; first: number; count: number; sha256: string }[];
    const slices = inputs.flatMap(({ first, count }) =>
      Array.from({ length: count }, (_, i) => first + i),
    );
    expect(slices.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i));
    expect(new Set(inputs.map(({ node }) => node)).size).toBe(2);
  }
  const ended = events.filter(({ kind }) => kind === 'rounds-ended');
  expect(ended.map(({ fit }) => fit).toSorted()).toEqual(['final', 'holdout']);
  for (const event of ended) {
    const { totalMs, waitMs, closeMs, bytes, exchangeP95Ms } = event as unknown as Record<
      string,
      number
    >;
    expect(totalMs).toBeGreaterThan(0);
    expect((waitMs ?? 0) + (closeMs ?? 0)).toBeLessThanOrEqual((totalMs ?? 0) * 1.01 + 1);
    expect(bytes).toBeGreaterThan(0);
    expect(exchangeP95Ms).toBeGreaterThanOrEqual(0);
  }
}, 120_000);

it('[P34] [P65] trains logistic regression over two workers, and predicts with it', async () => {
  await using up = await startUp(['--workers', '2', '--slots', '1']);
  await up.client.importCsv('dense', csv);
  const spec = { dataset: 'dense', target, algorithm: 'logistic-regression', workers: { min: 2 } };
  const view = await (await up.client.submit({ ...spec, id: 'two' })).result(wait);
  const metrics = view.metrics as { accuracy?: number };
  expect(metrics.accuracy).toBeGreaterThan(0.6);
  expect(view.rounds?.every(({ ended }) => ended === 'converged')).toBe(true);
  const one = await (await up.client.submit({ ...spec, id: 'one', workers: { max: 1 } })).result(
    wait,
  );
  expect(one.digest).toBe(view.digest);
  const model = await up.client.model('two');
  const row = Object.fromEntries(model.features.map(({ name }) => [name, 0]));
  const [prediction] = model.predict([row]);
  expect(model.classes).toContain(prediction?.prediction);
}, 120_000);

it('two jobs in rounds and one of tasks share the nodes, and all of them end', async () => {
  await using cluster = await startCluster({ workers: 2 });
  await cluster.client.importCsv('dense', csv);
  const tasks = {
    dataset: 'dense',
    target,
    algorithm: 'toy-sum',
    params: { tasks: 30, spin: 1e6 },
  };
  const jobs = await Promise.all([
    cluster.client.submit(toy('first')),
    cluster.client.submit({ ...tasks, id: 'tasks', evaluate: false }),
    cluster.client.submit(toy('second')),
  ]);
  const views = await Promise.all(jobs.map((job) => job.result(wait)));
  expect(views.map(({ phase }) => phase)).toEqual(Array(3).fill('completed'));
  expect(views[0]?.digest).toBe(views[2]?.digest);
}, 120_000);

it('takes a model from a job that still trains, and predicts with it', async () => {
  await using up = await startUp(['--workers', '2', '--slots', '1']);
  await up.client.importCsv('dense', csv);
  // Never satisfied with what it has come to.
  const params = { solver: 'momentum', tolerance: 0, maxRounds: 100_000 };
  const algorithm = 'logistic-regression';
  const job = await up.client.submit({ ...toy('endless'), algorithm, params, evaluate: false });
  // Nothing is put by for the first seconds; each event of the rounds is a moment to ask again.
  let taken = null;
  for await (const event of job.events()) {
    if (event.kind !== 'rounds') continue;
    taken = await job.snapshot().catch((error: { code?: string }) => {
      expect(error.code).toBe('no-state');
      return null;
    });
    if (taken !== null) break;
  }
  expect(taken).toMatchObject({ model: 'endless@1', fit: 'final', round: expect.any(Number) });
  const model = await up.client.model('endless@1');
  expect(model.view.digest).toBe(taken?.digest);
  const row = Object.fromEntries(model.features.map(({ name }) => [name, 0]));
  expect(model.predict([row])).toHaveLength(1);
  await job.cancel();
  expect(await job.ended(wait)).toMatchObject({ phase: 'cancelled', model: null });
}, 60_000);

it('[P84] reports how busy the compute threads of each node are', async () => {
  await using cluster = await startCluster({ workers: 2, args: ['--metrics-port', '0'] });
  await cluster.client.importCsv('dense', csv);
  const startedMs = performance.now();
  await (await cluster.client.submit({ ...toy('busy'), workers: { min: 2 } })).result(wait);
  const elapsedS = (performance.now() - startedMs) / 1000;
  for (const node of ['worker-1', 'worker-2']) {
    const busyS = await cluster.counter(node, 'shoal_compute_busy_seconds_total');
    // One slot each: a share of the time between nothing and all of it.
    expect(busyS).toBeGreaterThan(0);
    expect(busyS).toBeLessThanOrEqual(elapsedS);
  }
}, 60_000);
