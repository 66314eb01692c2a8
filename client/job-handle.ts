/**
 * A job as its submitter, or anybody else, sees it: events, view, result, control.
 *
 * Events come from the journal and are there whether or not a coordinator is up; views and control
 * are answered by the leading coordinator. The handle holds no connection of its own.
 */
import type { Bus } from '../runtime/bus.ts';
import type { Clock } from '../runtime/ports/clock.ts';
import { ShoalError } from '../schemas/errors.ts';
import { type JobId, parseDigest, parseJobId } from '../schemas/ids.ts';
import type { SettingsChange } from '../schemas/job-settings.ts';
import { limits } from '../schemas/limits.ts';
import type { Measured } from '../schemas/measured.ts';
import {
  type EventKind,
  finalPhases,
  type JobEvent,
  type JobView,
  type SnapshotView,
  type TaskView,
} from '../schemas/views.ts';
import { abortable, limited, pause } from './abort.ts';
import { type Admission, rejectionOf } from './admission.ts';
import { JobCancelledError, JobFailedError } from './errors.ts';
import { EventChain } from './event-chain.ts';
import { type ChainFault, type ChainReport, checkChain, readChain } from './job-chain.ts';
import { type Story, storyOf } from './job-story.ts';
import { type AskOptions, ask, askAll } from './queries.ts';

const finalKinds: ReadonlySet<EventKind> = new Set([
  'completed',
  'failed',
  'cancelled',
  'rejected',
]);

/** Whether nothing more happens to the job after this event. */
export function isFinal(event: JobEvent): boolean {
  return finalKinds.has(event.kind);
}

export interface EventsOptions {
  readonly signal?: AbortSignal | undefined;
  /** True, the default, begins with the first event; false gives only those after the call. */
  readonly fromStart?: boolean;
  /** False ends with what is stored now; true, the default, goes on until the job has ended. */
  readonly follow?: boolean;
}

export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number | undefined;
}

export interface RemoveOptions {
  readonly signal?: AbortSignal | undefined;
  /** How long to wait for a job that has ended a moment ago. */
  readonly patienceMs?: number;
}

export interface ExplainOptions {
  readonly signal?: AbortSignal | undefined;
  readonly at?: number | undefined;
}

export interface Explanation {
  readonly story: Story;
  /** As its coordinator sees it now; null for a job that has ended, and for a time that is past. */
  readonly live: JobView | null;
  /** Where the chain of its events is broken; the story goes as far as that. */
  readonly broken: ChainFault | null;
}

export interface HandleOptions {
  /** Where the handle comes from a submission: what became of it. */
  readonly admission?: Admission;
  /** How the coordinator is asked. */
  readonly ways?: Omit<AskOptions, 'signal'> | undefined;
}

export class JobHandle {
  readonly id: JobId;
  private readonly bus: Bus;
  private readonly clock: Clock;
  private readonly admission: Admission | undefined;
  private readonly ways: Omit<AskOptions, 'signal'>;

  constructor(bus: Bus, clock: Clock, id: string, options: HandleOptions = {}) {
    this.bus = bus;
    this.clock = clock;
    this.id = parseJobId(id);
    this.admission = options.admission;
    this.ways = options.ways ?? {};
  }

  /**
   * The job's events in order, each checked against the digest of the one before.
   * @throws BrokenChainError, JobRejectedError when this submission was refused
   */
  async *events(options: EventsOptions = {}): AsyncGenerator<JobEvent, void, undefined> {
    const { signal } = options;
    const follow = options.follow ?? true;
    if (follow) await this.admission?.decided(signal);
    const skipped = options.fromStart === false ? await this.storedCount(signal) : 0;
    const chain = new EventChain(this.id);
    let seen = 0;
    const own = new AbortController();
    const until = signal === undefined ? own.signal : AbortSignal.any([own.signal, signal]);
    try {
      const entries = this.bus.journal.read(this.bus.subjects.eventsOf(this.id), {
        follow,
        signal: until,
      });
      for await (const entry of entries) {
        for (const event of chain.take(entry.subject, entry.bytes)) {
          seen += 1;
          if (seen > skipped) yield event;
          if (isFinal(event) && !(await this.goesOn(event))) return;
        }
      }
      signal?.throwIfAborted();
      if (!follow) chain.end();
    } finally {
      own.abort();
    }
  }

  /**
   * Why the job is where it is, from its events and, while it is under way, from its coordinator.
   * @param options.at stops after the event of this number: how it was then
   */
  async explain(options: ExplainOptions = {}): Promise<Explanation> {
    const { at, signal } = options;
    const { events, broken } = await readChain(this.bus, this.id, signal);
    const story = storyOf(at === undefined ? events : events.slice(0, Math.max(0, at)));
    const now = at === undefined && story.outcome === null;
    // Also of a job without any events: so an unknown one is told of as such.
    const live = now || events.length === 0 ? await this.view(signal) : null;
    return { story, live, broken };
  }

  /** Verifies the job's events from the first one on, and against what the job says of them. */
  async verify(signal?: AbortSignal): Promise<ChainReport> {
    // The view first: what is told meanwhile is in the log, and no fault.
    const view = await this.view(signal);
    const chain = await readChain(this.bus, this.id, signal);
    const grown = chain.broken === null && chain.events.length > view.events;
    return checkChain(chain, view, grown ? (await this.view(signal)).events : view.events);
  }

  /**
   * The state of the job now.
   * @param patienceMs how long to look for a coordinator, where one is just being replaced
   * @throws NoCoordinatorError, or code `no-job`
   */
  view(signal?: AbortSignal, patienceMs = this.ways.patienceMs): Promise<JobView> {
    const asking = { ...this.asking(signal), patienceMs };
    return ask(this.bus, this.clock, 'job', { id: this.id }, asking);
  }

  /**
   * All that was measured, curves included.
   * @returns null where nothing was measured, or it is not kept any more
   */
  async measured(signal?: AbortSignal): Promise<Measured | null> {
    const { evaluation } = await this.view(signal);
    if (evaluation === null) return null;
    try {
      const bytes = await abortable(this.bus.blobs.get(parseDigest(evaluation.digest)), signal);
      return JSON.parse(new TextDecoder().decode(Uint8Array.from(bytes))) as Measured;
    } catch (error) {
      if (error instanceof ShoalError && error.code === 'no-blob') return null;
      throw error;
    }
  }

  tasks(signal?: AbortSignal): Promise<TaskView[]> {
    const { bus, clock, id } = this;
    return askAll((from) => ask(bus, clock, 'tasks', { id, from }, this.asking(signal)));
  }

  /**
   * Waits for the end, whatever it is.
   * @throws JobRejectedError, and WaitTimeoutError after `timeoutMs`; the job goes on
   */
  async ended(options: WaitOptions = {}): Promise<JobView> {
    const what = `the end of job "${this.id}"`;
    using wait = limited(this.clock, what, options.timeoutMs, options.signal);
    let last: JobEvent | undefined;
    for await (const event of this.events({ signal: wait.signal })) last = event;
    if (last?.kind === 'rejected') throw rejectionOf(last);
    wait.signal.throwIfAborted();
    const until = this.clock.nowMs() + 2 * limits.takeoverMs;
    for (;;) {
      const view = await this.view(wait.signal, Math.max(0, until - this.clock.nowMs()));
      // A leader that has been replaced and does not know it yet tells how the job was before.
      if (finalPhases.has(view.phase) || this.clock.nowMs() >= until) return view;
      await pause(this.clock, limits.tickMs, wait.signal);
    }
  }

  /**
   * Waits for the model, or for the data set of predictions.
   * @throws JobRejectedError, JobFailedError, JobCancelledError, WaitTimeoutError
   */
  async result(options: WaitOptions = {}): Promise<JobView> {
    const view = await this.ended(options);
    if (view.phase === 'failed') throw new JobFailedError(view);
    if (view.phase === 'cancelled') throw new JobCancelledError(view);
    return view;
  }

  cancel(signal?: AbortSignal): Promise<JobView> {
    return ask(this.bus, this.clock, 'cancel', { id: this.id }, this.asking(signal));
  }

  pause(signal?: AbortSignal): Promise<JobView> {
    return ask(this.bus, this.clock, 'pause', { id: this.id }, this.asking(signal));
  }

  resume(signal?: AbortSignal): Promise<JobView> {
    return ask(this.bus, this.clock, 'resume', { id: this.id }, this.asking(signal));
  }

  /**
   * Changes workers, priority or deadline while the job is under way: `set({workers: {max: 2}})`.
   * @throws the coordinator's refusal: `invalid-spec` with path and fix, `wrong-phase`, `no-job`
   */
  set(change: SettingsChange, signal?: AbortSignal): Promise<JobView> {
    return ask(this.bus, this.clock, 'set', { id: this.id, ...change }, this.asking(signal));
  }

  /**
   * Removes an ended job: its record and its events. Its model or data set stays, and its id may be
   * used again. Waits where the job has ended a moment ago.
   * @throws the coordinator's refusal: `wrong-phase` for a job under way, `no-job`
   */
  async remove(options: RemoveOptions = {}): Promise<void> {
    const { bus, clock, id } = this;
    const until = clock.nowMs() + (options.patienceMs ?? 2 * limits.jobRemovableMs);
    for (;;) {
      try {
        await ask(bus, clock, 'remove', { id }, this.asking(options.signal));
        return;
      } catch (error) {
        const soon = error instanceof ShoalError && error.code === 'too-soon';
        if (!soon || clock.nowMs() >= until) throw error;
        await pause(clock, limits.tickMs, options.signal);
      }
    }
  }

  /**
   * Enters the state that a job in rounds has put by last (every few seconds) as a model, while the
   * job goes on. @throws the coordinator's refusal where nothing has been put by yet
   */
  snapshot(signal?: AbortSignal): Promise<SnapshotView> {
    return ask(this.bus, this.clock, 'snapshot', { id: this.id }, this.asking(signal));
  }

  /** A rejected id can be submitted again: then the same chain of events goes on. */
  private async goesOn(event: JobEvent): Promise<boolean> {
    if (event.kind !== 'rejected') return false;
    if (this.admission !== undefined) return this.admission.isPast(event);
    const next = this.bus.subjects.event(this.id, event.n + 1, '*');
    for await (const _ of this.bus.journal.read(next, { follow: false })) return true;
    return false;
  }

  private asking(signal: AbortSignal | undefined): AskOptions {
    return { ...this.ways, signal };
  }

  private async storedCount(signal?: AbortSignal): Promise<number> {
    let count = 0;
    for await (const _ of this.events({ signal, follow: false })) count += 1;
    return count;
  }
}
