/**
 * The coordinator's step: one event in, effects out, nothing else touched.
 *
 * `step` only dispatches; each handler has its own file. `flush` closes a batch: it offers what
 * can be offered, tells what was claimed and finished, and seals the records that changed, so that
 * a burst of task changes costs one write a job.
 */

import type { JobId } from '../../schemas/ids.ts';
import { datasetMade, type JobPlan, taskCount } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import { onControl, onDrain, onSet, onSnapshot } from './controls.ts';
import { published, tell, unpublished } from './event-chain.ts';
import { explainAll, onRecovered } from './explain.ts';
import type { JobFacts, JobState } from './job-state.ts';
import { ended, hadOtherPlan, phase, restoreJob, sealRecord } from './job-state.ts';
import { passTime } from './job-time.ts';
import { onKeeping } from './keeping.ts';
import type { CoordinatorEffect, CoordinatorEvent } from './messages.ts';
import { onSwept, sweepOf } from './missing-records.ts';
import { judge, onEcho, onHeartbeat, onNodeGone } from './nodes.ts';
import { pump } from './offers.ts';
import { drive, fail, noteInput, setback, signal } from './phases.ts';
import { retire } from './retention.ts';
import { tellRounds } from './round-reports.ts';
import { noteSearch, stepTold } from './searches.ts';
import { tellSkipped } from './skipped-shards.ts';
import { planSpan } from './spans.ts';
import { watchStandstill } from './standstill.ts';
import type { CoordinatorState } from './state.ts';
import { onPlanFitted } from './step-passes.ts';
import { onSubmission } from './submissions.ts';
import { notes, notesPerEvent, tellNotes } from './task-notes.ts';
import { onTaskRecord, onTaskWritten } from './tasks.ts';

/** Time used up is stored at least this often: what a new leader may forget of it. */
const budgetStoredMs = 5_000;
/** How long claims and commits are gathered before they are told in one event. */
const gatherMs = 100;

export function step(
  state: CoordinatorState,
  event: CoordinatorEvent,
): { state: CoordinatorState; effects: CoordinatorEffect[] } {
  state.nowMs = event.atMs;
  state.wallMs = event.wallMs;
  state.effects = [];
  // What a deposed leader believes was never stored: it must not act on it, nor tell of it.
  if (!state.deposed) handle(state, event);
  const effects = state.effects;
  state.effects = [];
  return { state, effects };
}

function handle(state: CoordinatorState, event: CoordinatorEvent): void {
  switch (event.type) {
    case 'tick':
      onTick(state);
      return;
    case 'submission':
      onSubmission(state, event.submission);
      state.effects.push({ type: 'settle', delivery: event.delivery });
      return;
    case 'heartbeat':
      onHeartbeat(state, event.node, event.heartbeat);
      return;
    case 'echo':
      onEcho(state);
      return;
    case 'node-gone':
      onNodeGone(state, event.node, event.nonce);
      return;
    case 'task-record':
      // A sweep tells of all tasks again: only news moves the job.
      if (onTaskRecord(state, event.job, event.task, event.record, event.revision))
        driveJob(state, event.job);
      return;
    case 'task-written':
      onTaskWritten(state, event.job, event.task);
      return;
    case 'control':
      onControl(state, event.verb, event.job, event.reply);
      return;
    case 'set':
      onSet(state, event.job, event.change, event.reply);
      return;
    case 'drain':
      onDrain(state, event.node, event.reply);
      return;
    case 'snapshot':
      onSnapshot(state, event.job, event.reply);
      return;
    case 'close':
      onClose(state);
      return;
    case 'swept':
      onSwept(state, event.job, event.upTo, event.found);
      return;
    case 'job-found':
      // Of a later leader: what would be written from here on under this term is its to write.
      if (Number(event.record.term) > state.me.term) state.conflicted = true;
      else onFound(state, restoreJob(event.record, event.revision, event.plan, state.nowMs));
      return;
    case 'remove':
    case 'removal':
    case 'leftovers':
    case 'storage':
    case 'purge':
      onKeeping(state, event);
      return;
    case 'recovered':
      onRecovered(state, event);
      return;
    case 'job-conflict':
      state.conflicted = true;
      return;
    default:
      onOutcome(state, event);
  }
}

/**
 * A leader that woke from a pause may have accepted a submission before it knew that it leads no
 * longer; whoever leads now takes the job on as if it had been there from the start.
 */
function onFound(state: CoordinatorState, job: JobState): void {
  if (state.jobs.has(job.id)) return;
  state.jobs.set(job.id, job);
  if (!ended(job)) state.active.add(job.id);
  driveJob(state, job.id);
}

type Outcome = Extract<
  CoordinatorEvent,
  {
    type:
      | 'planned'
      | 'refused'
      | 'setback'
      | 'broken'
      | 'plan-fitted'
      | 'input-stored'
      | 'model-published'
      | 'dataset-published'
      | 'cleaned'
      | 'job-stored'
      | 'events-published';
  }
>;

/** The outcome of an effect that was started earlier; the job may have moved on since. */
function onOutcome(state: CoordinatorState, event: Outcome): void {
  const job = state.jobs.get(event.job);
  if (job === undefined) return;
  switch (event.type) {
    case 'job-stored':
      job.revision = event.revision;
      return;
    case 'events-published':
      published(job, event.n);
      // The last write of an ended job says that nothing is left to publish.
      if (ended(job) && job.record.outbox.length === 0) job.dirty = true;
      return;
    case 'setback':
      setback(state, job, event.what, event.message);
      state.effects.push({
        type: 'log',
        level: 'warn',
        message: 'tried again in a moment',
        fields: { job: job.id, what: event.what, reason: event.message },
      });
      return;
    case 'broken':
      fail(state, job, event.failure, 'coordinator');
      return;
    case 'planned':
      if (phase(job) !== 'planning') return;
      job.plan = event.plan;
      job.record.plan = event.digest;
      job.result = { ...job.result, facts: factsOf(event.plan) };
      planSpan(state, job);
      tellSkipped(state, job);
      if (event.search !== undefined) noteSearch(state, job, event.search);
      tell(job, 'planned', 'coordinator', state.wallMs, planned(job));
      signal(state, job, { type: 'planned' }, 'plan');
      break;
    case 'refused':
      if (phase(job) !== 'planning') return;
      if (hadOtherPlan(job)) {
        fail(state, job, event.failure, 'plan');
        return;
      }
      job.result = { ...job.result, failure: event.failure };
      signal(
        state,
        job,
        { type: 'reject', code: event.failure.code, message: event.failure.message },
        'plan',
      );
      return;
    case 'plan-fitted':
      onPlanFitted(job, event);
      break;
    case 'input-stored':
      if (job.table === null || event.plan !== job.record.plan) return;
      job.busy = null;
      noteInput(job, event.stage, event.digest);
      break;
    case 'model-published':
    case 'dataset-published':
      onPublished(state, job, event);
      return;
    case 'cleaned':
      signal(state, job, { type: 'cleaned' }, 'coordinator');
      return;
  }
  drive(state, job);
}

type Published = Extract<Outcome, { type: 'model-published' | 'dataset-published' }>;

function onPublished(state: CoordinatorState, job: JobState, event: Published): void {
  if (phase(job) !== 'publishing') return;
  const { wallMs } = state;
  if (event.type === 'dataset-published') {
    const { dataset, digest } = event;
    job.result = { ...job.result, output: dataset, digest };
    tell(job, 'published', 'coordinator', wallMs, { dataset, digest });
    signal(state, job, { type: 'published' }, `dataset:${dataset}`);
    return;
  }
  const { model, digest, metrics, evaluation = null } = event;
  job.result = {
    ...{ ...job.result, model, digest, metrics: metrics ?? clusterMetrics(job) },
    ...(evaluation === null ? {} : { evaluation }),
  };
  if (metrics !== null) tell(job, 'evaluated', 'stage:measure', wallMs, { metrics });
  tell(job, 'published', 'coordinator', wallMs, { model, digest });
  signal(state, job, { type: 'published' }, `model:${model}`);
}

/** Clusters are measured by the rounds themselves: there is no target to score against. */
function clusterMetrics(job: JobState): Readonly<Record<string, unknown>> | null {
  if (job.plan?.kind !== 'clustering') return null;
  return job.result.rounds?.at(-1)?.metrics ?? null;
}

function factsOf(plan: JobPlan): JobFacts {
  return {
    dataset: `${plan.dataset.name}@${plan.dataset.version}`,
    task: plan.kind,
    shards: plan.shardCount,
    ...(datasetMade(plan) === null
      ? { tasks: plan.fits.reduce((sum, fit) => sum + fit.tasks, 0) }
      : { tasks: taskCount(plan, 'score') }),
    ...(plan.predict === undefined ? {} : { model: plan.predict.name }),
  };
}

/** Of the fits of a search the first are named in an event. */
const fitsToldMax = 64;

function planned(job: JobState): Readonly<Record<string, unknown>> {
  const { plan } = job;
  if (plan === null) return {};
  return {
    dataset: `${plan.dataset.name}@${plan.dataset.version}`,
    task: plan.kind,
    ...(plan.predict === undefined ? {} : { predict: plan.predict.name }),
    algorithm: `${plan.learner}@${plan.numerics}`,
    params: plan.params,
    features: plan.features.length,
    rows: plan.rowCount,
    shards: plan.shardCount,
    fits: plan.fits.slice(0, fitsToldMax).map((fit) => ({ name: fit.name, tasks: fit.tasks })),
    ...stepTold(plan),
    ...(plan.without === undefined ? {} : { without: plan.without.map(({ shard }) => shard) }),
    plan: job.record.plan,
  };
}

function driveJob(state: CoordinatorState, id: string): void {
  const job = state.jobs.get(id as JobId);
  if (job !== undefined && !ended(job) && phase(job) !== 'paused') drive(state, job);
}

function onTick(state: CoordinatorState): void {
  judge(state);
  const sweepDue = state.nowMs - state.sweepAtMs >= limits.sweepMs;
  if (sweepDue) {
    state.sweepAtMs = state.nowMs;
    republish(state);
    purgeEnded(state);
    retire(state);
  }
  for (const id of [...state.active]) {
    const job = state.jobs.get(id) as JobState;
    elapse(state, job);
    driveJob(state, id);
    if (sweepDue && job.table !== null) state.effects.push(sweepOf(job));
    tellRounds(state, job);
  }
  if (state.active.size > 0) state.busyMs = state.nowMs;
  // Offers that led to nothing are made again, so the pump runs on every tick.
  state.pumpDue = true;
}

/** Counts time against the job's budget, a second at a time. */
function elapse(state: CoordinatorState, job: JobState): void {
  const ms = state.nowMs - job.elapsedAtMs;
  if (ms < 1_000) return;
  job.elapsedAtMs = state.nowMs;
  const spans = () => Math.floor(job.snapshot.context.usedMs / budgetStoredMs);
  const before = spans();
  const { deadline } = job.settings;
  const limitMs = deadline === null ? null : deadline * 1000;
  signal(state, job, { type: 'elapse', ms, limitMs }, 'deadline');
  // Without a deadline nothing depends on it yet: it is stored with whatever comes next.
  if (deadline !== null && spans() !== before) job.dirty = true;
}

/** Removes what ended jobs, and claims that came after their end, have left. */
function purgeEnded(state: CoordinatorState): void {
  for (const [job, dueMs] of state.purges) {
    if (dueMs > state.nowMs) continue;
    state.purges.delete(job);
    if (!state.active.has(job)) state.effects.push({ type: 'clean', job });
  }
}

/** Events that could not be published when their record was written are published again. */
function republish(state: CoordinatorState): void {
  for (const job of state.jobs.values()) {
    if (job.record.outbox.length === 0 || job.dirty || job.revision === 0) continue;
    state.effects.push({ type: 'publish-events', job: job.id, events: unpublished(job) });
  }
}

function onClose(state: CoordinatorState): void {
  for (const node of state.nodes.nodes.values()) {
    if (node.verdict !== 'alive' || node.heartbeat.role === 'coordinator') continue;
    state.effects.push({
      type: 'tell-node',
      node: node.id as never,
      verb: 'close',
      job: '',
      task: '',
    });
  }
}

/** Ends a batch: what follows from the changed tables, then the changed records. */
export function flush(state: CoordinatorState): CoordinatorEffect[] {
  state.effects = [];
  if (state.deposed) return [];
  if (state.pumpDue) pump(state);
  explainAll(state);
  for (const job of state.jobs.values()) {
    if (state.active.has(job.id)) {
      passTime(job, state.nowMs);
      tellTasks(state, job);
      watchStandstill(state, job);
    }
    if (job.dirty) seal(state, job);
  }
  const effects = state.effects;
  state.effects = [];
  // Not before: what this batch has taken in is written down before it is acknowledged.
  if (state.conflicted) state.deposed = true;
  return effects;
}

/** Tells claims and commits: at once when little happens, gathered when much does. */
function tellTasks(state: CoordinatorState, job: JobState): void {
  if (notes(job) === 0) return;
  // While the log takes nothing, the record must not grow with what waits for it.
  if (job.record.outbox.length >= limits.outboxMax / 2) return;
  const waited = state.nowMs - job.flushedMs >= gatherMs;
  const full = job.dispatched.length >= notesPerEvent || job.finished.length >= notesPerEvent;
  if (!waited && !full && !job.dirty) return;
  job.flushedMs = state.nowMs;
  tellNotes(state, job);
}

function seal(state: CoordinatorState, job: JobState): void {
  job.dirty = false;
  const events = unpublished(job);
  state.effects.push({
    type: 'store-job',
    job: job.id,
    bytes: sealRecord(job, state.me.term),
    revision: job.revision,
  });
  if (events.length > 0) state.effects.push({ type: 'publish-events', job: job.id, events });
}
