/**
 * The heartbeat while every slot computes on real threads, and while shards are fetched and read.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import type { RunningNode } from '../../actors/task-runner/running-node.ts';
import { importCsv } from '../../datasets/csv-import.ts';
import { encodeManifest } from '../../datasets/manifest.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { Bus } from '../../runtime/bus.ts';
import { noLog } from '../../runtime/log.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { computePool } from '../../runtime/node/compute-pool.ts';
import { nodeRandom } from '../../runtime/node/random.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { TaskState } from '../../schemas/wire.ts';
import { type DataSet, dataSet, toyPlan } from '../task-runner/data.ts';
import { Offerer, TestShardFiles } from '../task-runner/offerer.ts';

const slots = 2;
const clock = nodeClock();
let bus: Bus;
let compute: Compute;
let files: TestShardFiles;
let node: RunningNode;
let folder: string;
let jobs = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-beat-'));
  bus = new MemoryBroker({ clock, random: nodeRandom() }).connect({ name: 'all' });
  compute = computePool({ slots, entry: new URL('../../cli/compute-thread.ts', import.meta.url) });
  files = new TestShardFiles(bus);
  node = await startShardWorker({
    bus,
    clock,
    random: nodeRandom(),
    compute,
    node: parseNodeId('w1'),
    slots,
    memoryBytes: 4e9,
    learners: learnersWithToy,
    log: noLog,
    files,
  });
});

afterAll(async () => {
  await node.stop();
  await compute.stop();
  await files.remove();
  await bus.close();
  await rm(folder, { recursive: true, force: true });
});

/** Times at which heartbeats of the node arrived, from now on. */
function listen(): { readonly timesMs: number[]; stop(): void } {
  const timesMs: number[] = [];
  const subject = bus.subjects.heartbeat(node.node);
  const subscription = bus.transport.subscribe(subject, () => timesMs.push(performance.now()));
  return { timesMs, stop: () => subscription.unsubscribe() };
}

/** The longest time between two of them; with so few, the p99 is the longest. */
function longestGapMs(timesMs: readonly number[]): number {
  return Math.max(...timesMs.slice(1).map((at, i) => at - (timesMs[i] as number)));
}

async function job(data: DataSet, plan = toyPlan(data)): Promise<Offerer> {
  const offerer = new Offerer(bus, `j-${++jobs}`);
  await offerer.open(data, plan);
  return offerer;
}

describe('a worker', () => {
  it('[P10] [P04] [P41] keeps its period, and answers, while every slot computes', async () => {
    const data = await dataSet();
    const params = { tasks: 8, spin: 1e12, fail: 'never', failTask: 0 };
    const offerer = await job(data, toyPlan(data, { params }, 8));
    offerer.offer(
      'w1',
      Array.from({ length: 8 }, (_, i) => `train.${i}`),
    );
    const busy = await offerer.beat((beat) => beat.running.length === slots);
    // All slots, never more, and each moves on.
    expect(busy.queued).toBe(6);
    const heard = listen();
    const answers: number[] = [];
    for (let i = 0; i < 12; i++) {
      const beat = await offerer.beat(() => true);
      expect(beat.running).toHaveLength(slots);
      const askedMs = performance.now();
      await offerer.control('w1', 'ping');
      answers.push(performance.now() - askedMs);
    }
    heard.stop();
    const last = await offerer.beat(() => true);
    for (const task of last.running) {
      const before = busy.running.find((one) => one.task === task.task);
      expect(task.progress).toBeGreaterThan(before?.progress ?? Number.POSITIVE_INFINITY);
    }
    expect(longestGapMs(heard.timesMs)).toBeLessThan(2 * limits.heartbeatMs);
    expect(answers.toSorted((a, b) => a - b)[6]).toBeLessThan(50);
    await offerer.control('w1', 'cancel');
    await offerer.beat((beat) => beat.running.length === 0);
  });

  it('[P10] keeps its period while shards are fetched, read and prepared', async () => {
    const shards = new Map<string, Uint8Array>();
    const manifest = await importCsv({
      name: 'large',
      file: 'large.csv',
      open: () => syntheticCsv({ rows: 60_000, kind: 'dense', seed: 3 }),
      rowsPerShard: 10_000,
      onShard: (bytes, entry) => {
        shards.set(entry.sha256, Uint8Array.from(bytes));
      },
    });
    const data = { manifest, manifestBytes: encodeManifest(manifest), shards };
    const features = manifest.columns
      .map((column) => column.name)
      .filter((name) => name !== syntheticTarget.dense);
    const tasks = manifest.shards.map((shard) => `train.${shard.index}`);
    const plan = toyPlan(
      data,
      { target: syntheticTarget.dense, features, rows: 'shard' },
      tasks.length,
    );
    const heard = listen();
    // The same rows again and again under other seeds, so that loading goes on for some beats.
    for (let seed = 1; heard.timesMs.length < 8; seed++) {
      const offerer = await job(data, { ...plan, seed });
      offerer.offer('w1', tasks);
      await offerer.when((found) =>
        tasks.every((task) => found.get(task)?.state === TaskState.DONE),
      );
      await offerer.close();
      await offerer.control('w1', 'cancel');
    }
    heard.stop();
    expect(longestGapMs(heard.timesMs)).toBeLessThan(2 * limits.heartbeatMs);
  });
});
