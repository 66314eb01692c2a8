/**
 * Leads the rounds of one fit: carries out what `RoundLead` decides, on the bus and on threads.
 *
 * Each outcome comes back as an event. Only what has to be had before the first round (the record,
 * the first state) is waited for with an error; from then on whatever fails is asked for again by
 * the rounds themselves. The state is put by beside the rounds, which never wait for it.
 */
import { CancelledError } from '../../runtime/errors.ts';
import type { Timer } from '../../runtime/ports/clock.ts';
import type { ComputeOptions } from '../../runtime/ports/compute.ts';
import type { Message, Subscription } from '../../runtime/ports/transport.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { decodeMessage, encodeMessage } from '../../schemas/wire.ts';
import type { TaskContext, TaskOutcome } from '../task-runner/role.ts';
import type { JobBytes } from '../task-runner/thread-jobs.ts';
import {
  isOfPlan,
  type LeadEffect,
  type LeadEvent,
  type LeadPlace,
  type OpenState,
} from './lead-events.ts';
import { boundedMetrics } from './lead-report.ts';
import { readReady } from './messages.ts';
import { pullBytes } from './pull-bytes.ts';
import type { BeginInput, CloseInput, CloseOutput, OpenedState } from './round-functions.ts';
import { RoundLead } from './round-lead.ts';
import { type RoundNode, roundOver } from './round-node.ts';
import { encodeRoundResult } from './round-result.ts';
import { RoundStates } from './round-states.ts';
import type { RoundShare } from './share-table.ts';

type Of<T extends LeadEffect['type']> = Extract<LeadEffect, { type: T }>;
/** An event without its time, which is that of its being heard. */
type Told<T = LeadEvent> = T extends unknown ? Omit<T, 'atMs'> : never;

const reduceMs = 4 * limits.requestMs;

/** Leads from the first state, or from where an earlier leader got to, to the last. */
export function leadRounds(
  node: RoundNode,
  place: LeadPlace,
  job: JobBytes,
  context: TaskContext,
): Promise<TaskOutcome> {
  return new RoundLeader(node, place, job, context).run();
}

class RoundLeader {
  readonly #node: RoundNode;
  readonly #place: LeadPlace;
  readonly #job: JobBytes;
  readonly #context: TaskContext;
  readonly #lead: RoundLead;
  readonly #states: RoundStates;
  readonly #done = Promise.withResolvers<TaskOutcome>();
  /** Ends what is under way for the round under way; a new one for each round. */
  #round = new AbortController();
  #timer: Timer | null = null;
  #reporting: Timer | null = null;
  #keptState = '';
  /** Memory of sums that are closed, for those of the next round. */
  #spare: Uint8Array[] = [];
  #over = false;
  #checkpoint: Promise<void> = Promise.resolve();

  constructor(node: RoundNode, place: LeadPlace, job: JobBytes, context: TaskContext) {
    this.#node = node;
    this.#place = place;
    this.#job = job;
    this.#context = context;
    this.#lead = new RoundLead(place);
    this.#states = new RoundStates(node.bus.store, node.clock, place);
    // An order to let go may come before anybody waits for the outcome.
    this.#done.promise.catch(() => {});
  }

  async run(): Promise<TaskOutcome> {
    const { bus, kept } = this.#node;
    const { job, fit } = this.#place;
    const abort = () => void this.#aborted();
    this.#context.signal.addEventListener('abort', abort, { once: true });
    let subscription: Subscription | null = null;
    try {
      if (this.#context.signal.aborted) throw new CancelledError('the lead of rounds');
      kept.open(this, this.#place.node);
      subscription = bus.transport.subscribe(bus.subjects.roundReady(job, fit, '*'), (message) =>
        this.#heard(message),
      );
      const recovered = await this.#states.claim();
      if (recovered === null) throw fenced(this.#place);
      this.#tell({ type: 'recovered', ...recovered });
      this.#report();
      return await this.#done.promise;
    } finally {
      this.#over = true;
      this.#context.signal.removeEventListener('abort', abort);
      subscription?.unsubscribe();
      this.#timer?.cancel();
      this.#reporting?.cancel();
      this.#round.abort(roundOver);
      kept.close(this);
      await this.#checkpoint;
    }
  }

  /** A drain leaves the state to the next leader. */
  async #aborted(): Promise<void> {
    const { state, metrics } = this.#lead;
    const reason: unknown = this.#context.signal.reason;
    const going = this.#over;
    this.#over = true;
    this.#round.abort(roundOver);
    if (!going && state?.bytes && (reason === 'draining' || reason === 'released')) {
      await this.#checkpoint;
      await this.#states.put(state, state.bytes, metrics).catch((error: unknown) => {
        this.#node.log('debug', 'state not put by', { error });
      });
    }
    this.#done.reject(new CancelledError('the lead of rounds'));
  }

  #heard(message: Message): void {
    try {
      const ready = readReady(message);
      // One that has not let go of another plan yet; a holder of an earlier release does not say.
      if (isOfPlan(this.#place, ready.plan)) {
        this.#tell({ type: 'ready', message: ready });
      } else this.#node.metrics.count('shoal_round_refusals_total', 1, { reason: 'other-plan' });
    } catch (error) {
      this.#node.log('warn', 'message dropped', { subject: message.subject, error });
    }
  }

  #tell(told: Told): void {
    if (this.#over) return;
    const event = { ...told, atMs: this.#node.clock.nowMs() } as LeadEvent;
    const { mark } = this.#lead;
    const effects = this.#lead.step(event);
    if (this.#lead.mark !== mark) this.#context.moved();
    for (const effect of effects) this.#perform(effect);
    this.#setTimer();
  }

  #setTimer(): void {
    const { dueMs } = this.#lead;
    this.#timer?.cancel();
    this.#timer = null;
    if (dueMs === null || this.#over) return;
    const { clock } = this.#node;
    // Whole milliseconds: what is due is not to be missed by a fraction.
    this.#timer = clock.after(Math.max(0, Math.ceil(dueMs - clock.nowMs())), () => {
      this.#tell({ type: 'tick' });
    });
  }

  /** Before every heartbeat. */
  #report(): void {
    const { clock } = this.#node;
    this.#context.report(this.#lead.report(clock.nowMs()));
    this.#reporting = clock.after(limits.tickMs, () => this.#report());
  }

  #perform(effect: LeadEffect): void {
    switch (effect.type) {
      case 'probe':
        this.#publish({ probe: true });
        break;
      case 'begin':
        this.#guarded(this.#begin());
        break;
      case 'load':
        this.#guarded(this.#states.load().then((state) => this.#tell({ type: 'state', state })));
        break;
      case 'fetch':
        void this.#fetch(effect.state);
        break;
      case 'open':
        this.#open(effect);
        break;
      case 'abandon':
        this.#newRound();
        break;
      case 'pull':
        void this.#pull(effect.share);
        break;
      case 'reduce':
        void this.#reduce(effect);
        break;
      case 'close':
        this.#guarded(this.#close(effect));
        break;
      case 'checkpoint':
        this.#checkpoint = this.#putBy(effect);
        break;
      case 'finish':
        this.#finish(effect);
        break;
      case 'round':
        this.#node.metrics.count('shoal_rounds_total', 1);
        this.#node.metrics.observe('shoal_round_seconds', effect.ms / 1_000);
        break;
      case 'refused':
        this.#node.metrics.count('shoal_round_refusals_total', effect.count, {
          reason: effect.reason,
        });
        break;
      case 'alarm':
        this.#alarm(effect);
        break;
      case 'stop':
        this.#done.reject(fenced(this.#place));
    }
  }

  /** What cannot be asked for again ends the lead with its error. */
  #guarded(work: Promise<void>): void {
    work.catch((error: unknown) => {
      this.#over = true;
      this.#done.reject(error);
    });
  }

  #publish(open: object): void {
    const { bus } = this.#node;
    const { job, fit, attempt, node, nonce, plan } = this.#place;
    const subject = bus.subjects.roundOpen(job, fit, node);
    const message = { job, fit, attempt, node, nonce, plan, ...open };
    bus.transport.publish(subject, encodeMessage('round-open', message));
  }

  async #begin(): Promise<void> {
    const input: BeginInput = { job: this.#job, fit: this.#place.fit };
    const begun = this.#node.compute.run('begin-rounds', input, this.#computing());
    const { state: bytes, sha256: digest } = (await begun) as OpenedState;
    const state = { round: 0, digest, size: bytes.length, bytes, nodes: [] };
    this.#tell({ type: 'state', state });
  }

  #computing(): ComputeOptions {
    const { isolated, signal, spend } = this.#context;
    return { signal, isolated, urgent: true, onCpu: (cpuMs) => spend({ cpuMs }) };
  }

  async #fetch(state: OpenState): Promise<void> {
    const sources = state.nodes.map(parseNodeId);
    const wanted = { digest: state.digest, size: state.size };
    try {
      const bytes = await pullBytes(this.#node.bus, wanted, {
        signal: this.#round.signal,
        sources: () => sources,
        onBytes: (bytes) => this.#came(bytes, 'state'),
      });
      this.#tell({ type: 'state', state: { ...state, bytes } });
    } catch (error) {
      this.#node.log('info', 'state of a holder not to be had', { round: state.round, error });
      this.#tell({ type: 'state', state: null });
    }
  }

  #came(bytes: number, what: string): void {
    this.#node.metrics.count('shoal_round_bytes_pulled_total', bytes, { what });
    this.#context.moved();
  }

  #newRound(): void {
    this.#round.abort(roundOver);
    this.#round = new AbortController();
  }

  #open({ state, sources }: Of<'open'>): void {
    const { kept } = this.#node;
    const { round, digest, size, bytes } = state;
    if (digest !== this.#keptState && bytes !== null) {
      this.#newRound();
      kept.drop(this, this.#keptState);
      kept.keep(this, digest, bytes);
      this.#keptState = digest;
    }
    const inline = size <= limits.inlineRoundMax ? { inline: bytes } : {};
    this.#publish({ round, state: digest, size, sources: [...sources], ...inline });
  }

  async #pull(share: RoundShare): Promise<void> {
    const { state } = this.#lead;
    if (state === null) return;
    const sources = [parseNodeId(share.node)];
    const wanted = { digest: share.sha256, size: share.size };
    let bytes: Uint8Array | null = null;
    try {
      bytes = await pullBytes(this.#node.bus, wanted, {
        signal: this.#round.signal,
        sources: () => sources,
        onBytes: (size) => this.#came(size, 'share'),
        into: this.#takeSpare(share.size),
      });
    } catch (error) {
      this.#node.log('debug', 'share not pulled', { node: share.node, error });
    }
    this.#tell({ type: 'pulled', state, share, bytes });
  }

  async #reduce({ group, state }: Of<'reduce'>): Promise<void> {
    const { bus } = this.#node;
    const { job, fit, attempt } = this.#place;
    const places = group.shares.map(({ node, from, to, size, sha256, attempts }) => ({
      node,
      share: { first: from, count: to - from, size, sha256, attempts: [...attempts] },
    }));
    const asked = { job, fit, attempt, round: state.round, state: state.digest, places };
    let share = null;
    try {
      const subject = bus.subjects.reduce(parseNodeId(group.node));
      const bytes = encodeMessage('reduce', asked);
      const answer = await bus.transport.request(subject, bytes, { timeoutMs: reduceMs });
      const reply = decodeMessage('reduce-reply', answer.bytes);
      share = reply.error === '' ? (reply.share ?? null) : null;
    } catch (error) {
      this.#node.log('debug', 'shares not summed', { node: group.node, error });
    }
    this.#tell({ type: 'reduced', state, group, share });
  }

  async #close({ state, parts }: Of<'close'>): Promise<void> {
    const input: CloseInput = {
      ...{ job: this.#job, fit: this.#place.fit, round: state.round },
      state: state.bytes as Uint8Array,
      parts: parts.map(({ from, to, bytes }) => ({ from, to, bytes })),
    };
    const closed = (await this.#node.compute.run('close-round', input, {
      ...this.#computing(),
      onProgress: () => this.#context.moved(),
    })) as CloseOutput;
    const { state: bytes, sha256: digest, ended, metrics } = closed;
    this.#spare = parts.map((part) => part.bytes).filter(isShared);
    this.#tell({ type: 'closed', next: { digest, size: bytes.length, bytes }, ended, metrics });
  }

  #takeSpare(size: number): Uint8Array | undefined {
    const at = this.#spare.findIndex((bytes) => bytes.length === size);
    return at < 0 ? undefined : this.#spare.splice(at, 1)[0];
  }

  async #putBy({ state, metrics }: Of<'checkpoint'>): Promise<void> {
    let round: number | null = null;
    try {
      const ours = await this.#states.put(state, state.bytes as Uint8Array, metrics);
      if (!ours) return this.#tell({ type: 'fenced' });
      round = state.round;
    } catch (error) {
      this.#node.log('info', 'state not put by', { round: state.round, error });
    }
    this.#tell({ type: 'checkpointed', round });
  }

  #finish({ state, ended, metrics }: Of<'finish'>): void {
    const { stats } = this.#lead;
    const { fit } = this.#place;
    const rounds = state.round;
    const bytes = encodeRoundResult({ state: state.bytes as Uint8Array, rounds, ended, metrics });
    const note = JSON.stringify({
      fit,
      rounds,
      ended,
      metrics: boundedMetrics(metrics),
      waitMs: Math.round(stats.waitMs),
      closeMs: Math.round(stats.closeMs),
      slowestMs: Math.round(stats.slowestTotalMs),
      totalMs: Math.round(stats.totalMs),
      bytes: stats.bytes,
      exchangeP95Ms: stats.exchangeP95Ms,
    });
    this.#context.report(this.#lead.report(this.#node.clock.nowMs()));
    this.#done.resolve({ bytes, note });
  }

  #alarm({ first, second }: Of<'alarm'>): void {
    this.#node.metrics.count('shoal_nondeterminism_total', 1);
    const { job, fit } = this.#place;
    this.#node.log('error', 'nondeterminism: two nodes gave different sums of the same slices', {
      job,
      fit,
      round: this.#lead.state?.round ?? 0,
      first: { node: first.node, from: first.from, to: first.to, sha256: first.sha256 },
      second: { node: second.node, sha256: second.sha256 },
    });
  }
}

function isShared(bytes: Uint8Array): boolean {
  return bytes.buffer instanceof SharedArrayBuffer;
}

function fenced({ job, fit, attempt }: LeadPlace): TerminalError {
  const what = `attempt ${attempt} of the lead of fit ${fit} of job "${job}"`;
  return new TerminalError('fenced', `${what} was replaced by a later one`);
}
