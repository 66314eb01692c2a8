/**
 * What the chaos benchmark stands on: a cluster of real processes, one job after the other on it,
 * and a record of every change of every task with the time at which it was seen.
 *
 * A task's latency is counted from the signal to the moment at which a claim of the same task by
 * somebody else stands in its record. All times are of this process's clock.
 */
import type { Child } from '../cli/child.ts';
import { type LocalCluster, startLocalCluster } from '../cli/local-cluster.ts';
import type { JobHandle } from '../client/job-handle.ts';
import { syntheticCsv, syntheticTarget } from '../datasets/synthetic.ts';
import type { Bus } from '../runtime/bus.ts';
import { connectNats } from '../runtime/nats/connect.ts';
import { nodeClock } from '../runtime/node/clock.ts';
import type { JobSpecInput } from '../schemas/job-spec.ts';
import { nodeOfSubject } from '../schemas/subjects.ts';
import type { JobView } from '../schemas/views.ts';
import { regained, TaskLog } from '../test/support/task-log.ts';

export interface Outcome {
  readonly view: JobView;
  readonly tookMs: number;
  /** Milliseconds from the signal to the next claim, for each task that a victim lost. */
  readonly latenciesMs: readonly number[];
  /** The part of it until the next attempt was admitted: what detecting the loss took. */
  readonly admittedMs: readonly number[];
  /** Highest attempt of any task that no victim had claimed at the signal: 1 is right. */
  readonly survivorAttempts: number;
  /** Milliseconds between heartbeats of workers that nothing was done to. */
  readonly beatsMs: readonly number[];
}

export interface RigOptions {
  readonly workers: number;
  readonly rows: number;
  readonly trees: number;
  /** One of each unless more are asked for. */
  readonly coordinators?: number;
  readonly aggregators?: number;
}

/** Highest time that a job may take before the run counts as hung. */
const hungMs = 120_000;

export class Rig implements AsyncDisposable {
  private readonly options: RigOptions;
  readonly bus: Bus;
  readonly log: TaskLog;
  private readonly beats = new Map<string, number[]>();
  private jobs = 0;
  readonly cluster: LocalCluster;

  private constructor(options: RigOptions, cluster: LocalCluster, bus: Bus, log: TaskLog) {
    this.options = options;
    this.cluster = cluster;
    this.bus = bus;
    this.log = log;
    bus.transport.subscribe(bus.subjects.heartbeat('*'), ({ subject }) => {
      const node = nodeOfSubject(subject);
      this.beats.set(node, [...(this.beats.get(node) ?? []), performance.now()]);
    });
  }

  static async start(options: RigOptions): Promise<Rig> {
    const { workers, coordinators = 1, aggregators = 1 } = options;
    const cluster = await startLocalCluster({
      ...{ workers, coordinators, aggregators },
      slots: 1,
      tell: () => {},
      signal: new AbortController().signal,
    });
    const clock = nodeClock();
    const servers = cluster.server.url;
    const bus = await connectNats({ servers, name: 'chaos', clock, createLayout: false });
    const rig = new Rig(options, cluster, bus, await TaskLog.open(bus));
    const { rows } = options;
    await cluster.client.importCsv('chaos', () => syntheticCsv({ kind: 'dense', rows, seed: 1 }));
    return rig;
  }

  get workers(): string[] {
    return [...this.cluster.actors.keys()].filter((name) => name.startsWith('worker'));
  }

  actor(name: string): Child {
    const actor = this.cluster.actors.get(name);
    if (actor === undefined) throw new Error(`there is no actor "${name}"`);
    return actor;
  }

  submit(more: Partial<JobSpecInput> = {}): Promise<JobHandle> {
    this.jobs += 1;
    return this.cluster.client.submit({
      id: `run-${this.jobs}`,
      dataset: 'chaos',
      target: syntheticTarget.dense,
      algorithm: 'random-forest',
      params: { trees: this.options.trees },
      model: 'chaos',
      seed: 7,
      ...more,
    });
  }

  /** Waits for the job's end and looks back at what the signal at `signalMs` did to it. */
  async outcome(
    job: JobHandle,
    startedMs: number,
    victims: readonly string[],
    signalMs: number,
  ): Promise<Outcome> {
    const view = await job.result({ timeoutMs: hungMs });
    const latenciesMs: number[] = [];
    const admittedMs: number[] = [];
    let survivorAttempts = 0;
    for (const sights of this.log.of(job.id).values()) {
      const { attempt = 0, moves = 0 } = sights.at(-1)?.record ?? {};
      const last = attempt - moves;
      const lost = regained(sights, victims, signalMs);
      if (lost === undefined) survivorAttempts = Math.max(survivorAttempts, last);
      else if (lost !== null) {
        latenciesMs.push(lost.claimedMs - signalMs);
        admittedMs.push(lost.admittedMs - signalMs);
      }
    }
    const tookMs = performance.now() - startedMs;
    const calm = this.workers.filter((name) => !victims.includes(name));
    const beatsMs = calm.flatMap((name) => this.beatsSince(name, startedMs));
    return { view, tookMs, latenciesMs, admittedMs, survivorAttempts, beatsMs };
  }

  private beatsSince(node: string, startedMs: number): number[] {
    const times = (this.beats.get(node) ?? []).filter((atMs) => atMs >= startedMs);
    return times.slice(1).map((atMs, i) => atMs - (times[i] ?? atMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A stopped process hears no SIGTERM.
    for (const actor of this.cluster.actors.values()) actor.kill('SIGCONT');
    await this.log[Symbol.asyncDispose]();
    await this.bus.close();
    await this.cluster[Symbol.asyncDispose]();
  }
}
