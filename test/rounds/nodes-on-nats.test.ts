/**
 * Holders and leaders of rounds on a real nats-server with real compute threads, each node on a
 * connection of its own; the test is their coordinator.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAggregator } from '../../actors/aggregator/start.ts';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import type { NodeOptions, RunningNode } from '../../actors/task-runner/running-node.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { Bus } from '../../runtime/bus.ts';
import { noLog } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { computePool } from '../../runtime/node/compute-pool.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { keys } from '../../schemas/subjects.ts';
import { decodeMessage, type Heartbeat, TaskState } from '../../schemas/wire.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { Offerer, TestShardFiles } from '../task-runner/offerer.ts';
import { expectedResults, holdTasks, roundsPlan } from './rounds-plan.ts';

const entry = new URL('../../cli/compute-thread.ts', import.meta.url);
const clock = nodeClock();
const leads = ['rounds.0', 'rounds.1'];

let server: TestServer;
let bus: Bus;
let compute: Compute;
let data: DataSet;
let jobs = 0;
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  server = await startTestServer();
  bus = await connectNats({ servers: server.url, name: 'test', clock, createLayout: true });
  compute = computePool({ slots: 2, entry });
  data = await dataSet();
});

afterEach(async () => {
  for (const one of opened.splice(0).reverse()) await one.close();
});

afterAll(async () => {
  await compute.stop();
  await bus.close();
  await server.stop();
});

interface TestNode {
  readonly node: RunningNode;
  readonly files: TestShardFiles;
  readonly metrics: Metrics;
}

/** A node with a connection of its own, known to the offerer. */
async function started(
  role: 'worker' | 'aggregator',
  name: string,
  offerer: Offerer,
): Promise<TestNode> {
  const own = await connectNats({ servers: server.url, name, clock, createLayout: false });
  const metrics = new Metrics();
  const files = new TestShardFiles(own);
  const options: NodeOptions = {
    bus: own,
    clock,
    random: nodeRandom(),
    compute,
    node: parseNodeId(name),
    slots: 2,
    memoryBytes: 1e9,
    learners: learnersWithToy,
    log: noLog,
    metrics,
  };
  const here = offerer.beat((beat) => beat.node === name);
  const node = await (role === 'worker'
    ? startShardWorker({ ...options, files })
    : startAggregator(options));
  opened.push({
    close: async () => {
      await node.stop();
      await files.remove();
      await own.close();
    },
  });
  await here;
  return { node, files, metrics };
}

async function job(plan: JobPlan): Promise<Offerer> {
  const offerer = new Offerer(bus, `j-${++jobs}`);
  await offerer.open(data, plan);
  opened.push(offerer);
  return offerer;
}

/** Offers hold `i` to worker `i mod workers`, and both leads to the aggregator. */
function offerAll(
  offerer: Offerer,
  plan: JobPlan,
  workers: readonly string[],
  leader: string,
): void {
  for (const [i, task] of holdTasks(plan).entries()) {
    offerer.offer(workers[i % workers.length] as string, [task]);
  }
  offerer.offer(leader, leads);
}

async function results(offerer: Offerer): Promise<(string | undefined)[]> {
  const done = await offerer.whenDone(leads);
  return leads.map((lead) => done.get(lead)?.result);
}

/** A heartbeat that says that every lead of the node has closed so many rounds. */
function closed(offerer: Offerer, node: string, rounds: number): Promise<Heartbeat> {
  return offerer.beat(
    (beat) =>
      beat.node === node &&
      beat.running.length === leads.length &&
      beat.running.every(({ job, round }) => job === offerer.job && (round?.round ?? 0) >= rounds),
  );
}

/** Admits the next attempt of the tasks that the node had claimed, and offers them to another. */
async function moveFrom(node: string, offerer: Offerer, to: string): Promise<string[]> {
  const claimed = [...offerer.tasks].filter(
    ([, record]) => record.node === node && record.state === TaskState.CLAIMED,
  );
  const tasks = claimed.map(([task]) => task);
  for (const task of tasks) await offerer.admit(task, { node: '', nonce: '', losses: 1 });
  offerer.offer(to, tasks, { attempt: 2 });
  return tasks;
}

describe('rounds on a real broker', () => {
  it('[P65] give one digest on 1, 2 and 4 workers, that of a single process', async () => {
    const plan = roundsPlan(data, { rounds: 20 });
    const expected = expectedResults(data, plan);
    for (const count of [1, 2, 4]) {
      const offerer = await job(plan);
      const names = Array.from({ length: count }, (_, i) => `w${jobs}-${i}`);
      for (const name of names) await started('worker', name, offerer);
      await started('aggregator', `a${jobs}`, offerer);
      offerAll(offerer, plan, names, `a${jobs}`);
      expect(await results(offerer)).toEqual(expected);
      const note = JSON.parse(offerer.tasks.get('rounds.0')?.note ?? '');
      expect(note).toMatchObject({ fit: 0, rounds: 20, ended: 'rounds' });
      expect(note.totalMs).toBeGreaterThanOrEqual(note.waitMs);
    }
  });

  it('go on after a holder dies; survivors keep their claims', async () => {
    const plan = roundsPlan(data, { rounds: 500, spin: 60_000 });
    const offerer = await job(plan);
    const lost = await started('worker', 'h1', offerer);
    await started('worker', 'h2', offerer);
    await started('worker', 'h3', offerer);
    await started('aggregator', 'ha', offerer);
    offerAll(offerer, plan, ['h1', 'h2'], 'ha');
    await closed(offerer, 'ha', 20);
    await lost.node.stop();
    const moved = await moveFrom('h1', offerer, 'h3');
    expect(moved).toHaveLength(3);
    expect(await results(offerer)).toEqual(expectedResults(data, plan));
    const kept = [...offerer.tasks.values()].filter((record) => record.node === 'h2');
    expect(kept.map((record) => record.attempt)).toEqual([1, 1, 1]);
  });

  it('go on after their leader dies, from what the holders have', async () => {
    const plan = roundsPlan(data, { rounds: 500, spin: 60_000 });
    const offerer = await job(plan);
    await started('worker', 'l1', offerer);
    await started('worker', 'l2', offerer);
    const lost = await started('aggregator', 'la', offerer);
    const next = await started('aggregator', 'lb', offerer);
    offerAll(offerer, plan, ['l1', 'l2'], 'la');
    await closed(offerer, 'la', 60);
    await lost.node.stop();
    await moveFrom('la', offerer, 'lb');
    expect(await results(offerer)).toEqual(expectedResults(data, plan));
    expect(next.metrics.read('shoal_rounds_total')).toBeLessThanOrEqual(2 * 440);
  });

  it('go on from the state put by at a drain, when nobody else has it', async () => {
    const params = { rounds: 20, stateBytes: 700_000, contributionBytes: 600_000, spin: 2e6 };
    const plan = roundsPlan(data, params);
    const offerer = await job(plan);
    const holder = await started('worker', 'd1', offerer);
    const first = await started('aggregator', 'da', offerer);
    offerAll(offerer, plan, ['d1'], 'da');
    await closed(offerer, 'da', 2);
    first.node.drain();
    await first.node.drained;
    await holder.node.stop();
    expect(await bus.store.get('rounds', keys.roundState(offerer.job, 0))).toBeDefined();
    const second = await started('worker', 'd2', offerer);
    const next = await started('aggregator', 'db', offerer);
    await moveFrom('d1', offerer, 'd2');
    await moveFrom('da', offerer, 'db');
    expect(await results(offerer)).toEqual(expectedResults(data, plan));
    expect(next.metrics.read('shoal_rounds_total')).toBeLessThanOrEqual(2 * 18);
    expect(
      second.metrics.read('shoal_round_bytes_pulled_total', { what: 'state' }),
    ).toBeGreaterThan(700_000);
  });

  it('[P09] fetch no byte of a shard after the first round', async () => {
    const plan = roundsPlan(data, { rounds: 200 });
    const offerer = await job(plan);
    const { metrics } = await started('worker', 'n1', offerer);
    await started('aggregator', 'na', offerer);
    const fetched = new Map<number, number>();
    const { transport, subjects } = bus;
    transport.subscribe(subjects.roundReady(offerer.job, 0, '*'), (message) => {
      const { round, shares } = decodeMessage('round-ready', message.bytes);
      const bytes = metrics.read('shoal_shard_bytes_fetched_total');
      if (shares.length > 0) fetched.set(round, bytes);
    });
    offerAll(offerer, plan, ['n1'], 'na');
    await results(offerer);
    const all = data.manifest.shards.reduce((sum, shard) => sum + shard.bytes, 0);
    expect(fetched.size).toBeGreaterThan(190);
    for (let round = 1; round < 200; round += 1) expect(fetched.get(round) ?? all).toBe(all);
  });
});
