/**
 * A coordinator, a worker and an aggregator on the memory broker, under virtual time, with short
 * times of keeping: what is collected and removed can be watched.
 */
import { startAggregator } from '../../actors/aggregator/start.ts';
import type { RetentionOptions } from '../../actors/coordinator/retention.ts';
import { type RunningCoordinator, startCoordinator } from '../../actors/coordinator/start.ts';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import { computeFunctions } from '../../actors/task-runner/compute-functions.ts';
import { clientOver } from '../../client/client.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { InlineCompute } from '../../runtime/memory/inline-compute.ts';
import { type ChildClock, ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { Metrics } from '../../runtime/metrics.ts';
import type { BlobUsage } from '../../runtime/ports/blobs.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';

export class KeptCluster {
  readonly clock = new ManualClock({ startMs: 1_000 });
  readonly random = new SeededRandom(5);
  readonly broker = new MemoryBroker({ clock: this.clock, random: this.random });
  readonly bus = this.broker.connect({ name: 'person' });
  readonly client = clientOver(this.bus, this.clock, this.random);
  readonly metrics = new Metrics();
  readonly logs: string[] = [];
  readonly swept: string[] = [];
  readonly clocks: ChildClock[] = [];
  /** What coordinators are told of the room for blobs, instead of what is so. */
  usage: BlobUsage | null = null;
  data: DataSet | null = null;

  async open(retention: RetentionOptions = {}): Promise<this> {
    const data = await dataSet();
    this.data = data;
    await this.settled(
      this.client.publishDataset('demo', async (put) => {
        for (const shard of data.shards.values()) await put(shard);
        return data.manifest;
      }),
    );
    this.coordinator('c1', retention);
    await this.node('w1', 'worker');
    await this.node('a1', 'aggregator');
    return this;
  }

  coordinator(name: string, retention: RetentionOptions): RunningCoordinator {
    const clock = this.clock.child();
    const bus = this.broker.connect({ name, clock });
    const usage = bus.blobs.usage.bind(bus.blobs);
    bus.blobs.usage = async () => this.usage ?? usage();
    const running = startCoordinator({
      ...{ bus, clock, retention, random: this.random, learners: learnersWithToy },
      ...{ node: parseNodeId(name), host: 'test', pid: 1, version: '0', metrics: this.metrics },
      log: (level, message, fields) => {
        const error = fields?.error instanceof Error ? `: ${fields.error.message}` : '';
        if (level !== 'debug') this.logs.push(`${name} ${message}${error}`);
      },
    });
    this.clocks.push(clock);
    return running;
  }

  async node(name: string, role: 'worker' | 'aggregator'): Promise<void> {
    const clock = this.clock.child();
    const bus = this.broker.connect({ name, clock });
    const { shards } = this.data as DataSet;
    const read = (digest: string) => shards.get(digest) as Uint8Array;
    const functions = Object.fromEntries(
      Object.entries(computeFunctions(learnersWithToy, read)).map(([key, run]) => [
        key,
        (input: unknown) => run(input as never, () => {}),
      ]),
    );
    const compute = new InlineCompute({ slots: 1, clock, functions, durationMs: () => 30 });
    const files = {
      path: async (digest: string) => {
        await bus.blobs.get(digest as never);
        return digest;
      },
      drop: async () => {},
      sweep: async () => void this.swept.push(name),
    };
    const about = {
      ...{ bus, clock, compute, slots: 1, memoryBytes: 2 ** 30, random: this.random },
      ...{ node: parseNodeId(name), learners: learnersWithToy, log: () => {} },
    };
    await this.settled(
      role === 'worker' ? startShardWorker({ ...about, files }) : startAggregator(about),
    );
  }

  async submit(spec: Partial<JobSpecInput> & { id: string }): Promise<void> {
    const job = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', params: { tasks: 3 } };
    await this.settled(this.client.submit({ ...job, ...spec }));
  }

  /** Runs a job to its end. */
  async run(spec: Partial<JobSpecInput> & { id: string }): Promise<string> {
    await this.submit(spec);
    const view = await this.settled(this.client.job(spec.id).ended());
    return view.phase;
  }

  /** Lets time pass until the promise is settled. */
  async settled<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    work.then(finish, finish);
    await this.clock.advanceUntil(() => done, 120_000);
    if (!done) throw new Error('it takes too long');
    return work;
  }

  /** Lets so many milliseconds pass in steps, as awake processes see them. */
  async pass(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= limits.tickMs) {
      await this.clock.advance(Math.min(left, limits.tickMs));
    }
  }

  async count(bucket: 'jobs' | 'tasks' | 'blobs' | 'rounds'): Promise<number> {
    return (await this.settled(this.bus.store.list(bucket, ''))).length;
  }

  async events(job: string): Promise<number> {
    let count = 0;
    const read = async () => {
      const subject = this.bus.subjects.eventsOf(job as never);
      for await (const _ of this.bus.journal.read(subject, { follow: false })) count += 1;
    };
    await this.settled(read());
    return count;
  }
}
