/**
 * Carries out the coordinator's effects over the ports.
 *
 * Writes of a job's record are insisted on: while the broker is away the coordinator waits, since
 * it can do nothing that counts without it. Everything else may fail: a lost hint is repeated, and
 * work on behalf of a job comes back as a setback and is tried again.
 */
import type { Learners } from '../../learners/learner.ts';
import type { Bus } from '../../runtime/bus.ts';
import { NoRespondersError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log.ts';
import type { Metrics } from '../../runtime/metrics.ts';
import type { Clock } from '../../runtime/ports/clock.ts';
import type { Delivery } from '../../runtime/ports/journal.ts';
import type { Message } from '../../runtime/ports/transport.ts';
import type { Tracer } from '../../runtime/trace.ts';
import { familyOf, ShoalError, type TerminalError } from '../../schemas/errors.ts';
import { SpecError } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { keys } from '../../schemas/subjects.ts';
import type { JobFailure, QueryError } from '../../schemas/views.ts';
import { decodeMessage, encodeMessage, records, type TaskRecord } from '../../schemas/wire.ts';
import type { Breakers } from './breakers.ts';
import { emitSpan } from './emit-span.ts';
import { verifyLead } from './fence.ts';
import { guarded } from './guarded.ts';
import { cleanJob, removeJob } from './job-removal.ts';
import { planJob, publishModel, storeInput, storePlan } from './lookup.ts';
import type { CoordinatorEffect, CoordinatorEvent } from './messages.ts';
import { publishDataset } from './predictions.ts';
import { publishEvents, storeJob } from './record-writes.ts';
import { takeSnapshot } from './snapshots.ts';
import type { Identity } from './state.ts';
import { failureOf } from './submissions.ts';

export interface PerformContext {
  readonly bus: Bus;
  readonly clock: Clock;
  readonly learners: Learners;
  readonly tracer: Tracer;
  readonly metrics: Metrics;
  readonly breakers: Breakers;
  readonly log: Log;
  readonly me: Identity;
  /** Submissions and questions that await their answer, by number. */
  readonly deliveries: Map<number, Delivery>;
  readonly replies: Map<number, Message>;
  /** Whether the lease has been renewed lately; after a pause it must be looked at first. */
  readonly mayAct: () => boolean;
  /** Whether the coordinator is being stopped: nothing is waited for any more. */
  readonly halting: () => boolean;
}

/** An event without its times, which are stamped when it is emitted. */
export type Unstamped = CoordinatorEvent extends infer E
  ? E extends CoordinatorEvent
    ? Omit<E, 'atMs' | 'wallMs'>
    : never
  : never;
export type Emit = (event: Unstamped) => void;

type Effect<T extends CoordinatorEffect['type']> = Extract<CoordinatorEffect, { type: T }>;

export async function perform(
  context: PerformContext,
  effect: CoordinatorEffect,
  emit: Emit,
): Promise<void> {
  const { bus, me } = context;
  switch (effect.type) {
    case 'store-job':
      emit({
        type: 'job-stored',
        job: effect.job,
        revision: await storeJob(context, effect, emit),
      });
      return;
    case 'publish-events':
      return publishEvents(context, effect, emit);
    case 'settle': {
      const delivery = context.deliveries.get(effect.delivery);
      context.deliveries.delete(effect.delivery);
      // The job that a submission repeats may be gone under a leader after this one.
      return context.mayAct() ? delivery?.ack() : delivery?.nak(limits.tickMs);
    }
    case 'offer': {
      const offers = { term: me.term, coordinator: me.node, offers: effect.offers };
      bus.transport.publish(bus.subjects.offers(effect.node), encodeMessage('offers', offers));
      context.metrics.count('shoal_messages_sent_total', 1, { kind: 'offers' });
      return;
    }
    case 'ask':
      return ask(context, effect, emit);
    case 'tell-node':
      return tellNode(context, effect);
    case 'write-task':
      return writeTask(context, effect, emit);
    case 'sweep':
      return sweep(bus, effect, emit);
    case 'reply':
      reply(context, effect);
      return;
    case 'remove-job':
      return answerRemoval(context, effect, emit);
    case 'snapshot':
      return answerSnapshot(context, effect);
    case 'span':
      emitSpan(context.tracer, me.cluster, effect);
      return;
    case 'log':
      context.log(effect.level, effect.message, effect.fields);
      return;
    case 'count':
      count(context.metrics, effect);
      return;
    default:
      return forJob(context, effect, emit);
  }
}

type JobWork =
  | ('plan' | 'store-plan' | 'store-input')
  | ('publish-model' | 'publish-dataset' | 'clean');

/** Work on behalf of a job: its failure is a setback of the job, never the coordinator's. */
async function forJob(context: PerformContext, effect: Effect<JobWork>, emit: Emit): Promise<void> {
  const { bus, learners, mayAct } = context;
  const { job } = effect;
  try {
    switch (effect.type) {
      case 'plan':
        emit({
          type: 'planned',
          job,
          ...(await guarded(context, 'blobs', emit, () =>
            planJob(bus, learners, effect.spec, effect.before),
          )),
        });
        return;
      case 'store-plan':
        emit(await storeFitted(context, effect, emit));
        return;
      case 'store-input':
        emit({
          type: 'input-stored',
          job,
          stage: effect.input.stage,
          digest: await guarded(context, 'blobs', emit, () => storeInput(bus, effect.input)),
          plan: effect.input.plan,
        });
        return;
      case 'publish-model':
        emit({
          type: 'model-published',
          job,
          digest: effect.digest,
          ...(await guarded(context, 'storage', emit, () => publishModel(bus, effect, mayAct))),
        });
        return;
      case 'publish-dataset':
        emit({
          type: 'dataset-published',
          job,
          ...(await guarded(context, 'storage', emit, () => publishDataset(bus, effect, mayAct))),
        });
        return;
      case 'clean':
        await cleanJob(bus, job, mayAct);
        emit({ type: 'cleaned', job });
        return;
    }
  } catch (error) {
    if (effect.type === 'plan' && error instanceof SpecError) {
      emit({ type: 'refused', job, failure: failureOf(error) });
    } else if (isLasting(effect, error)) {
      const { code, message, fix = null } = error as TerminalError;
      const type = effect.type === 'plan' ? 'refused' : 'broken';
      emit({ type, job, failure: { code, message, fix, issues: [] } });
    } else if (effect.type === 'plan' && familyOf(error) === 'bug') {
      // Of a learner, mostly. The same job would do it to the next coordinator as well.
      context.log('error', 'the job could not be planned', { job, error });
      emit({ type: 'refused', job, failure: unplanned(error) });
    } else {
      emit({
        type: 'setback',
        job,
        what: effect.type,
        message: error instanceof Error ? error.message : String(error),
      });
      if (familyOf(error) === 'bug') throw error;
    }
  }
}

async function storeFitted(
  context: PerformContext,
  { job, before, plan }: Effect<'store-plan'>,
  emit: Emit,
): Promise<Unstamped> {
  const digest = await guarded(context, 'blobs', emit, () => storePlan(context.bus, plan));
  return { type: 'plan-fitted', job, before, plan, digest };
}

function unplanned(error: unknown): JobFailure {
  const why = error instanceof Error ? error.message : String(error);
  const fix = 'the learner may be at fault: look into the log of the coordinator';
  return { code: 'planning-failed', message: `the job cannot be planned: ${why}`, fix, issues: [] };
}

/**
 * Whether trying again is of no use; what an operator can put right is tried again. A blob that is
 * damaged was read several times before it was called so.
 */
function isLasting(effect: { readonly type: string }, error: unknown): boolean {
  if (effect.type === 'clean') return false;
  const code = (error as Partial<ShoalError> | null)?.code;
  if (code === 'corrupt-blob') return true;
  if (familyOf(error) !== 'terminal') return false;
  return effect.type === 'plan' || (code !== 'denied' && code !== 'no-jetstream');
}

async function ask(context: PerformContext, effect: Effect<'ask'>, emit: Emit): Promise<void> {
  const { bus, me } = context;
  const control = encodeMessage('control', { verb: 'ping', job: '', term: me.term });
  try {
    const answer = await bus.transport.request(bus.subjects.control(effect.node), control, {
      timeoutMs: limits.askTimeoutMs,
    });
    const { heartbeat } = decodeMessage('control-reply', answer.bytes);
    if (heartbeat) emit({ type: 'heartbeat', node: effect.node, heartbeat: heartbeat as never });
  } catch (error) {
    if (!(error instanceof NoRespondersError)) throw error;
    emit({ type: 'node-gone', node: effect.node, nonce: effect.nonce });
  }
}

async function tellNode(context: PerformContext, effect: Effect<'tell-node'>): Promise<void> {
  const { bus, me } = context;
  const { verb, job, task, attempt = 0, nonce = '' } = effect;
  const about = { verb, job, task, attempt, nonce, term: me.term };
  const control = encodeMessage('control', about);
  await bus.transport.request(bus.subjects.control(effect.node), control, {
    timeoutMs: limits.requestMs,
  });
}

/**
 * Writes a task's record by compare-and-set; whoever won, the record is read back as an event. One
 * that somebody has removed is created anew.
 */
async function writeTask(
  { bus, mayAct }: PerformContext,
  effect: Effect<'write-task'>,
  emit: Emit,
): Promise<void> {
  const { job, task, record, revision } = effect;
  const { store } = bus;
  const key = `${job}.${task}`;
  const bytes = records.task.encode(record);
  const create = async () => {
    // Of a job that was removed nothing must come back by a leader that slept.
    verifyLead(mayAct, `record "${key}"`);
    return store.create('tasks', key, bytes);
  };
  try {
    const written =
      revision === 0 ? await create() : await store.update('tasks', key, bytes, revision);
    emit({ type: 'task-record', job, task, record, revision: written });
  } catch {
    const entry = await store.get('tasks', key).catch(() => null);
    if (entry === undefined) {
      const written = await create().catch(() => null);
      if (written !== null) emit({ type: 'task-record', job, task, record, revision: written });
    } else if (entry !== null) {
      emit({
        type: 'task-record',
        job,
        task,
        record: records.task.decode(entry.value),
        revision: entry.revision,
      });
    }
  } finally {
    emit({ type: 'task-written', job, task });
  }
}

/** Reads all task records of a job: what the watch may have missed, and what an earlier leader left. */
async function sweep(bus: Bus, { job, upTo }: Effect<'sweep'>, emit: Emit): Promise<void> {
  const prefix = keys.tasksOf(job);
  const found = new Set<string>();
  for (const entry of await bus.store.list('tasks', prefix)) {
    found.add(entry.key.slice(prefix.length));
    const record = readTask(entry.value);
    if (record === null) continue;
    emit({
      type: 'task-record',
      job,
      task: entry.key.slice(prefix.length),
      record,
      revision: entry.revision,
    });
  }
  emit({ type: 'swept', job, upTo, found });
}

/** Null for what is no task record that this release can read: it concerns nobody here. */
function readTask(bytes: Uint8Array): TaskRecord | null {
  try {
    return records.task.decode(bytes);
  } catch {
    return null;
  }
}

/** Whoever asked is told; without an answer the removal is begun again when the leader next looks. */
async function answerRemoval(
  context: PerformContext,
  effect: Effect<'remove-job'>,
  emit: Emit,
): Promise<void> {
  const { job } = effect;
  let error: QueryError | null = null;
  try {
    await removeJob(context.bus, job, context);
    context.metrics.count('shoal_jobs_removed_total', 1, { reason: effect.reason });
    context.log('info', 'an ended job was removed', { job, reason: effect.reason });
  } catch (thrown) {
    error = queryError(thrown);
    context.log('warn', 'an ended job was not removed yet', { job, error: thrown });
  }
  emit({ type: 'removal', job, gone: error === null });
  const value = error === null ? { removed: job } : null;
  if (effect.reply !== null) reply(context, { type: 'reply', reply: effect.reply, value, error });
}

function queryError(error: unknown): QueryError {
  const { code = 'unexpected', message } = error as { code?: string; message: string };
  const fix = error instanceof ShoalError ? error.fix : undefined;
  return { code, message, ...(fix === undefined ? {} : { fix }) };
}

async function answerSnapshot(context: PerformContext, effect: Effect<'snapshot'>): Promise<void> {
  const answer = (value: unknown, error: QueryError | null) =>
    reply(context, { type: 'reply', reply: effect.reply, value, error });
  try {
    answer(await takeSnapshot(context, effect), null);
  } catch (error) {
    answer(null, queryError(error));
  }
}

function reply(context: PerformContext, effect: Effect<'reply'>): void {
  const message = context.replies.get(effect.reply);
  context.replies.delete(effect.reply);
  const { value, error } = effect;
  const body = error === null ? { ok: true, value } : { ok: false, error };
  message?.respond(new TextEncoder().encode(JSON.stringify(body)));
}

function count(metrics: Metrics, effect: Effect<'count'>): void {
  const { by, label } = effect;
  switch (effect.counter) {
    case 'joins':
      metrics.count('shoal_nodes_joined_total', by, { role: label });
      return;
    case 'leaves':
      metrics.count('shoal_nodes_left_total', by, { role: effect.role ?? 'node', reason: label });
      return;
    case 'job-seconds':
      metrics.count('shoal_job_seconds_total', by, { part: label });
      return;
    case 'job-bytes':
      metrics.count('shoal_job_bytes_total', by, { direction: label });
      return;
    case 'reassigned':
      metrics.count('shoal_reassignments_total', by, { reason: label });
      return;
    case 'tasks-done':
      metrics.count('shoal_tasks_total', by, { stage: label, outcome: 'committed' });
      return;
    case 'refused':
      metrics.count('shoal_commits_refused_total', by);
      return;
    case 'copied':
      metrics.count('shoal_copies_total', by);
      return;
    case 'quarantined':
      metrics.count('shoal_quarantines_total', by, { role: label });
      return;
    case 'placed':
      metrics.count('shoal_placements_total', by, { data: label });
      return;
    case 'ended':
      metrics.count('shoal_jobs_total', by, { phase: label });
      return;
    case 'accepted':
      return;
  }
}
