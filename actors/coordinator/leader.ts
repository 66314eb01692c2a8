/**
 * A coordinator while it leads: feeds the pure core with what the bus brings.
 *
 * It loads every job from the records, hosts the step, and turns messages, ticks and questions
 * into events. It ends when it is stopped or when somebody else turns out to have written.
 */

import { Host } from '../../runtime/host.ts';
import type { Timer } from '../../runtime/ports/clock.ts';
import type { Consumption, Delivery } from '../../runtime/ports/journal.ts';
import type { Change, Watch } from '../../runtime/ports/store.ts';
import type { Message, Subscription } from '../../runtime/ports/transport.ts';
import { parentFrom } from '../../runtime/trace.ts';
import { familyOf, ShoalError, TerminalError } from '../../schemas/errors.ts';
import { type JobId, parseDigest } from '../../schemas/ids.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import { nodeOfSubject } from '../../schemas/subjects.ts';
import { type QueryVerb, queryVerbs } from '../../schemas/views.ts';
import { decodeMessage, type JobRecord, records } from '../../schemas/wire.ts';
import { parsePlan } from '../task-runner/plan-bytes.ts';
import { newBreakers } from './breakers.ts';
import { Collector } from './collector.ts';
import { classOf } from './effect-class.ts';
import { dropTexts, ended, type JobState, restoreJob } from './job-state.ts';
import type { CoordinatorEffect, CoordinatorEvent } from './messages.ts';
import { type PerformContext, perform, type Unstamped } from './perform.ts';
import type { Placement } from './placement.ts';
import { answerQuery } from './questions.ts';
import { defaultRetention, type RetentionOptions } from './retention.ts';
import { type CoordinatorState, newState } from './state.ts';
import { flush, step } from './step.ts';

function jobOf(effect: CoordinatorEffect): JobId {
  return 'job' in effect ? (effect.job as JobId) : ('' as JobId);
}

export type LeaderContext = Omit<
  PerformContext,
  'breakers' | 'deliveries' | 'replies' | 'halting'
> & {
  readonly idleExitMs: number | null;
  readonly placement: Placement;
  readonly stalledAfterMs?: number;
  readonly retention?: RetentionOptions;
  /** Whether the lease has been seen to be held lately: what this one knows is how things are. */
  readonly mayTell: () => boolean;
};

export class Leader {
  /** Resolves with the reason when leading has ended. */
  readonly ended: Promise<'stopped' | 'deposed' | 'idle'>;
  private end: (why: 'stopped' | 'deposed' | 'idle') => void = () => {};
  private readonly context: PerformContext;
  private readonly idleExitMs: number | null;
  private readonly placement: Placement;
  private readonly stalledAfterMs: number;
  private readonly host: Host<CoordinatorState, CoordinatorEvent, CoordinatorEffect>;
  private readonly subscriptions: Subscription[] = [];
  private state: CoordinatorState | null = null;
  private consumption: Consumption | null = null;
  private readonly watches: Watch[] = [];
  private readonly mayAct: () => boolean;
  private readonly mayTell: () => boolean;
  private readonly retention: RetentionOptions;
  private readonly collector: Collector;
  private timer: Timer | null = null;
  private numbers = 0;
  /** Changes of job records that came before the records were loaded. */
  private early: Change[] = [];
  private stopping = false;

  constructor(context: LeaderContext) {
    const halting = () => this.stopping;
    const empty = { deliveries: new Map(), replies: new Map(), breakers: newBreakers() };
    this.context = { ...context, ...empty, halting };
    this.idleExitMs = context.idleExitMs;
    this.placement = context.placement;
    this.stalledAfterMs = context.stalledAfterMs ?? limits.stalledMs;
    this.mayAct = context.mayAct;
    this.mayTell = context.mayTell;
    this.retention = context.retention ?? {};
    this.collector = new Collector({
      ...{ ...context, ...this.retention },
      onUsage: (usage) => this.emit({ type: 'storage', usage }),
      onLeftovers: (jobs) => this.emit({ type: 'leftovers', jobs }),
    });
    this.ended = new Promise((resolve) => {
      this.end = resolve;
    });
    this.host = new Host(
      {
        name: 'coordinator',
        load: () => this.load(),
        step,
        flush,
        classOf,
        perform: (effect, tell) =>
          perform(this.context, effect, (event) => tell(this.stamp(event))),
        conflict: (effect): CoordinatorEvent =>
          this.stamp({ type: 'job-conflict', job: jobOf(effect) }),
        observe: (state) => this.observe(state),
      },
      { clock: context.clock, log: context.log },
    );
    this.host.stopped.then(
      () => this.end('stopped'),
      () => this.end('deposed'),
    );
  }

  /** Begins to listen, once the state has been loaded. */
  async start(): Promise<void> {
    const { bus } = this.context;
    const { transport, subjects } = bus;
    this.subscriptions.push(
      transport.subscribe(subjects.heartbeat('*'), (message) => this.onHeartbeat(message)),
      ...queryVerbs.map((verb) =>
        transport.subscribe(subjects.query(verb), (message) => this.onQuery(verb, message)),
      ),
    );
    const { store } = bus;
    this.watches.push(await store.watch('tasks', '', (change) => this.onTaskChange(change)));
    this.watches.push(await store.watch('jobs', '', (change) => this.onJobChange(change)));
    this.consumption = await bus.journal.consume(
      'submissions',
      limits.submissionsInFlight,
      (delivery) => this.onSubmission(delivery),
    );
    this.collector.start();
    this.tick();
  }

  /** Stops listening, lets what was begun end, and gives back what was not handled. */
  async stop(): Promise<void> {
    if (this.stopping) return;
    this.stopping = true;
    this.timer?.cancel();
    for (const subscription of this.subscriptions) subscription.unsubscribe();
    this.collector.stop();
    await this.consumption?.stop();
    for (const watch of this.watches) await watch.stop();
    await this.host.stop();
    for (const delivery of this.context.deliveries.values()) delivery.nak(0);
    this.end('stopped');
  }

  /** Tells every node that the queue is closed: drain, then exit. */
  closeNodes(): void {
    this.emit({ type: 'close' });
  }

  private async load(): Promise<CoordinatorState> {
    const { bus, clock, me, log } = this.context;
    const jobs: JobState[] = [];
    const unreadable = new Set<string>();
    for (const entry of await bus.store.list('jobs', '')) {
      const job = this.restore(entry.key, entry.value, entry.revision);
      if (job === null) unreadable.add(entry.key);
      else {
        dropTexts(job.record);
        if (!ended(job)) job.plan = await this.planOf(job.record);
        jobs.push(job);
      }
    }
    jobs.sort((a, b) => Number(a.record.acceptedAtMs) - Number(b.record.acceptedAtMs));
    const state = newState(
      ...([me, jobs, clock.nowMs(), clock.wallMs()] as const),
      ...([unreadable, this.placement, this.context.breakers] as const),
    );
    state.stalledAfterMs = this.stalledAfterMs;
    state.retention.policy = { ...defaultRetention, ...this.retention };
    const placement = this.placement.name;
    const { size: active } = state.active;
    log('info', 'leading', { term: me.term, jobs: jobs.length, active, placement });
    return state;
  }

  /** Null for a record that this release cannot read: it must not keep all other jobs waiting. */
  private restore(key: string, value: Uint8Array, revision: number): JobState | null {
    const { clock, log } = this.context;
    try {
      const record = records.job.decode(value);
      if (record.job !== key) {
        throw new TerminalError('bad-record', `the record is that of job "${record.job}"`);
      }
      return restoreJob(record, revision, null, clock.nowMs());
    } catch (error) {
      log('error', 'a job record cannot be read: the job stands still', { job: key, error });
      return null;
    }
  }

  /** Null without a plan, and for one that is lost or damaged: the job then fails by name. */
  private async planOf(record: JobRecord): Promise<JobPlan | null> {
    if (record.plan === '') return null;
    const { bus, log } = this.context;
    try {
      return parsePlan(await bus.blobs.get(parseDigest(record.plan)));
    } catch (error) {
      const damaged = error instanceof ShoalError && error.code === 'corrupt-blob';
      if (familyOf(error) !== 'terminal' && !damaged) throw error;
      log('error', 'the plan of a job is lost', { job: record.job, error });
      return null;
    }
  }

  private observe(state: CoordinatorState): void {
    this.state = state;
    for (const change of this.early.splice(0)) this.onJobChange(change);
    const { metrics } = this.context;
    metrics.set('shoal_jobs', state.active.size);
    if (state.deposed) this.end('deposed');
    const idleMs = state.nowMs - state.busyMs;
    if (this.idleExitMs !== null && state.active.size === 0 && idleMs >= this.idleExitMs)
      this.end('idle');
  }

  private stamp(event: Unstamped): CoordinatorEvent {
    const { clock } = this.context;
    return { ...event, atMs: clock.nowMs(), wallMs: clock.wallMs() } as CoordinatorEvent;
  }

  private emit(event: Unstamped): boolean {
    return this.host.emit(this.stamp(event));
  }

  private tick(): void {
    if (this.stopping) return;
    this.emit({ type: 'tick' });
    this.timer = this.context.clock.after(limits.tickMs, () => this.tick());
  }

  private onHeartbeat(message: Message): void {
    const { me, metrics, log } = this.context;
    const node = nodeOfSubject(message.subject);
    try {
      const heartbeat = decodeMessage('heartbeat', message.bytes);
      metrics.count('shoal_messages_received_total', 1, { kind: 'heartbeat' });
      if (node === me.node && heartbeat.nonce === me.nonce) this.emit({ type: 'echo' });
      else this.emit({ type: 'heartbeat', node, heartbeat });
    } catch (error) {
      metrics.count('shoal_messages_refused_total', 1, { reason: 'bad-message' });
      log('warn', 'heartbeat refused', { peer: node, error });
    }
  }

  private onTaskChange({ key, value, revision }: Change): void {
    const dot = key.indexOf('.');
    if (value === null || dot < 0) return;
    try {
      const record = records.task.decode(value);
      const job = key.slice(0, dot);
      this.emit({ type: 'task-record', job, task: key.slice(dot + 1), record, revision });
    } catch (error) {
      // Not ours, or of a newer release: it concerns no task that we could hand out.
      this.context.metrics.count('shoal_messages_refused_total', 1, { reason: 'bad-message' });
      this.context.log('warn', 'task record refused', { key, error });
    }
  }

  /** Own writes come by here, too; of interest are jobs that were not there, and what others wrote. */
  private onJobChange(change: Change): void {
    const { key, value, revision } = change;
    if (value === null) return;
    if (this.state === null) {
      this.early.push(change);
      return;
    }
    const job = this.state.jobs.get(key as JobId);
    if (job !== undefined) {
      // A former leader's write was under way when this one read the records: nothing else would
      // ever tell, where this one has nothing to write.
      if (revision > job.revision && !this.isOurs(value))
        this.emit({ type: 'job-conflict', job: job.id });
    } else if (!this.state.unreadable.has(key)) void this.find(key, value, revision);
  }

  private isOurs(value: Uint8Array): boolean {
    try {
      return Number(records.job.decode(value).term) === this.context.me.term;
    } catch {
      return false;
    }
  }

  private async find(key: string, value: Uint8Array, revision: number): Promise<void> {
    const { clock, log } = this.context;
    while (!this.stopping) {
      try {
        const record = this.restore(key, value, revision)?.record;
        if (record === undefined) return;
        this.emit({ type: 'job-found', record, revision, plan: await this.planOf(record) });
        return;
      } catch (error) {
        log('warn', 'a job of another coordinator could not be read yet', { job: key, error });
        if (familyOf(error) !== 'retryable') return;
        await new Promise<void>((resolve) => {
          clock.after(limits.tickMs, resolve);
        });
      }
    }
  }

  private onSubmission(delivery: Delivery): void {
    if (this.stopping || !this.mayAct()) {
      delivery.nak(limits.tickMs);
      return;
    }
    const number = this.nextNumber();
    this.context.deliveries.set(number, delivery);
    this.context.metrics.count('shoal_messages_received_total', 1, { kind: 'submission' });
    const headers = Object.entries(delivery.headers);
    const messageId = headers.find(([name]) => name.toLowerCase() === 'nats-msg-id')?.[1] ?? null;
    const traceparent = parentFrom(delivery.headers) ?? null;
    const { seq, bytes } = delivery;
    const submission = { seq, bytes, messageId, traceparent };
    if (this.emit({ type: 'submission', submission, delivery: number })) return;
    this.context.deliveries.delete(number);
    delivery.nak(limits.tickMs);
  }

  private onQuery(verb: QueryVerb, message: Message): void {
    this.context.metrics.count('shoal_messages_received_total', 1, { kind: 'query' });
    const number = this.nextNumber();
    // Whose lease may be somebody else's by now knows how things were, and must not tell it.
    const state = this.mayTell() ? this.state : null;
    const event = answerQuery(state, verb, message, number);
    if (event === null) return;
    this.context.replies.set(number, message);
    if (!this.emit(event)) this.context.replies.delete(number);
  }

  private nextNumber(): number {
    this.numbers += 1;
    return this.numbers;
  }
}
