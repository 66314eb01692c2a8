/**
 * Shard-worker and aggregator on a real nats-server with real compute threads; the coordinator is a
 * stand-in, so that each attempt, cancel and close happens when the test says so.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startAggregator } from '../../actors/aggregator/start.ts';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import type { NodeOptions, RunningNode } from '../../actors/task-runner/running-node.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { describeModel } from '../../learners/model.ts';
import type { Bus } from '../../runtime/bus.ts';
import { noLog } from '../../runtime/log.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { computePool } from '../../runtime/node/compute-pool.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { parseDigest, parseNodeId } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { records, TaskState } from '../../schemas/wire.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';
import { type DataSet, dataSet, jsonBytes, toyPlan } from './data.ts';
import { Offerer, TestShardFiles } from './offerer.ts';

const entry = new URL('../../cli/compute-thread.ts', import.meta.url);
const clock = nodeClock();

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

async function job(changes: Partial<JobPlan> = {}, tasks = 3, source = data): Promise<Offerer> {
  const offerer = new Offerer(bus, `j-${++jobs}`);
  await offerer.open(source, toyPlan(source, changes, tasks));
  opened.push(offerer);
  return offerer;
}

function options(name: string): NodeOptions {
  return {
    bus,
    clock,
    random: nodeRandom(),
    compute,
    node: parseNodeId(name),
    slots: 2,
    memoryBytes: 1e9,
    learners: learnersWithToy,
    log: noLog,
  };
}

async function worker(name: string): Promise<{ node: RunningNode; files: TestShardFiles }> {
  const files = new TestShardFiles(bus);
  const node = await startShardWorker({ ...options(name), files });
  opened.push({
    close: async () => {
      await node.stop();
      await files.remove();
    },
  });
  return { node, files };
}

async function aggregator(name: string): Promise<RunningNode> {
  const node = await startAggregator(options(name));
  opened.push({ close: () => node.stop() });
  return node;
}

/** Offers tasks until they are claimed: the node may not be listening yet. */
async function ready(offerer: Offerer, node: string): Promise<void> {
  await offerer.beat((beat) => beat.node === node);
}

const trainTasks = ['train.0', 'train.1', 'train.2'];

describe('a shard-worker', () => {
  it('claims, trains and commits what it is offered, and tells what it holds', async () => {
    const offerer = await job();
    const { node, files } = await worker('w1');
    await ready(offerer, 'w1');
    offerer.offer('w1', trainTasks);
    const done = await offerer.whenDone(trainTasks);
    for (const task of trainTasks) {
      const record = done.get(task);
      expect(record).toMatchObject({ attempt: 1, node: 'w1', nonce: node.nonce, term: 1 });
      // Tiny results stand in the record itself.
      expect(sha256Hex(record?.inlineResult ?? new Uint8Array())).toBe(record?.result);
    }
    // Prepared once, for all three.
    expect(files.fetched).toHaveLength(3);
    const beat = await offerer.beat((one) => one.tasksDone === 3);
    expect(beat).toMatchObject({
      role: 'worker',
      slots: 2,
      learners: expect.arrayContaining(['toy-sum@1']),
      running: [],
      nonce: node.nonce,
      memoryBytes: 1e9,
    });
  });

  it('[P27] fetches no shard other than the one that its work names', async () => {
    const offerer = await job({ rows: 'shard' });
    const { files } = await worker('w2');
    await ready(offerer, 'w2');
    offerer.offer('w2', ['train.1']);
    await offerer.whenDone(['train.1']);
    expect(files.fetched).toEqual([data.manifest.shards[1]?.sha256]);
  });

  it('[P73] fetches a corrupt shard once more', async () => {
    const offerer = await job();
    const { files } = await worker('w3');
    const broken = data.manifest.shards[2]?.sha256 ?? '';
    files.corrupt.add(broken);
    await ready(offerer, 'w3');
    offerer.offer('w3', ['train.0']);
    await offerer.whenDone(['train.0']);
    expect(files.fetched.filter((digest) => digest === broken)).toHaveLength(2);
  });

  it('[P73] stops at a shard that stays corrupt, with an error that names it', async () => {
    const other = await dataSet(90, 20);
    const offerer = await job({}, 3, other);
    const { files } = await worker('w4');
    const broken = other.manifest.shards[1]?.sha256 ?? '';
    const again = files.drop.bind(files);
    files.corrupt.add(broken);
    files.drop = async (digest) => {
      files.corrupt.add(digest);
      await again(digest);
    };
    await ready(offerer, 'w4');
    offerer.offer('w4', ['train.0']);
    const record = await offerer.whenState('train.0', TaskState.PENDING);
    expect(record.errors).toHaveLength(1);
    expect(record.errors[0]).toMatchObject({ node: 'w4', attempt: 1, code: 'corrupt-shard' });
    expect(record.errors[0]?.message).toContain('shard 1');
    expect(record).toMatchObject({ attempt: 1, node: '', nonce: '' });
  });

  it('reports an error of the task, and claims the next attempt only when it is admitted', async () => {
    const params = { tasks: 3, spin: 0, fail: 'error', failTask: 1 };
    const offerer = await job({ params });
    await worker('w5');
    await ready(offerer, 'w5');
    offerer.offer('w5', ['train.1']);
    const failed = await offerer.whenState('train.1', TaskState.PENDING);
    expect(failed.errors[0]).toMatchObject({ attempt: 1, code: 'learner' });
    // Not admitted yet: neither a repeated offer nor one ahead of the record is taken.
    offerer.offer('w5', ['train.1']);
    offerer.offer('w5', ['train.1'], { attempt: 2 });
    offerer.offer('w5', ['train.0']);
    await offerer.whenDone(['train.0']);
    expect(offerer.tasks.get('train.1')?.errors).toHaveLength(1);
    await offerer.admit('train.1');
    offerer.offer('w5', ['train.1'], { attempt: 2 });
    const second = await offerer.when((tasks) => tasks.get('train.1')?.errors.length === 2);
    expect(second.get('train.1')?.errors[1]).toMatchObject({ attempt: 2, code: 'learner' });
  });

  it('has its late commit refused and counted once another attempt is admitted', async () => {
    const params = { tasks: 3, spin: 40_000_000, fail: 'never', failTask: 0 };
    const offerer = await job({ params });
    const { node } = await worker('w6');
    await ready(offerer, 'w6');
    offerer.offer('w6', ['train.0']);
    await offerer.whenState('train.0', TaskState.CLAIMED);
    await offerer.admit('train.0', { node: '', nonce: '' });
    const beat = await offerer.beat((one) => one.node === 'w6' && one.commitsRefused === 1);
    expect(beat.tasksDone).toBe(0);
    const record = offerer.tasks.get('train.0');
    expect(record).toMatchObject({ state: TaskState.PENDING, attempt: 2, result: '' });
    expect(node.nonce).toBe(beat.nonce);
  });

  it('runs a task that kills its process alone, and calls it poison', async () => {
    const params = { tasks: 3, spin: 0, fail: 'exit', failTask: 2 };
    const offerer = await job({ params });
    await worker('w7');
    await ready(offerer, 'w7');
    offerer.offer('w7', ['train.0']);
    await offerer.whenDone(['train.0']);
    // As after three losses: the record says that the next attempt runs alone.
    const claimed = offerer.tasks.get('train.0');
    expect(claimed?.isolated).toBe(false);
    await bus.store.create('tasks', `${offerer.job}.train.2`, recordOf(offerer.job, 'train.2', 4));
    offerer.offer('w7', ['train.2'], { attempt: 4, isolated: true });
    const record = await offerer.whenState('train.2', TaskState.FAILED);
    expect(record.errors.at(-1)).toMatchObject({ code: 'died-in-isolation', attempt: 4 });
    expect(record.errors.at(-1)?.message).toContain('SIGKILL');
    // The node goes on.
    offerer.offer('w7', ['train.1']);
    await offerer.whenDone(['train.1']);
  });

  it('gives the same bytes alone as on a thread', async () => {
    const offerer = await job();
    await worker('w8');
    await ready(offerer, 'w8');
    offerer.offer('w8', ['train.0']);
    const first = (await offerer.whenDone(['train.0'])).get('train.0')?.result;
    const again = await job();
    await bus.store.create('tasks', `${again.job}.train.0`, recordOf(again.job, 'train.0', 4));
    again.offer('w8', ['train.0'], { attempt: 4, isolated: true });
    const second = (await again.whenDone(['train.0'])).get('train.0');
    expect(second).toMatchObject({ isolated: true, attempt: 4, result: first });
  });

  it('forgets a cancelled job: writes nothing more, and takes other work', async () => {
    const params = { tasks: 3, spin: 1e12, fail: 'never', failTask: 0 };
    const offerer = await job({ params });
    await worker('w9');
    await ready(offerer, 'w9');
    offerer.offer('w9', trainTasks);
    await offerer.when((tasks) => tasks.size === 2);
    const before = [...offerer.tasks.values()].map((record) => record.state);
    expect(before).toEqual([TaskState.CLAIMED, TaskState.CLAIMED]);
    await offerer.control('w9', 'cancel');
    const other = await job();
    other.offer('w9', trainTasks);
    await other.whenDone(trainTasks);
    expect([...offerer.tasks.values()].map((record) => record.state)).toEqual(before);
  });

  it('[P46] finishes what it computes after the queue is closed, leaves, and is done', async () => {
    const params = { tasks: 3, spin: 10_000_000, fail: 'never', failTask: 0 };
    const offerer = await job({ params });
    const { node } = await worker('w10');
    await ready(offerer, 'w10');
    offerer.offer('w10', ['train.0', 'train.1']);
    await offerer.when((tasks) => tasks.size === 2);
    const leaving = offerer.beat((beat) => beat.node === 'w10' && beat.leaving);
    const answer = await offerer.control('w10', 'close');
    expect(answer.draining).toBe(true);
    offerer.offer('w10', ['train.2']);
    await node.drained;
    await offerer.whenDone(['train.0', 'train.1']);
    expect(await leaving).toMatchObject({ running: [], tasksDone: 2, draining: true });
    expect(offerer.tasks.has('train.2')).toBe(false);
  });

  it('answers a ping at once, with its heartbeat', async () => {
    const offerer = await job();
    const { node } = await worker('w11');
    await ready(offerer, 'w11');
    expect(await offerer.control('w11', 'ping')).toMatchObject({ node: 'w11', nonce: node.nonce });
  });
});

describe('worker and aggregator', () => {
  it('take a fit from rows to a model and its metrics', async () => {
    const offerer = await job();
    await worker('w12');
    await aggregator('a1');
    await Promise.all([ready(offerer, 'w12'), ready(offerer, 'a1')]);
    const result = async (tasks: readonly string[]) => {
      const done = await offerer.whenDone(tasks);
      const results = tasks.map((task) => parseDigest(done.get(task)?.result ?? ''));
      const inline = Object.fromEntries(
        tasks.flatMap((task) => {
          const record = done.get(task);
          return record?.inlineResult.length
            ? [[record.result, Buffer.from(record.inlineResult).toString('base64')]]
            : [];
        }),
      );
      return { results, input: await bus.blobs.put(jsonBytes({ format: 1, results, inline })) };
    };
    const train = Array.from({ length: 6 }, (_, i) => `train.${i}`);
    offerer.offer('w12', train);
    const trained = await result(train);
    offerer.offer('a1', ['merge.0', 'merge.1'], { input: trained.input });
    const merged = await result(['merge.0', 'merge.1']);
    const model = await bus.blobs.get(merged.results[1] as never);
    expect(describeModel(model)).toMatchObject({ learner: 'toy-sum', classes: ['no', 'yes'] });
    const score = ['score.0', 'score.1', 'score.2'];
    offerer.offer('w12', score, { input: merged.input });
    const scored = await result(score);
    offerer.offer('a1', ['measure.0'], { input: scored.input });
    const measured = await result(['measure.0']);
    const bytes = await bus.blobs.get(measured.results[0] as never);
    const { metrics, perFit } = JSON.parse(new TextDecoder().decode(bytes));
    expect(metrics.rows).toBeGreaterThan(5);
    expect(Object.keys(perFit)).toEqual(['holdout']);
  });

  it('leave offers for another role alone', async () => {
    const offerer = await job();
    await aggregator('a2');
    await ready(offerer, 'a2');
    offerer.offer('a2', ['train.0']);
    const beat = await offerer.control('a2', 'ping');
    expect(beat).toMatchObject({ role: 'aggregator', running: [], queued: 0 });
  });
});

function recordOf(job: string, task: string, attempt: number): Uint8Array {
  return records.task.encode(
    records.task.create({ job, task, attempt, state: TaskState.PENDING, losses: attempt - 1 }),
  );
}
