/**
 * A whole cluster in one process: the real actors on the memory broker, virtual time, one seed.
 *
 * Processes can be killed and started again, frozen and thawed, cut off and reconnected, slowed
 * down, given a wrong clock. An observer, whom no fault touches, submits jobs; a watchdog sees
 * everything that is written or said and holds it to the laws. What should come out in the end
 * `checks.ts` knows.
 */
import { startAggregator } from '../../actors/aggregator/start.ts';
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { startShardWorker } from '../../actors/shard-worker/start.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import type { Bus } from '../../runtime/bus.ts';
import type { Log } from '../../runtime/log.ts';
import { InlineCompute, type InlineFunction } from '../../runtime/memory/inline-compute.ts';
import { type ChildClock, ManualClock } from '../../runtime/memory/manual-clock.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { finalPhases, type Phase } from '../../schemas/views.ts';
import { type JobRecord, records } from '../../schemas/wire.ts';
import type { DataSet } from '../task-runner/data.ts';
import { inlineFunctions, storeDemo } from './demo-data.ts';
import '../../datasets/shard.ts';
import { phaseIn } from './job-laws.ts';
import { Watchdog } from './watchdog.ts';

export type ProcessKind = 'coordinator' | 'worker' | 'aggregator';
export const processNames = ['c1', 'c2', 'w1', 'w2', 'w3', 'a1'] as const;
export const observerName = 'observer';
/** Compute functions that take some tenths of a second; the others take a moment. */
const slow = new Set(['train', 'predict']);

export function kindOf(name: string): ProcessKind {
  if (name.startsWith('c')) return 'coordinator';
  return name.startsWith('w') ? 'worker' : 'aggregator';
}

export class SimCluster {
  readonly clock = new ManualClock({ startMs: 1_000 });
  readonly random: SeededRandom;
  readonly broker: MemoryBroker;
  readonly bus: Bus;
  readonly watchdog: Watchdog;
  /** How many times longer computing takes on a node. */
  readonly slowness = new Map<string, number>();
  /** What happened, for whoever looks into a failed seed. */
  readonly story: string[] = [];
  /** How to ask a process to end in good order, by its name. */
  private readonly goodbyes = new Map<string, () => void>();
  /** The clocks of the processes that were started last, and of the broker. */
  private readonly clocks = new Map<string, ChildClock>();
  readonly data: DataSet;
  private readonly functions: Readonly<Record<string, InlineFunction>>;

  /** @param states of the rounds of a calm run, for the watchdog */
  constructor(seed: number, data: DataSet, states: ReadonlyMap<string, string> = new Map()) {
    this.random = new SeededRandom(seed);
    this.watchdog = new Watchdog(() => this.clock.nowMs(), states);
    const clock = this.clock.child();
    this.clocks.set('broker', clock);
    this.broker = new MemoryBroker({ clock, random: this.random });
    this.bus = this.broker.connect({ name: observerName });
    this.data = data;
    this.functions = inlineFunctions(data);
    this.broker.spy(this.watchdog);
  }

  /** Every change of a record of a job so far. */
  get jobs() {
    return this.watchdog.jobs;
  }

  /** Every change of a record of a task so far. */
  get tasks() {
    return this.watchdog.tasks;
  }

  /** Stores the data set, starts every process. */
  async open(): Promise<void> {
    await this.settled(storeDemo(this.bus, this.data));
    for (const name of processNames) this.start(name);
  }

  /** Starts a process, or a new one under the name of one that was killed. */
  start(name: string): void {
    this.tell(`start ${name}`);
    const clock = this.clock.child();
    this.clocks.set(name, clock);
    const bus = this.broker.connect({ name, clock });
    const log: Log = (level, message, fields) => {
      if (level === 'debug') return;
      const error = fields?.error instanceof Error ? ` ${fields.error.message}` : '';
      this.tell(`${name} ${level}: ${message}${error}`);
    };
    const node = parseNodeId(name);
    const about = { bus, clock, random: this.random, node, learners: learnersWithToy, log };
    const kind = kindOf(name);
    if (kind === 'coordinator') {
      const running = startCoordinator({ ...about, host: 'sim', pid: 1, version: '0' });
      this.goodbyes.set(name, () => void running.stop());
      return;
    }
    const slots = name === 'w1' ? 2 : 1;
    const compute = new InlineCompute({
      slots,
      clock,
      functions: this.functions,
      durationMs: (what) => {
        const ms = slow.has(what) ? 20 + Math.floor(this.random.next() * 600) : 20;
        return ms * (this.slowness.get(name) ?? 1);
      },
    });
    const options = { ...about, compute, slots, memoryBytes: 2 ** 30 };
    const files = { path: this.fetchShard(bus), drop: async () => {} };
    const started =
      kind === 'worker' ? startShardWorker({ ...options, files }) : startAggregator(options);
    started.then(
      (running) => this.goodbyes.set(name, () => running.drain()),
      (error: unknown) => this.tell(`${name} did not start: ${error}`),
    );
  }

  /** Like SIGTERM: a worker drains, a coordinator hands over. The process stays until it is killed. */
  sayGoodbye(name: string): void {
    this.goodbyes.get(name)?.();
  }

  /** Puts the wall clock of a process or of the broker wrong, and has it run too fast or too slow. */
  setWall(name: string, wrongByMs: number, driftPerMs: number): void {
    this.clocks.get(name)?.setWall(wrongByMs, driftPerMs);
  }

  async submit(spec: JobSpecInput): Promise<void> {
    this.tell(`submit ${spec.id}`);
    const bytes = new TextEncoder().encode(JSON.stringify(spec));
    await this.settled(this.bus.journal.append(this.bus.subjects.submit, bytes));
  }

  /** The record of a job. */
  job(id: string): JobRecord | undefined {
    return this.watchdog.job(id);
  }

  phase(id: string): Phase | undefined {
    const record = this.job(id);
    return record === undefined ? undefined : phaseIn(record);
  }

  ended(id: string): boolean {
    const phase = this.phase(id);
    return phase !== undefined && finalPhases.has(phase);
  }

  /** Lets time pass until the promise is settled. */
  async settled<T>(work: Promise<T>): Promise<T> {
    let done = false;
    const finish = () => {
      done = true;
    };
    work.then(finish, finish);
    await this.clock.advanceUntil(() => done, 60_000);
    if (!done) throw new Error('the broker did not answer the observer');
    return work;
  }

  tell(what: string): void {
    this.story.push(`${this.clock.nowMs().toFixed(0)} ${what}`);
  }

  /** Shards come over the broker, as in life; the path of a file is its digest. */
  private fetchShard(bus: Bus) {
    const held = new Set<string>();
    return async (digest: string): Promise<string> => {
      if (!held.has(digest)) await bus.blobs.get(digest as never);
      held.add(digest);
      return digest;
    };
  }

  /** Enters a finished model in the registry. */
  async putModel(name: string, bytes: Uint8Array): Promise<void> {
    const { blobs, store } = this.bus;
    const digest = await this.settled(blobs.put(bytes));
    const record = records.model.create({ name, versions: [{ version: 1, digest }] });
    await this.settled(store.create('models', name, records.model.encode(record)));
  }
}
