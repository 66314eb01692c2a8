/**
 * A node that runs tasks, from start to stop: subscriptions, ticks and the host around its actor.
 *
 * Sessions on the bus are only hints and questions here: offers, control requests, changes of the
 * link. The heartbeat is sent at the first tick, so a node is known within a quarter of a second.
 */
import type { Learners } from '../../learners/learner.ts';
import type { Bus } from '../../runtime/bus.ts';
import { Host } from '../../runtime/host.ts';
import type { Log } from '../../runtime/log.ts';
import { Metrics } from '../../runtime/metrics.ts';
import type { Clock, Timer } from '../../runtime/ports/clock.ts';
import type { Compute } from '../../runtime/ports/compute.ts';
import type { Random } from '../../runtime/ports/random.ts';
import type { Message, Subscription } from '../../runtime/ports/transport.ts';
import { noTracer, type Tracer } from '../../runtime/trace.ts';
import {
  type NodeId,
  parseDigest,
  parseJobId,
  parseTaskId,
  type Stage,
} from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { preprocessName, preprocessNumerics } from '../../schemas/preprocess.ts';
import { decodeMessage } from '../../schemas/wire.ts';
import { CopySweeper } from './copy-sweeper.ts';
import type { RunnerEffect } from './effects.ts';
import type { RunnerEvent, TermOffer } from './events.ts';
import type { Role } from './role.ts';
import type { RunnerState } from './state.ts';
import { TaskRunner } from './task-runner.ts';

export interface NodeOptions {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly random: Random;
  readonly compute: Compute;
  readonly node: NodeId;
  readonly slots: number;
  /** Memory that the node may use, in bytes: which jobs it can take, and how much it keeps. */
  readonly memoryBytes: number;
  readonly learners: Learners;
  readonly log: Log;
  readonly labels?: Readonly<Record<string, string>>;
  readonly tracer?: Tracer;
  readonly metrics?: Metrics;
  /** For people: name of the machine, process id, release. */
  readonly host?: string;
  readonly pid?: number;
  readonly version?: string;
  readonly residentBytes?: () => number;
}

export interface RunningNode {
  readonly node: NodeId;
  /** Boot nonce; a new one after a crash of the actor. */
  readonly nonce: string;
  /** Resolves when a drain is over and the last heartbeat is sent; rejects when the actor is lost. */
  readonly drained: Promise<void>;
  /** Takes no more offers, finishes what runs, leaves. Safe to call more than once. */
  drain(reason?: string): void;
  /** Stops at once: running work is aborted, nothing more is sent. */
  stop(): Promise<void>;
}

export function startNode(options: NodeOptions, role: Role): RunningNode {
  const { bus, clock, log, metrics = new Metrics() } = options;
  const runner = new TaskRunner({
    bus,
    clock,
    random: options.random,
    log,
    metrics,
    tracer: options.tracer ?? noTracer,
    role,
    residentBytes: options.residentBytes ?? (() => 0),
    facts: {
      node: options.node,
      role: role.name,
      slots: options.slots,
      memoryBytes: options.memoryBytes,
      learners: announced(options.learners),
      labels: options.labels ?? {},
      host: options.host ?? '',
      pid: options.pid ?? 0,
      version: options.version ?? '',
    },
  });
  const host = new Host<RunnerState, RunnerEvent, RunnerEffect>(runner, { clock, log });
  const look = role.sweep === undefined ? undefined : () => role.sweep?.() ?? Promise.resolve();
  const sweeper = new CopySweeper(look, clock, log);
  const subscriptions = listen({ ...options, metrics }, role.stages, runner, host.emit, sweeper);
  let timer: Timer | null = null;
  let stopped = false;
  const tick = () => {
    host.emit({ type: 'tick', atMs: clock.nowMs(), progress: runner.progress() });
    sweeper.tick(bus.transport.connected());
    if (!stopped) timer = clock.after(limits.tickMs, tick);
  };
  tick();
  bus.onLink((state) => {
    if (!stopped) {
      metrics.count('shoal_link_changes_total', 1, { state });
      host.emit({ type: 'link', atMs: clock.nowMs(), connected: state === 'connected' });
    }
  });
  const lost = host.stopped.then(() => {
    if (!stopped) throw new Error('the actor ended without a drain');
  });
  const drained = Promise.race([runner.drained, lost]);
  drained.catch(() => {});
  return {
    node: options.node,
    get nonce() {
      return runner.nonce;
    },
    drained,
    drain(reason = 'asked to drain') {
      host.emit({ type: 'drain', atMs: clock.nowMs(), reason });
    },
    async stop() {
      stopped = true;
      timer?.cancel();
      for (const subscription of subscriptions) subscription.unsubscribe();
      runner.abortAll();
      role.stop?.();
      await host.stop();
    },
  };
}

function listen(
  options: NodeOptions & { readonly metrics: Metrics },
  stages: readonly Stage[],
  runner: TaskRunner,
  emit: (event: RunnerEvent) => void,
  sweeper: CopySweeper,
): Subscription[] {
  const { bus, clock, log, metrics, node } = options;
  const guarded = (kind: string, handle: (message: Message) => void) => (message: Message) => {
    metrics.count('shoal_messages_received_total', 1, { kind });
    try {
      handle(message);
    } catch (error) {
      metrics.count('shoal_messages_refused_total', 1, { reason: 'bad-message' });
      log('warn', 'message dropped', { subject: message.subject, error });
    }
  };
  const offers = guarded('offers', (message) => {
    emit({ type: 'offers', atMs: clock.nowMs(), offers: offersIn(message, stages) });
  });
  const control = guarded('control', (message) => {
    const { verb, job, task, term, attempt, nonce } = decodeMessage('control', message.bytes);
    const atMs = clock.nowMs();
    if (verb === 'cancel') emit({ type: 'cancel', atMs, job, term });
    else if (verb === 'release') emit({ type: 'release', atMs, job, task, term, attempt });
    else if (verb === 'withdraw') emit({ type: 'withdraw', atMs, job });
    else if (verb === 'drain' || verb === 'close') emit({ type: 'drain', atMs, reason: verb });
    else if (verb === 'sweep') sweeper.sweep();
    else if (verb === 'replaced') {
      if (nonce !== runner.nonce) return;
      log('error', 'another process runs under this name: this one leaves', {
        fix: 'give each process a name of its own with --name',
      });
      emit({ type: 'drain', atMs, reason: verb });
    } else if (verb !== 'ping') log('warn', 'unknown control request', { verb });
    emit({ type: 'ping', atMs, reply: runner.keepReply((bytes) => message.respond(bytes)) });
  });
  const { transport, subjects } = bus;
  return [
    transport.subscribe(subjects.offers(node), offers),
    transport.subscribe(subjects.control(node), control),
  ];
}

/** What the node can run: learners, and the steps before training. */
function announced(learners: Learners): string[] {
  const own = [...learners.values()].map(({ name, numerics }) => `${name}@${numerics}`);
  return [...own, `${preprocessName}@${preprocessNumerics}`];
}

/** The offers of a message that this role can take. @throws TerminalError on a malformed one */
function offersIn(message: Message, stages: readonly Stage[]): TermOffer[] {
  const { term, offers } = decodeMessage('offers', message.bytes);
  return offers.flatMap((offer) => {
    const { stage } = parseTaskId(offer.task ?? '');
    if (!stages.includes(stage)) return [];
    return {
      term,
      job: parseJobId(offer.job ?? ''),
      task: offer.task ?? '',
      attempt: offer.attempt ?? 0,
      plan: parseDigest(offer.plan ?? ''),
      input: offer.input ? parseDigest(offer.input) : '',
      isolated: offer.isolated ?? false,
      priority: offer.priority ?? 0,
      traceparent: offer.traceparent ?? '',
      ...(offer.copy === true ? { copy: true } : {}),
    };
  });
}
