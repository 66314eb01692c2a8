/**
 * Workers and aggregators on the memory broker, under a clock that stands still, with the test as
 * their coordinator: it offers holds and leads, and admits the next attempt when it says so.
 */
import { expect } from 'vitest';
import { startAggregator } from '../../actors/aggregator/start.ts';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import { computeFunctions } from '../../actors/task-runner/compute-functions.ts';
import type { RunningNode } from '../../actors/task-runner/running-node.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { type Log, noLog } from '../../runtime/log.ts';
import { InlineCompute, type InlineFunction } from '../../runtime/memory/inline-compute.ts';
import { type ChildClock, ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { Metrics } from '../../runtime/metrics.ts';
import { type Digest, parseNodeId } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { TaskState } from '../../schemas/wire.ts';
import type { DataSet } from '../task-runner/data.ts';
import { Offerer } from '../task-runner/offerer.ts';

// Loaded now: loading takes real time, which the clock knows nothing of.
await import('../../datasets/shard.ts');

export interface ClusterOptions {
  readonly seed?: number;
  /** How long a call computes, milliseconds of the clock. */
  readonly durationMs?: (name: string, node: string) => number;
}

export class RoundsCluster {
  readonly clock = new ManualClock();
  readonly random: SeededRandom;
  readonly broker: MemoryBroker;
  readonly offerer: Offerer;
  readonly nodes = new Map<string, RunningNode>();
  readonly clocks = new Map<string, ChildClock>();
  readonly metrics = new Map<string, Metrics>();
  /** Shard files read, by node. */
  readonly fetched: string[] = [];
  /** Calls of compute functions, as `node name`. */
  readonly calls: string[] = [];
  /** Sees the input of every call. */
  onCall: (node: string, name: string, input: unknown) => void = () => {};
  readonly attempts = new Map<string, number>();
  log: Log = noLog;
  readonly #data: DataSet;
  readonly #options: ClusterOptions;

  constructor(data: DataSet, options: ClusterOptions = {}) {
    this.#data = data;
    this.#options = options;
    this.random = new SeededRandom(options.seed ?? 1);
    this.broker = new MemoryBroker({ clock: this.clock, random: this.random });
    this.offerer = new Offerer(this.broker.connect({ name: 'offerer' }), 'j');
  }

  async open(plan: JobPlan): Promise<void> {
    const opened = this.offerer.open(this.#data, plan);
    await this.clock.advance(100);
    await opened;
  }

  async worker(name: string, slots = 1): Promise<RunningNode> {
    const path = async (digest: Digest) => {
      this.fetched.push(`${name} ${digest.slice(0, 8)}`);
      return digest as string;
    };
    const options = this.#nodeOptions(name, slots);
    const node = await startShardWorker({ ...options, files: { path, drop: async () => {} } });
    return this.#started(name, node);
  }

  async aggregator(name: string, slots = 2): Promise<RunningNode> {
    return this.#started(name, await startAggregator(this.#nodeOptions(name, slots)));
  }

  /** The process is gone: nothing more is heard of it. */
  kill(name: string): void {
    this.broker.kill(name);
    this.clocks.get(name)?.halt();
    this.nodes.delete(name);
  }

  freeze(name: string): void {
    this.broker.freeze(name);
    this.clocks.get(name)?.freeze();
  }

  thaw(name: string): void {
    this.clocks.get(name)?.thaw();
    this.broker.thaw(name);
  }

  offer(node: string, tasks: readonly string[]): void {
    for (const task of tasks) {
      this.offerer.offer(node, [task], { attempt: this.attempts.get(task) ?? 1 });
    }
  }

  /** Admits the next attempt of each and offers it to the node. */
  async move(tasks: readonly string[], node: string): Promise<void> {
    for (const task of tasks) {
      const admitted = this.offerer.admit(task, { node: '', nonce: '' });
      await this.clock.advance(5);
      await admitted;
      this.attempts.set(task, (this.attempts.get(task) ?? 1) + 1);
    }
    this.offer(node, tasks);
    await this.clock.advance(5);
  }

  /** Tasks that a node has claimed by its record. */
  claimedBy(node: string): string[] {
    return [...this.offerer.tasks]
      .filter(([, record]) => record.node === node && record.state === TaskState.CLAIMED)
      .map(([task]) => task);
  }

  state(task: string): number | undefined {
    return this.offerer.tasks.get(task)?.state;
  }

  async until(condition: () => boolean, withinMs = 30_000): Promise<void> {
    expect(await this.clock.advanceUntil(condition, withinMs)).toBe(true);
  }

  /** Results of the leads, once all are committed. */
  async results(fits = 2, withinMs = 60_000): Promise<(string | undefined)[]> {
    const leads = Array.from({ length: fits }, (_, fit) => `rounds.${fit}`);
    const done = () => leads.every((lead) => this.state(lead) === TaskState.DONE);
    const reached = await this.clock.advanceUntil(done, withinMs);
    if (!reached) {
      const found = leads.map((lead) => JSON.stringify(this.offerer.tasks.get(lead)));
      throw new Error(`no end of rounds: ${found.join(' ')}`);
    }
    return leads.map((lead) => this.offerer.tasks.get(lead)?.result);
  }

  async control(node: string, verb: string): Promise<void> {
    const answered = this.offerer.control(node, verb);
    await this.clock.advance(5);
    await answered;
  }

  lastBeat(node: string) {
    return this.offerer.heartbeats.filter((beat) => beat.node === node).at(-1);
  }

  async stop(): Promise<void> {
    const stopping = Promise.all([...this.nodes.values()].map((node) => node.stop()));
    // What is under way waits for answers, which take time.
    await this.clock.advance(5_000);
    await stopping;
  }

  #nodeOptions(name: string, slots: number) {
    const clock = this.clock.child();
    const metrics = new Metrics();
    this.clocks.set(name, clock);
    this.metrics.set(name, metrics);
    return {
      bus: this.broker.connect({ name, clock }),
      clock,
      random: this.random,
      compute: new InlineCompute({
        slots,
        clock,
        functions: this.#functions(name),
        durationMs: (call) => this.#options.durationMs?.(call, name) ?? 0,
      }),
      node: parseNodeId(name),
      slots,
      memoryBytes: 1e9,
      learners: learnersWithToy,
      log: this.log,
      metrics,
    };
  }

  async #started(name: string, node: RunningNode): Promise<RunningNode> {
    this.nodes.set(name, node);
    await this.clock.advance(10);
    return node;
  }

  #functions(node: string): Record<string, InlineFunction> {
    const read = (path: string) => this.#data.shards.get(path) as Uint8Array;
    const table = computeFunctions(learnersWithToy, read);
    const wrapped = Object.entries(table).map(([name, run]) => {
      const inlined: InlineFunction = (input, context) => {
        this.calls.push(`${node} ${name}`);
        this.onCall(node, name, input);
        let count = 0;
        return run(input as never, () => context.progress(++count));
      };
      return [name, inlined] as const;
    });
    return Object.fromEntries(wrapped);
  }
}
