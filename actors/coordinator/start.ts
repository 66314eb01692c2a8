/**
 * Starts a coordinator: a hot standby that leads whenever it holds the lease.
 *
 * The lease is for liveness only. Whoever wakes from a long pause and still believes that it leads
 * fails at its first write, steps down, and stands by again.
 */
import type { Learners } from '../../learners/learner.ts';
import type { Bus } from '../../runtime/bus.ts';
import { ConflictError } from '../../runtime/errors.ts';
import {
  candidate,
  decide,
  type LeaseView,
  mayAct,
  mayTell,
  observe,
} from '../../runtime/lease.ts';
import type { Log } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import type { Clock, Timer } from '../../runtime/ports/clock.ts';
import type { Random } from '../../runtime/ports/random.ts';
import { noTracer, type Tracer } from '../../runtime/trace.ts';
import type { NodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { keys } from '../../schemas/subjects.ts';
import { encodeMessage, records } from '../../schemas/wire.ts';
import { Leader } from './leader.ts';
import { leastLoaded, type Placement } from './placement.ts';
import type { RetentionOptions } from './retention.ts';

export interface CoordinatorOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly node: NodeId;
  readonly host: string;
  readonly pid: number;
  readonly version: string;
  readonly learners: Learners;
  readonly log: Log;
  readonly tracer?: Tracer;
  readonly metrics?: Metrics;
  /** Ends in good order after so long without a job: nodes are told that the queue is closed. */
  readonly idleExitMs?: number;
  /** How nodes are chosen for tasks; `leastLoaded` where nothing is said. */
  readonly placement?: Placement;
  /** Progress unchanged for longer, on a node that beats, is a standstill; else a minute. */
  readonly stalledAfterMs?: number;
  /** How long ended jobs, and blobs that nothing names, are kept. */
  readonly retention?: RetentionOptions;
}

export interface RunningCoordinator {
  readonly node: NodeId;
  readonly nonce: string;
  /** Resolves when it has stopped, by `stop` or by its idle limit. */
  readonly stopped: Promise<void>;
  leading(): boolean;
  /** Hands over at once: the lease is released, a standby takes it without waiting. */
  stop(): Promise<void>;
}

export function startCoordinator(options: CoordinatorOptions): RunningCoordinator {
  return new Coordinator(options);
}

/** A lease that stays out of reach is told of this often. */
const troubleMs = 10_000;

class Coordinator implements RunningCoordinator {
  readonly node: NodeId;
  readonly nonce: string;
  readonly stopped: Promise<void>;
  private readonly options: CoordinatorOptions;
  private readonly metrics: Metrics;
  private readonly startedMs: number;
  private readonly lease;
  private leader: Leader | null = null;
  private halted = false;
  private beats = 0;
  private wake: () => void = () => {};
  private beatTimer: Timer | null = null;
  /** When it was last told that the lease is out of reach; null while it is not. */
  private troubleToldMs: number | null = null;

  constructor(options: CoordinatorOptions) {
    this.options = options;
    this.metrics = options.metrics ?? new Metrics();
    this.node = options.node;
    this.nonce = options.random.token(16);
    this.startedMs = options.clock.nowMs();
    this.lease = candidate(this.node, this.nonce);
    this.stopped = this.stand();
    this.beat();
  }

  leading(): boolean {
    return this.leader !== null;
  }

  async stop(): Promise<void> {
    this.halt();
    await this.stopped;
  }

  private halt(): void {
    this.halted = true;
    this.wake();
  }

  /** Waits, but not past the call to stop. */
  private wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.options.clock.after(ms, resolve);
      this.wake = () => {
        timer.cancel();
        resolve();
      };
    });
  }

  /** Proves the own link by its echo, and tells operators who stands by. */
  private beat(): void {
    if (this.halted) return;
    const { bus, clock, host, pid, version } = this.options;
    this.beats += 1;
    const heartbeat = {
      node: this.node,
      nonce: this.nonce,
      role: 'coordinator',
      seq: this.beats,
      intervalMs: limits.heartbeatMs,
      host,
      pid,
      version,
      uptimeMs: Math.round(clock.nowMs() - this.startedMs),
      term: this.leading() ? (this.lease.seen?.term ?? 0) : 0,
    };
    bus.transport.publish(bus.subjects.heartbeat(this.node), encodeMessage('heartbeat', heartbeat));
    this.beatTimer = clock.after(limits.heartbeatMs, () => this.beat());
  }

  /** The candidate's loop: look at the lease, take or renew it, lead while it is held. */
  private async stand(): Promise<void> {
    while (!this.halted) {
      try {
        await this.turn();
        this.troubleToldMs = null;
      } catch (error) {
        this.tellTrouble(error);
      }
      if (!this.halted) await this.wait(limits.leaseRenewMs / 4);
    }
    await this.stepDown();
    await this.release();
    this.beatTimer?.cancel();
  }

  /** Tells of a lease out of reach at once, and every few seconds for as long as it stays so. */
  private tellTrouble(error: unknown): void {
    const { clock, log } = this.options;
    if (this.troubleToldMs !== null && clock.nowMs() - this.troubleToldMs < troubleMs) return;
    this.troubleToldMs = clock.nowMs();
    log('warn', 'the lease could not be read or written', { error });
    if (this.leader !== null && !mayAct(this.lease, clock.nowMs()))
      log('warn', 'the lease may have passed to somebody else: verifying before any write', {});
  }

  private async read(): Promise<LeaseView | null> {
    const { bus } = this.options;
    const entry = await bus.store.get('cluster', keys.lease);
    if (entry === undefined) return null;
    const { node, nonce, term, released } = records.lease.decode(entry.value);
    return { node, nonce, term: Number(term), released, revision: entry.revision };
  }

  private async turn(): Promise<void> {
    const { clock, log } = this.options;
    const askedMs = clock.nowMs();
    observe(this.lease, await this.read(), clock.nowMs(), askedMs);
    if (this.leader !== null && this.lease.seen?.nonce !== this.nonce) {
      log('warn', 'another coordinator leads', { leader: this.lease.seen?.node });
      await this.stepDown();
    }
    const move = decide(this.lease, clock.nowMs());
    if (move.kind === 'wait') return;
    const sentMs = clock.nowMs();
    try {
      await this.write(move.term, false);
      this.lease.renewedMs = sentMs;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
      return;
    }
    // A lease can be held without leading: taken by a write whose answer got lost.
    if (this.leader === null) await this.lead(move.term);
  }

  private async write(term: number, released: boolean): Promise<void> {
    const { bus, clock } = this.options;
    const { seen } = this.lease;
    const sentMs = clock.nowMs();
    const value = records.lease.encode(
      records.lease.create({
        node: this.node,
        nonce: this.nonce,
        term,
        released,
        renewals: this.beats,
      }),
    );
    const revision =
      seen === null
        ? await bus.store.create('cluster', keys.lease, value)
        : await bus.store.update('cluster', keys.lease, value, seen.revision);
    const view = { node: this.node, nonce: this.nonce, term, released, revision };
    observe(this.lease, view, clock.nowMs(), sentMs);
  }

  private async lead(term: number): Promise<void> {
    const {
      bus,
      clock,
      learners,
      log,
      tracer = noTracer,
      idleExitMs,
      stalledAfterMs,
    } = this.options;
    const me = { node: this.node, nonce: this.nonce, term, cluster: bus.cluster };
    const { metrics } = this;
    const leader = new Leader({
      bus,
      clock,
      learners,
      tracer,
      metrics,
      log,
      me,
      idleExitMs: idleExitMs ?? null,
      placement: this.options.placement ?? leastLoaded,
      ...(stalledAfterMs === undefined ? {} : { stalledAfterMs }),
      retention: this.options.retention ?? {},
      mayAct: () => mayAct(this.lease, clock.nowMs()),
      mayTell: () => mayTell(this.lease, clock.nowMs()),
    });
    this.leader = leader;
    metrics.set('shoal_leader', 1);
    try {
      await leader.start();
    } catch (error) {
      // Half a leader hears nothing: let whoever can lead begin anew.
      await this.stepDown();
      await this.release();
      throw error;
    }
    void this.afterLeading(leader);
  }

  private async afterLeading(leader: Leader): Promise<void> {
    const { log, idleExitMs } = this.options;
    const why = await leader.ended;
    if (this.leader !== leader) return;
    if (why === 'idle') {
      log('info', 'no job for a while: closing in order', { idleExitMs });
      leader.closeNodes();
    }
    await this.stepDown();
    // Deposed or crashed: give the lease up, so that whoever can lead does.
    if (why !== 'stopped') await this.release();
    if (why === 'idle') {
      this.halt();
    }
  }

  private async stepDown(): Promise<void> {
    const { leader } = this;
    this.leader = null;
    this.metrics.set('shoal_leader', 0);
    await leader?.stop();
  }

  private async release(): Promise<void> {
    const { seen } = this.lease;
    if (seen === null || seen.nonce !== this.nonce || seen.released) return;
    try {
      await this.write(seen.term, true);
    } catch (error) {
      this.options.log('warn', 'the lease was not released; it runs out by itself', { error });
    }
  }
}
