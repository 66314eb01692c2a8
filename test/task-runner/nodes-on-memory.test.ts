/**
 * Shard-workers on the memory broker with a clock that stands still: pauses, cut links, lost
 * messages and answers, in exactly the order that the test says.
 */
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import { computeFunctions } from '../../actors/task-runner/compute-functions.ts';
import type { RunningNode } from '../../actors/task-runner/running-node.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { type Log, noLog } from '../../runtime/log.ts';
import { InlineCompute, type InlineFunction } from '../../runtime/memory/inline-compute.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { traceTo } from '../../runtime/otel/sdk.ts';
import { noTracer, type Tracer } from '../../runtime/trace.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { TaskState } from '../../schemas/wire.ts';
import { dataSet, toyPlan } from './data.ts';
import { Offerer } from './offerer.ts';

const data = await dataSet();
const computeMs = 1_000;

/** The compute functions of this thread, each call taking a second of the clock. */
function inline(): Record<string, InlineFunction> {
  const table = computeFunctions(learnersWithToy, (path) => data.shards.get(path) as Uint8Array);
  const wrapped = Object.entries(table).map(([name, run]) => {
    const inlined: InlineFunction = (input, context) => {
      let count = 0;
      return run(input as never, () => context.progress(++count));
    };
    return [name, inlined] as const;
  });
  return Object.fromEntries(wrapped);
}

class Cluster {
  readonly clock = new ManualClock();
  readonly random: SeededRandom;
  readonly broker: MemoryBroker;
  readonly offerer: Offerer;
  readonly nodes: RunningNode[] = [];
  readonly metrics = new Map<string, Metrics>();
  tracer: Tracer = noTracer;
  log: Log = noLog;

  constructor(seed = 1) {
    this.random = new SeededRandom(seed);
    this.broker = new MemoryBroker({ clock: this.clock, random: this.random });
    this.offerer = new Offerer(this.broker.connect({ name: 'offerer' }), 'j');
  }

  async open(tasks = 3): Promise<void> {
    const opened = this.offerer.open(data, toyPlan(data, {}, tasks));
    await this.clock.advance(100);
    await opened;
  }

  async worker(name: string, slots = 1): Promise<RunningNode> {
    const clock = this.clock.child();
    const metrics = new Metrics();
    this.metrics.set(name, metrics);
    const node = await startShardWorker({
      bus: this.broker.connect({ name, clock }),
      clock,
      random: this.random,
      compute: new InlineCompute({
        slots,
        clock,
        functions: inline(),
        durationMs: () => computeMs,
      }),
      node: parseNodeId(name),
      slots,
      memoryBytes: 1e9,
      learners: learnersWithToy,
      log: this.log,
      tracer: this.tracer,
      metrics,
      files: { path: async (digest) => digest, drop: async () => {} },
    });
    this.nodes.push(node);
    await this.clock.advance(10);
    return node;
  }

  state(task: string): number | undefined {
    return this.offerer.tasks.get(task)?.state;
  }

  async until(condition: () => boolean, withinMs = 10_000): Promise<void> {
    expect(await this.clock.advanceUntil(condition, withinMs)).toBe(true);
  }

  lastBeat(node: string) {
    return this.offerer.heartbeats.filter((beat) => beat.node === node).at(-1);
  }
}

describe('a shard-worker', () => {
  it('beats twice a second, computing or not', async () => {
    const cluster = new Cluster();
    await cluster.open();
    await cluster.worker('w1');
    cluster.offerer.offer('w1', ['train.0', 'train.1', 'train.2']);
    await cluster.clock.advance(10_000);
    const beats = cluster.offerer.heartbeats;
    expect(beats.length).toBeGreaterThanOrEqual(20);
    expect(beats.length).toBeLessThanOrEqual(22);
    expect(beats.map((beat) => beat.seq)).toEqual(beats.map((_, i) => i + 1));
    expect(cluster.state('train.2')).toBe(TaskState.DONE);
  });

  it('that slept through its own death has its commit refused; the other attempt stands', async () => {
    const cluster = new Cluster();
    await cluster.open();
    await cluster.worker('w1');
    await cluster.worker('w2');
    cluster.offerer.offer('w1', ['train.0']);
    await cluster.until(() => cluster.state('train.0') === TaskState.CLAIMED);
    cluster.broker.freeze('w1');
    await cluster.clock.advance(2_500);
    const admitted = cluster.offerer.admit('train.0', { node: '', nonce: '', losses: 1 });
    await cluster.clock.advance(10);
    await admitted;
    cluster.offerer.offer('w2', ['train.0'], { attempt: 2 });
    await cluster.until(() => cluster.state('train.0') === TaskState.DONE);
    const done = cluster.offerer.tasks.get('train.0');
    await cluster.clock.advance(10_000);
    cluster.broker.thaw('w1');
    await cluster.until(() => cluster.lastBeat('w1')?.commitsRefused === 1);
    await cluster.clock.advance(5_000);
    expect(cluster.offerer.tasks.get('train.0')).toEqual(done);
    expect(done).toMatchObject({ node: 'w2', attempt: 2, losses: 1 });
    expect(cluster.lastBeat('w1')).toMatchObject({ tasksDone: 0, running: [] });
    expect(cluster.metrics.get('w1')?.read('shoal_commits_refused_total')).toBe(1);
    expect(cluster.metrics.get('w1')?.read('shoal_nondeterminism_total')).toBe(0);
  });

  it('computes on while its link is cut, claims nothing, and commits when it is back', async () => {
    const cluster = new Cluster();
    await cluster.open();
    await cluster.worker('w1', 2);
    cluster.offerer.offer('w1', ['train.0']);
    await cluster.until(() => cluster.state('train.0') === TaskState.CLAIMED);
    cluster.broker.disconnect('w1');
    cluster.offerer.offer('w1', ['train.1']);
    await cluster.clock.advance(20_000);
    expect(cluster.state('train.0')).toBe(TaskState.CLAIMED);
    cluster.broker.reconnect('w1');
    await cluster.until(() => cluster.state('train.0') === TaskState.DONE, 3_000);
    expect(cluster.offerer.tasks.get('train.0')).toMatchObject({ attempt: 1, node: 'w1' });
    expect(cluster.offerer.tasks.has('train.1')).toBe(false);
  });

  it('finds out from the record what became of a claim and a commit without an answer', async () => {
    const cluster = new Cluster();
    await cluster.open();
    await cluster.worker('w1');
    let lost = 0;
    cluster.broker.faults = ({ kind, to }) => {
      if (kind !== 'answer' || to !== 'w1' || lost >= 2) return 'deliver';
      lost += 1;
      return 'drop';
    };
    cluster.offerer.offer('w1', ['train.0']);
    await cluster.until(() => cluster.state('train.0') === TaskState.DONE, 30_000);
    expect(lost).toBe(2);
    expect(cluster.offerer.tasks.get('train.0')).toMatchObject({ attempt: 1, errors: [] });
    await cluster.until(() => cluster.lastBeat('w1')?.tasksDone === 1);
  });

  it('raises an alarm when the other attempt gave another result', async () => {
    const cluster = new Cluster();
    const alarms: unknown[] = [];
    cluster.log = (level, message, fields) => {
      if (level === 'error') alarms.push([message, fields?.task]);
    };
    await cluster.open();
    await cluster.worker('w1');
    cluster.offerer.offer('w1', ['train.0']);
    await cluster.until(() => cluster.state('train.0') === TaskState.CLAIMED);
    const other = { state: TaskState.DONE, node: 'w9', nonce: 'n', result: 'f'.repeat(64) };
    const admitted = cluster.offerer.admit('train.0', other);
    await cluster.clock.advance(10);
    await admitted;
    await cluster.until(() => cluster.lastBeat('w1')?.commitsRefused === 1);
    expect(cluster.metrics.get('w1')?.read('shoal_nondeterminism_total')).toBe(1);
    expect(alarms).toEqual([[expect.stringContaining('nondeterminism'), 'train.0']]);
    expect(cluster.offerer.tasks.get('train.0')).toMatchObject(other);
  });

  it('draws each attempt under its offer, and links it to the one that it replaces', async () => {
    const cluster = new Cluster();
    const exporter = new InMemorySpanExporter();
    cluster.tracer = traceTo(exporter).tracer;
    await cluster.open();
    await cluster.worker('w1');
    await cluster.worker('w2');
    const traceparent = `00-${'a1'.repeat(16)}-${'b2'.repeat(8)}-01`;
    cluster.offerer.offer('w1', ['train.0'], { traceparent });
    await cluster.until(() => cluster.state('train.0') === TaskState.CLAIMED);
    const first = cluster.offerer.tasks.get('train.0')?.traceparent ?? '';
    cluster.broker.kill('w1');
    const admitted = cluster.offerer.admit('train.0', { node: '', nonce: '', losses: 1 });
    await cluster.clock.advance(10);
    await admitted;
    cluster.offerer.offer('w2', ['train.0'], { attempt: 2, traceparent });
    await cluster.until(() => cluster.state('train.0') === TaskState.DONE);
    await cluster.until(() => cluster.lastBeat('w2')?.tasksDone === 1);
    const spans = exporter.getFinishedSpans();
    // The killed attempt shows by its claim alone.
    const claims = spans.filter((span) => span.name === 'task.claim');
    expect(claims.map((span) => span.attributes['shoal.node'])).toEqual(['w1', 'w2']);
    const attempts = spans.filter((span) => span.name === 'task.attempt');
    expect(attempts).toHaveLength(1);
    const [attempt] = attempts;
    expect(attempt?.attributes).toMatchObject({
      'shoal.job': 'j',
      'shoal.task': 'train.0',
      'shoal.attempt': 2,
      'shoal.node': 'w2',
      'shoal.outcome': 'committed',
    });
    expect(attempt?.parentSpanContext?.spanId).toBe('b2'.repeat(8));
    expect(attempt?.links.map((link) => link.context.spanId)).toEqual([first.split('-')[2]]);
    const second = cluster.offerer.tasks.get('train.0')?.traceparent;
    expect(second?.split('-')[2]).toBe(attempt?.spanContext().spanId);
    const parts = spans.filter(
      (span) => span.parentSpanContext?.spanId === attempt?.spanContext().spanId,
    );
    const names = ['task.claim', 'blob.get', 'shard.get', 'prepare', 'compute', 'task.commit'];
    expect(parts.map((span) => span.name)).toEqual(names);
  });

  it('refuses offers of a lower term', async () => {
    const cluster = new Cluster();
    await cluster.open();
    await cluster.worker('w1');
    cluster.offerer.offer('w1', ['train.0'], { term: 5 });
    cluster.offerer.offer('w1', ['train.1'], { term: 4 });
    await cluster.clock.advance(5_000);
    expect(cluster.state('train.0')).toBe(TaskState.DONE);
    expect(cluster.offerer.tasks.get('train.0')?.term).toBe(5);
    expect(cluster.state('train.1')).toBeUndefined();
    const stale = cluster.metrics.get('w1')?.read('shoal_messages_refused_total', {
      reason: 'stale-term',
    });
    expect(stale).toBe(1);
  });

  it('keeps fields of a record that it does not know', async () => {
    const cluster = new Cluster();
    await cluster.open();
    await cluster.worker('w1');
    // Field 200, a string "new": tag (200 << 3) | 2 as a varint, length, text.
    const unknown = Uint8Array.of(0xc2, 0x0c, 3, 0x6e, 0x65, 0x77);
    // Attempt 2, pending: field 5, varint 2.
    const stored = Uint8Array.of(5 << 3, 2, ...unknown);
    const { store } = cluster.offerer.bus;
    const created = store.create('tasks', 'j.train.0', stored);
    await cluster.clock.advance(10);
    await created;
    cluster.offerer.offer('w1', ['train.0'], { attempt: 2 });
    await cluster.until(() => cluster.state('train.0') === TaskState.DONE);
    const read = store.get('tasks', 'j.train.0');
    await cluster.clock.advance(10);
    const text = Buffer.from((await read)?.value ?? []).toString('latin1');
    expect(text).toContain(Buffer.from(unknown).toString('latin1'));
  });
});

describe('two shard-workers', () => {
  it('finish every task once, with the same results, whatever messages are lost', async () => {
    const tasks = Array.from({ length: 5 }, (_, i) => `train.${i}`);
    const results = async (seed: number, loss: number) => {
      const cluster = new Cluster(seed);
      await cluster.open(5);
      await cluster.worker('w1');
      await cluster.worker('w2', 2);
      const luck = new SeededRandom(seed);
      cluster.broker.faults = ({ from, to, kind }) => {
        if (from === 'offerer' && kind !== 'message') return 'deliver';
        if (to === 'offerer') return 'deliver';
        if (luck.next() < loss) return 'drop';
        return { delayMs: luck.next() * 50, copies: luck.next() < 0.1 ? 2 : 1 };
      };
      const done = () => tasks.every((task) => cluster.state(task) === TaskState.DONE);
      for (let round = 0; round < 200 && !done(); round++) {
        const missing = tasks.filter((task) => cluster.state(task) !== TaskState.DONE);
        cluster.offerer.offer('w1', missing);
        cluster.offerer.offer('w2', missing);
        await cluster.clock.advance(limits.offerRepeatMs);
      }
      return tasks.map((task) => {
        const record = cluster.offerer.tasks.get(task);
        return `${task} ${record?.state} attempt ${record?.attempt} ${record?.result}`;
      });
    };
    const expected = await results(1, 0);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        expect(await results(seed, 0.15)).toEqual(expected);
      }),
      { numRuns: 15 },
    );
  });
});
