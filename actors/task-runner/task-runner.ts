/**
 * The actor that runs tasks: carries out the effects of `step` on the bus and on the role.
 *
 * Every outcome comes back as an event. Claims and commits are asked of the record each time, so an
 * effect may be repeated; a result counts when its commit succeeds, and nothing else matters.
 */
import type { Bus } from '../../runtime/bus.ts';
import { CancelledError } from '../../runtime/errors.ts';
import type { Actor, Step } from '../../runtime/host.ts';
import type { Log } from '../../runtime/log.ts';
import { publicMessage } from '../../runtime/log-fields.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Clock } from '../../runtime/ports/clock.ts';
import type { Random } from '../../runtime/ports/random.ts';
import type { Tracer } from '../../runtime/trace.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { BugError, type ErrorFamily, familyOf, ShoalError } from '../../schemas/errors.ts';
import { type JobId, parseDigest, parseJobId, parseTaskId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { encodeMessage, type RoundReport } from '../../schemas/wire.ts';
import { AttemptTrace } from './attempt-trace.ts';
import {
  type AbortReason,
  type Beat,
  classOfEffect,
  type Outcome,
  type RunnerEffect,
} from './effects.ts';
import type { Failure, RunnerEvent, TermOffer } from './events.ts';
import { heartbeatOf, type NodeFacts, type RunReport } from './heartbeat.ts';
import { noteMax, type Role, type TaskContext, type TaskRequest } from './role.ts';
import { initialState, noBytes, type RunnerState } from './state.ts';
import { step } from './step.ts';
import { CostMeter } from './task-cost.ts';
import { claimStands, claimTask, commitTask, type Holder, reportFailure } from './task-records.ts';

export interface RunnerParts {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  readonly tracer: Tracer;
  readonly metrics: Metrics;
  readonly role: Role;
  readonly facts: NodeFacts;
  readonly residentBytes: () => number;
}

/** What this process knows of a run besides the state: its spans, its counter, how to stop it. */
interface Work {
  trace: AttemptTrace | null;
  readonly abort: AbortController;
  progress: number;
  readonly cost: CostMeter;
  /** When it was claimed. */
  claimedMs: number;
  /** How the rounds go that the run leads. */
  report: RoundReport | null;
}

type Emit = (event: RunnerEvent) => void;
type Of<T extends RunnerEffect['type']> = Extract<RunnerEffect, { type: T }>;

/** The broker or the link, not the task: worth another try without blame. */
const linkCodes = new Set([
  ...['timeout', 'disconnected', 'no-responders', 'conflict', 'busy-record'],
  ...['not-stored', 'storage-full', 'stream-full', 'no-stream'],
]);
const nonceLength = 12;

/** How an outcome is counted in `shoal_tasks_total`; a claim that was not ours is none. */
const countedAs = {
  committed: 'committed',
  fenced: 'refused',
  failed: 'error',
  cancelled: 'cancelled',
  'lost-touch': 'error',
  'not-claimed': null,
} as const satisfies Record<Outcome, string | null>;

export class TaskRunner implements Actor<RunnerState, RunnerEvent, RunnerEffect> {
  readonly name: string;
  readonly drained: Promise<void>;
  /** Drawn at every boot, and when a crash made the actor forget its claims. */
  nonce = '';
  readonly #parts: RunnerParts;
  readonly #work = new Map<number, Work>();
  readonly #replies = new Map<number, (bytes: Uint8Array) => void>();
  readonly #startedMs: number;
  #leave: () => void = () => {};
  #nextReply = 1;
  #staleOffers = 0;

  constructor(parts: RunnerParts) {
    this.#parts = parts;
    this.name = parts.role.name;
    this.#startedMs = parts.clock.nowMs();
    this.drained = new Promise((resolve) => {
      this.#leave = resolve;
    });
  }

  /** A boot: claims of the time before are not known any more, so they get no holder. */
  async load(): Promise<RunnerState> {
    this.abortAll();
    this.nonce = this.#parts.random.token(nonceLength);
    const { bus, clock, facts } = this.#parts;
    return initialState(facts.slots, clock.nowMs(), bus.transport.connected());
  }

  step(state: RunnerState, event: RunnerEvent): Step<RunnerState, RunnerEffect> {
    return step(state, event);
  }

  classOf = classOfEffect;

  observe(state: RunnerState): void {
    const more = state.staleOffers - this.#staleOffers;
    this.#staleOffers = state.staleOffers;
    this.#parts.metrics.count('shoal_messages_refused_total', more, { reason: 'stale-term' });
  }

  /** Counters of what computes now, for a tick. */
  progress(): ReadonlyMap<number, number> {
    return new Map([...this.#work].map(([run, work]) => [run, work.progress]));
  }

  /** Keeps the way to answer a request; the number goes into the event. */
  keepReply(respond: (bytes: Uint8Array) => void): number {
    const reply = this.#nextReply++;
    this.#replies.set(reply, respond);
    return reply;
  }

  abortAll(): void {
    for (const work of this.#work.values()) work.abort.abort('cancelled' satisfies AbortReason);
    this.#work.clear();
  }

  async perform(effect: RunnerEffect, emit: Emit): Promise<void> {
    switch (effect.type) {
      case 'claim':
        return this.#settle(effect.run, emit, () => this.#claim(effect));
      case 'compute':
        return this.#compute(effect, emit);
      case 'store':
        return this.#store(effect, emit);
      case 'commit':
        return this.#settle(effect.run, emit, () => this.#commit(effect));
      case 'report':
        return this.#settle(effect.run, emit, () => this.#report(effect));
      case 'verify':
        return this.#verify(effect, emit);
      case 'abort':
        this.#work.get(effect.run)?.abort.abort(effect.reason);
        return;
      case 'ended':
        return this.#ended(effect);
      case 'beat':
        return this.#beat(effect.beat);
      case 'answer':
        return this.#answer(effect.reply, effect.beat);
      case 'forget':
        this.#parts.role.forget(effect.job as JobId);
        return;
      case 'leave':
        this.abortAll();
        this.#leave();
    }
  }

  get #holder(): Holder {
    return { node: this.#parts.facts.node, nonce: this.nonce };
  }

  /** Part of a run's work, under a span while the run is known. */
  #part<T>(run: number, name: string, work: () => Promise<T>): Promise<T> {
    const known = this.#work.get(run);
    if (known === undefined) return work();
    const { trace, cost } = known;
    const timed = () => cost.time(name, () => this.#now(), work);
    return trace ? trace.part(name, timed) : timed();
  }

  #now(): number {
    return this.#parts.clock.nowMs();
  }

  /** Emits the outcome; whatever goes wrong in between is a setback, and the record will tell. */
  async #settle(run: number, emit: Emit, act: () => Promise<RunnerEvent>): Promise<void> {
    try {
      emit(await act());
    } catch (error) {
      emit(this.#setback(run, error));
    }
  }

  #setback(run: number, error: unknown): RunnerEvent {
    const { code, message } = describe(error);
    this.#parts.log('warn', 'setback: will be tried again', { run, code, error: message });
    return { type: 'setback', run, atMs: this.#now(), code, message };
  }

  async #claim({ run, offer }: Of<'claim'>): Promise<RunnerEvent> {
    const { bus, facts, tracer } = this.#parts;
    const work = this.#work.get(run) ?? newWork();
    this.#work.set(run, work);
    const claim = await claimTask(bus.store, offer, this.#holder, (replaced) => {
      work.trace ??= new AttemptTrace(tracer, offer, facts.node, replaced);
      return work.trace.traceparent;
    });
    if (claim === null) return { type: 'not-claimed', run, atMs: this.#now() };
    work.trace?.claimed();
    work.claimedMs = this.#now();
    return { type: 'claimed', run, atMs: this.#now(), claim };
  }

  async #compute({ run, offer }: Of<'compute'>, emit: Emit): Promise<void> {
    const work = this.#work.get(run);
    if (work === undefined) return;
    const startedMs = this.#now();
    const context: TaskContext = {
      node: this.#parts.facts.node,
      nonce: this.nonce,
      attempt: offer.attempt,
      signal: work.abort.signal,
      isolated: offer.isolated,
      moved: () => {
        work.progress += 1;
      },
      spend: (cost) => work.cost.add(cost),
      report: (round) => {
        work.report = round;
      },
      span: (name, part) => this.#part(run, name, part),
    };
    try {
      const result = await this.#parts.role.execute(requestOf(offer), context);
      const { bytes, note } = result instanceof Uint8Array ? { bytes: result, note: '' } : result;
      if (note.length > noteMax) {
        throw new BugError('note', `note of ${note.length} characters, at most ${noteMax} allowed`);
      }
      const atMs = this.#now();
      emit({ type: 'computed', run, atMs, bytes, note, computeMs: atMs - startedMs });
    } catch (error) {
      const atMs = this.#now();
      if (work.abort.signal.aborted) emit({ type: 'stopped', run, atMs });
      else if (isLinkError(error)) emit(this.#setback(run, error));
      else emit({ type: 'failed', run, atMs, failure: this.#failure(offer, error) });
    }
  }

  #failure(offer: TermOffer, error: unknown): Failure {
    const { code, message, family } = describe(error);
    const died = offer.isolated && code === 'compute-crashed';
    const fields = { job: offer.job, task: offer.task, attempt: offer.attempt, code, family };
    this.#parts.log('warn', 'task failed', { ...fields, error: message });
    const path = error instanceof ShoalError ? error.path : undefined;
    const named = path === undefined ? {} : { path };
    return { code: died ? 'died-in-isolation' : code, message, died, ...named };
  }

  async #store({ run, bytes }: Of<'store'>, emit: Emit): Promise<void> {
    const { bus, role } = this.#parts;
    try {
      if (role.inlines && bytes.length <= limits.inlineResultMax) {
        const digest = sha256Hex(bytes);
        return emit({ type: 'stored', run, atMs: this.#now(), digest, inline: bytes });
      }
      const work = this.#work.get(run) ?? newWork();
      const moved = () => work.progress++; // A slow link is no standstill.
      const digest = await this.#part(run, 'blob.put', () => bus.blobs.put(bytes, moved));
      work.cost.add({ storedBytes: bytes.length });
      emit({ type: 'stored', run, atMs: this.#now(), digest, inline: noBytes });
    } catch (error) {
      if (familyOf(error) === 'retryable') return emit(this.#setback(run, error));
      const { code, message } = describe(error);
      emit({ type: 'failed', run, atMs: this.#now(), failure: { code, message, died: false } });
    }
  }

  async #commit(effect: Of<'commit'>): Promise<RunnerEvent> {
    const { run, claim, digest, resultBytes, computeMs, inline, note } = effect;
    const cost = this.#work.get(run)?.cost.sum() ?? null;
    const result = { digest, bytes: resultBytes, computeMs, inline, note, cost };
    const write = () => commitTask(this.#parts.bus.store, claim, this.#holder, result);
    const outcome = await this.#part(run, 'task.commit', write);
    const { job, task } = claim.record;
    if (outcome === 'differs') {
      this.#parts.metrics.count('shoal_nondeterminism_total', 1);
      this.#work.get(run)?.trace?.event('nondeterminism', { 'shoal.result': digest });
      this.#parts.log('error', 'nondeterminism: two attempts gave different results', {
        job,
        task,
        result: digest,
      });
    }
    if (outcome !== 'committed') return { type: 'refused', run, atMs: this.#now() };
    const { stage } = parseTaskId(task);
    this.#parts.metrics.observe('shoal_task_seconds', computeMs / 1_000, { stage });
    return { type: 'committed', run, atMs: this.#now() };
  }

  async #report({ run, claim, failure }: Of<'report'>): Promise<RunnerEvent> {
    const { store } = this.#parts.bus;
    const ms = this.#now() - (this.#work.get(run)?.claimedMs ?? this.#now());
    const done = await reportFailure(store, claim, this.#holder, failure, ms);
    return { type: done ? 'reported' : 'refused', run, atMs: this.#now() };
  }

  async #verify({ run, claim }: Of<'verify'>, emit: Emit): Promise<void> {
    const stands = await claimStands(this.#parts.bus.store, claim, this.#holder);
    if (!stands) emit({ type: 'refused', run, atMs: this.#now() });
  }

  #ended({ run, offer, outcome }: Of<'ended'>): void {
    const trace = this.#work.get(run)?.trace;
    const { metrics } = this.#parts;
    const { job, task, attempt } = offer;
    const counted = countedAs[outcome];
    if (counted !== null) {
      const { stage } = parseTaskId(task);
      metrics.count('shoal_tasks_total', 1, { stage, outcome: counted });
    }
    if (outcome === 'fenced') {
      metrics.count('shoal_commits_refused_total', 1);
      trace?.event('commit.refused', { 'shoal.attempt': attempt });
      this.#parts.log('warn', 'commit refused: another attempt was admitted', {
        job,
        task,
        attempt,
      });
    }
    if (outcome === 'lost-touch') {
      this.#parts.log('error', 'task given up: no answer from the broker', { job, task, attempt });
    }
    trace?.end(outcome);
    this.#work.delete(run);
  }

  #message(beat: Beat) {
    const { facts, role, residentBytes } = this.#parts;
    return heartbeatOf(facts, beat, {
      nonce: this.nonce,
      residentBytes: residentBytes(),
      uptimeMs: this.#now() - this.#startedMs,
      held: role.held(),
      paces: role.paces?.() ?? [],
      reports: this.#reports(),
    });
  }

  #reports(): ReadonlyMap<number, RunReport> {
    const said = ({ report, cost }: Work) => ({ round: report, ...cost.soFar() });
    return new Map([...this.#work].map(([run, work]) => [run, said(work)]));
  }

  #beat(beat: Beat): void {
    const { transport, subjects } = this.#parts.bus;
    this.#parts.role.rest(this.#now());
    const subject = subjects.heartbeat(this.#parts.facts.node);
    transport.publish(subject, encodeMessage('heartbeat', this.#message(beat)));
    this.#parts.metrics.count('shoal_messages_sent_total', 1, { kind: 'heartbeat' });
    this.#parts.metrics.set('shoal_loop_lag_seconds', beat.loopLagMs / 1_000);
  }

  #answer(reply: number, beat: Beat): void {
    const respond = this.#replies.get(reply);
    this.#replies.delete(reply);
    respond?.(encodeMessage('control-reply', { heartbeat: this.#message(beat) }));
  }
}

function newWork(): Work {
  const abort = new AbortController();
  return { trace: null, abort, progress: 0, cost: new CostMeter(), claimedMs: 0, report: null };
}

function requestOf(offer: TermOffer): TaskRequest {
  return {
    job: parseJobId(offer.job),
    ...parseTaskId(offer.task),
    plan: parseDigest(offer.plan),
    inputs: offer.input === '' ? null : parseDigest(offer.input),
  };
}

function isLinkError(error: unknown): boolean {
  return error instanceof ShoalError && linkCodes.has(error.code);
}

/** Code and message of any thrown value; a foreign error's code is its class. */
function describe(error: unknown): { code: string; message: string; family: ErrorFamily } {
  const family = familyOf(error);
  if (error instanceof CancelledError) return { code: error.code, message: error.message, family };
  if (!(error instanceof Error)) return { code: 'thrown-value', message: String(error), family };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  // Cell values must not reach records, events or logs.
  return { code, message: publicMessage(error), family };
}
