/**
 * A coordinator, an aggregator and workers of chosen speeds, on the memory broker in virtual time:
 * for questions of scheduling, where only who does what, and when, is looked at.
 */
import { startAggregator } from '../../actors/aggregator/start.ts';
import type { Placement } from '../../actors/coordinator/placement.ts';
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import type { RunningNode } from '../../actors/task-runner/running-node.ts';
import { clientOver, type ShoalClient } from '../../client/client.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { noLog } from '../../runtime/log.ts';
import { InlineCompute, type InlineFunction } from '../../runtime/memory/inline-compute.ts';
import { ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import type { DataSet } from '../task-runner/data.ts';
import { inlineFunctions, storeDemo } from './demo-data.ts';
import '../../datasets/shard.ts';

export interface Worker {
  readonly slots?: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly memoryBytes?: number;
  /** What a call takes now, in milliseconds of the clock; by the slice, for contributions. */
  readonly ms?: number;
}

export interface Done {
  readonly job: string;
  readonly task: string;
  readonly node: string;
  readonly atMs: number;
}

export class PoolCluster {
  readonly clock = new ManualClock({ startMs: 1_000 });
  readonly broker: MemoryBroker;
  readonly client: ShoalClient;
  readonly nodes = new Map<string, RunningNode>();
  /** Commits, in their order. */
  readonly done: Done[] = [];
  /** Every claim and hold, in their order. */
  readonly claims: Done[] = [];
  /** Contributions: who, when, how many slices, and for how long. */
  readonly contributed: { node: string; atMs: number; slices: number; ms: number }[] = [];
  /** Shards that workers fetched, as `node digest`. */
  readonly fetched: string[] = [];
  /** What keeps a worker from fetching a shard; null for nothing. */
  onFetch: (node: string, digest: string) => Error | null = () => null;
  private readonly random = new SeededRandom(5);
  private readonly data: DataSet;
  private readonly functions: Readonly<Record<string, InlineFunction>>;

  constructor(data: DataSet) {
    this.data = data;
    this.broker = new MemoryBroker({ clock: this.clock, random: this.random });
    this.client = clientOver(this.broker.connect({ name: 'client' }), this.clock, this.random);
    this.functions = inlineFunctions(data);
  }

  async open(workers: Readonly<Record<string, Worker>>, placement?: Placement): Promise<void> {
    const bus = this.broker.connect({ name: 'observer' });
    const { store } = bus;
    await this.settled(storeDemo(this.broker.connect({ name: 'importer' }), this.data));
    await this.settled(
      store.watch('tasks', '', ({ key, value }) => {
        if (value !== null) this.note(key, records.task.decode(Uint8Array.from(value)));
      }),
    );
    const about = { clock: this.clock, random: this.random, learners: learnersWithToy, log: noLog };
    startCoordinator({
      ...{ ...about, bus: this.broker.connect({ name: 'c1' }), node: parseNodeId('c1') },
      ...{ host: 'sim', pid: 1, version: '0' },
      ...(placement === undefined ? {} : { placement }),
    });
    await this.start('a1', {});
    for (const [name, worker] of Object.entries(workers)) await this.start(name, worker);
    await this.clock.advance(3_000);
  }

  async start(name: string, worker: Worker): Promise<void> {
    const { slots = 1, labels = {}, memoryBytes = 2 ** 30 } = worker;
    const clock = this.clock.child();
    const bus = this.broker.connect({ name, clock });
    const compute = new InlineCompute({
      slots,
      clock,
      functions: this.functions,
      durationMs: (what, input) => this.duration(name, worker.ms ?? 20, what, input),
    });
    const node = parseNodeId(name);
    const about = { bus, clock, random: this.random, node, learners: learnersWithToy, log: noLog };
    const options = { ...about, compute, slots, memoryBytes, labels };
    const cached = new Set<string>();
    const path = async (digest: string) => {
      if (cached.has(digest)) return digest;
      const trouble = this.onFetch(name, digest);
      if (trouble !== null) throw trouble;
      await bus.blobs.get(digest as never);
      cached.add(digest);
      this.fetched.push(`${name} ${digest}`);
      return digest;
    };
    const files = { path, drop: async () => {} };
    const started = name.startsWith('a')
      ? startAggregator(options)
      : startShardWorker({ ...options, files });
    this.nodes.set(name, await this.settled(started));
  }

  /** Lets time pass until the promise is settled. */
  async settled<T>(work: Promise<T>, withinMs = 600_000): Promise<T> {
    let over = false;
    const finish = () => {
      over = true;
    };
    work.then(finish, finish);
    await this.clock.advanceUntil(() => over, withinMs);
    if (!over) throw new Error('nothing came of it in time');
    return work;
  }

  async until(condition: () => boolean, withinMs = 600_000): Promise<void> {
    if (!(await this.clock.advanceUntil(condition, withinMs))) throw new Error('did not happen');
  }

  private duration(node: string, ms: number, what: string, input: unknown): number {
    if (what !== 'contribute') return what === 'train' ? ms : 1;
    const { slices } = input as { slices: readonly unknown[] };
    const took = ms * slices.length;
    this.contributed.push({ node, atMs: this.clock.nowMs(), slices: slices.length, ms: took });
    return took;
  }

  private note(key: string, record: TaskRecord): void {
    const [job = '', ...task] = key.split('.');
    const entry = { job, task: task.join('.'), node: record.node, atMs: this.clock.nowMs() };
    if (record.state === TaskState.DONE) this.done.push(entry);
    if (record.state === TaskState.CLAIMED) this.claims.push(entry);
  }
}
