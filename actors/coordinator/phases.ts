/**
 * Drives a job through its phases: what must be under way where the job stands.
 *
 * `drive` is idempotent. It is called after every change and on every tick, so a step that was
 * lost with a crashed coordinator is simply taken again by the next one.
 */

import { BugError } from '../../schemas/errors.ts';
import { type Digest, type Stage, stages } from '../../schemas/ids.ts';
import { datasetMade, nextPass, taskCount } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobFailure, Phase } from '../../schemas/views.ts';
import { tell } from './event-chain.ts';
import { applySignal, type JobSignal, phaseOf, understands } from './job-machine.ts';
import {
  clearPlan,
  ended,
  hadOtherPlan,
  type JobState,
  phase,
  searchedOf,
  skippedOf,
} from './job-state.ts';
import { countTime, passTime, timeOf } from './job-time.ts';
import type { Replanning } from './lookup.ts';
import { sweepOf } from './missing-records.ts';
import { releaseHolds } from './releases.ts';
import { roomWanted } from './room.ts';
import { endSpans, stageSpan } from './spans.ts';
import type { CoordinatorState } from './state.ts';
import { fittedPlan, passStage } from './step-passes.ts';
import { notesPile, tellNotes } from './task-notes.ts';
import { complete, newTable, type TaskTable } from './task-table.ts';
import { decodeTold } from './told.ts';

/** A failed step is tried again after this long, doubled each time, and at most so long. */
const retryMs = 500;
const retryMaxMs = 4_000;

/** The stage whose tasks a phase runs; evaluating runs two, one after the other. */
function stageFor(job: JobState): Stage | null {
  switch (phase(job)) {
    case 'preparing':
      return passStage(job.plan, (stage) => inputOf(job, stage) !== null);
    case 'training':
      return job.plan?.rounds === undefined ? 'train' : 'rounds';
    case 'reducing':
      return 'merge';
    case 'evaluating':
      return inputOf(job, 'measure') === null ? 'score' : 'measure';
    default:
      return null;
  }
}

/** Digest that was stored for a stage, or for `model` and `measured`, its outcomes. */
export function inputOf(job: JobState, stage: string): string | null {
  return job.record.inputs.find((input) => input.stage === stage)?.digest ?? null;
}

export function noteInput(job: JobState, stage: string, digest: string): void {
  if (inputOf(job, stage) !== null) return;
  job.record.inputs.push({ stage, digest });
  job.trouble = null;
  job.dirty = true;
}

/** Applies a signal to the job's machine and tells of the change of phase. */
export function signal(
  state: CoordinatorState,
  job: JobState,
  what: JobSignal,
  cause: string,
): boolean {
  if (!understands(job.snapshot, what)) return false;
  const from = phaseOf(job.snapshot);
  job.snapshot = applySignal(job.snapshot, what);
  const to = phaseOf(job.snapshot);
  if (from === to) return true;
  job.dirty = true;
  job.trouble = null;
  tellNotes(state, job);
  // A job that comes back from a pause keeps its table, but not what was under way before.
  if (from === 'paused' && to !== 'cancelling' && !ended(job)) job.busy = null;
  else if (to !== 'paused') leave(state, job);
  tell(job, 'phase', cause, state.wallMs, { from, to });
  if (ended(job)) finish(state, job, to, cause);
  return true;
}

function leave(state: CoordinatorState, job: JobState): void {
  job.busy = null;
  job.table = null;
  releaseHolds(state, job);
}

/** Ends a job for good: its outcome as an event, its spans, its nodes told to forget it. */
function finish(state: CoordinatorState, job: JobState, to: Phase, cause: string): void {
  const { record } = job;
  record.finishedAtMs = state.wallMs;
  passTime(job, state.nowMs);
  job.table = null;
  job.holds = null;
  job.wait = null;
  state.active.delete(job.id);
  state.purges.set(job.id, state.nowMs + limits.taskRecordsKeptMs);
  if (to !== 'completed' && to !== 'cancelled' && job.result.failure === null) {
    const { code, message } = job.snapshot.context;
    job.result = {
      ...job.result,
      failure: { code: code ?? to, message: message ?? to, fix: null, issues: [] },
    };
  }
  if (to === 'failed') forget(state, job);
  // What is long stands in the job's view.
  const { failure, facts: _facts, evaluation: _fits, search: _trials, ...outcome } = job.result;
  const wished = job.wished === null ? {} : { requestedId: job.wished };
  const kind = to as 'completed' | 'failed' | 'cancelled' | 'rejected';
  const submissionSeq = Number(record.submissionSeq);
  const time = timeOf(job, state.wallMs);
  const { attemptsMax: attempts, reassigned, moves, commitsRefused } = record;
  const came = failure === null ? outcome : { error: failure, submissionSeq, ...wished };
  const counted = to === 'rejected' ? {} : { attempts, reassigned, moves, commitsRefused, time };
  tell(job, kind, cause, state.wallMs, { ...came, ...counted });
  countTime(state, time);
  state.effects.push({ type: 'count', counter: 'ended', by: 1, label: to });
  if (to !== 'rejected') endSpans(state, job, to);
  // Ended jobs are kept for days: what only work needs is not.
  job.plan = null;
  job.costs.clear();
}

/** Tells every node that may work for the job to stop. */
export function forget(state: CoordinatorState, job: JobState): void {
  for (const node of state.nodes.nodes.values()) {
    if (node.verdict === 'alive' && node.heartbeat.role !== 'coordinator') {
      state.effects.push({
        type: 'tell-node',
        node: node.id as never,
        verb: 'cancel',
        job: job.id,
        task: '',
      });
    }
  }
}

export function fail(
  state: CoordinatorState,
  job: JobState,
  failure: JobFailure,
  cause: string,
): void {
  const what: JobSignal = { type: 'fail', code: failure.code, message: failure.message };
  if (!understands(job.snapshot, what)) return;
  job.result = { ...job.result, failure };
  signal(state, job, what, cause);
}

/** What a job cannot go on without is not to be had: it ends, and says so, instead of waiting. */
function lost(what: string): JobFailure {
  return {
    code: `${what}-lost`,
    message: `the ${what} of the job is not stored any more, or is damaged`,
    fix: 'submit the job again under another id; `shoal doctor` looks at the store',
    issues: [],
  };
}

/** Sees to it that what the phase needs is under way; goes on as long as phases change. */
export function drive(state: CoordinatorState, job: JobState): void {
  for (let before: Phase | null = null; before !== phase(job) && !ended(job); ) {
    before = phase(job);
    step(state, job);
  }
}

function begin(
  state: CoordinatorState,
  job: JobState,
  what: NonNullable<JobState['busy']>,
): boolean {
  if (job.busy !== null || state.nowMs < job.busySinceMs) return false;
  job.busy = what;
  job.busySinceMs = state.nowMs;
  return true;
}

/** What was under way did not succeed: let `drive` try it again, after a longer while each time. */
export function setback(
  state: CoordinatorState,
  job: JobState,
  what: string,
  message: string,
): void {
  const tries = (job.trouble?.tries ?? 0) + 1;
  job.trouble = { what, message, tries };
  job.busy = null;
  job.busySinceMs = state.nowMs + Math.min(retryMaxMs, retryMs * 2 ** Math.min(tries - 1, 8));
}

function step(state: CoordinatorState, job: JobState): void {
  const { effects } = state;
  switch (phase(job)) {
    case 'accepted':
      if (roomWanted(state) !== null) return;
      signal(state, job, { type: 'plan' }, 'coordinator');
      return;
    case 'planning':
      if (job.spec === null) fail(state, job, lost('spec'), 'coordinator');
      else if (begin(state, job, 'planning')) {
        effects.push({
          type: 'plan',
          job: job.id,
          spec: job.spec,
          traceparent: job.record.traceparent,
          before: plannedBefore(job),
        });
      }
      return;
    case 'preparing':
      if (stageFor(job) === null) signal(state, job, { type: 'prepared' }, 'coordinator');
      else runStage(state, job);
      return;
    case 'training':
    case 'reducing':
    case 'evaluating':
      runStage(state, job);
      return;
    case 'publishing':
      publish(state, job);
      return;
    case 'cancelling':
      if (begin(state, job, 'cleaning')) {
        forget(state, job);
        effects.push({ type: 'clean', job: job.id });
      }
      return;
    default:
  }
}

/** A job that is planned anew stays with the data set and the model that it began with. */
function plannedBefore(job: JobState): Replanning {
  const skipped = skippedOf(job).map(({ shard }) => shard);
  const searched = searchedOf(job);
  const { facts } = job.result;
  if (!hadOtherPlan(job) || facts === null) {
    return { dataset: null, model: null, skipped, searched };
  }
  return { dataset: facts.dataset, model: facts.model ?? null, skipped, searched };
}

function runStage(state: CoordinatorState, job: JobState): void {
  const { plan } = job;
  const stage = stageFor(job);
  if (stage === null) throw new BugError('no-stage', `job ${job.id} runs no stage`);
  if (plan === null) {
    fail(state, job, lost('plan'), 'coordinator');
    return;
  }
  const count = taskCount(plan, stage);
  if (count === 0) {
    signal(state, job, { type: passed[stage] ?? 'evaluated' }, 'coordinator');
    return;
  }
  if (job.table?.stage !== stage) {
    // What is not told yet belongs to the stage that ends here.
    tellNotes(state, job);
    job.table = openTable(job, stage, count);
    job.holds = stage === 'rounds' ? openTable(job, 'hold', taskCount(plan, 'hold')) : null;
    job.restored = false;
    job.stuckSinceMs = null;
    job.stageSinceMs = state.wallMs;
    state.pumpDue = true;
    if (!job.table.known) state.effects.push(sweepOf(job));
    return;
  }
  if (complete(job.table) && !notesPile(state, job)) close(state, job, stage);
}

/** What a stage without tasks comes to. */
const passed: { readonly [stage in Stage]?: 'trained' | 'reduced' | 'evaluated' } = {
  ...{ train: 'trained', rounds: 'trained', merge: 'reduced' },
  ...{ score: 'evaluated', measure: 'evaluated' },
};

/** A table of the stage's tasks; a restored job's log may have told of some already. */
function openTable(job: JobState, stage: Stage, count: number): TaskTable {
  const told = job.restored ? job.record.told.find((own) => own.stage === stage) : undefined;
  const known = told === undefined ? undefined : decodeTold(told.runs ?? [], count);
  // Records of an earlier plan may be there, too.
  const fresh = !job.restored && !hadOtherPlan(job);
  return newTable(job.id, stage, count, fresh, known);
}

/** All tasks of the stage are done: fix its results as the next stage's input. */
function close(state: CoordinatorState, job: JobState, stage: Stage): void {
  if (job.busy !== null) return;
  const results = (job.table?.tasks ?? []).map((task) => task.record?.result ?? '');
  if (stage === 'merge') noteInput(job, 'model', results.at(-1) ?? '');
  if (stage === 'measure') {
    stageSpan(state, job, stage);
    noteInput(job, 'measured', results[0] ?? '');
    if (!stepOn(state, job)) signal(state, job, { type: 'evaluated' }, 'stage:measure');
    return;
  }
  if (job.plan !== null && nextPass(job.plan)?.fit === stage) {
    if (!begin(state, job, 'fitting')) return;
    stageSpan(state, job, stage);
    const plan = fittedPlan(job.plan, results);
    state.effects.push({ type: 'store-plan', job: job.id, before: job.record.plan, plan });
    return;
  }
  const next = stage === 'train' ? 'merge' : (stages[stages.indexOf(stage) + 1] as Stage);
  if (inputOf(job, next) !== null) {
    if (stage === 'train' || stage === 'rounds')
      signal(state, job, { type: 'trained' }, `stage:${stage}`);
    else if (stage === 'merge') signal(state, job, { type: 'reduced' }, 'stage:merge');
    else runStage(state, job);
    return;
  }
  if (begin(state, job, 'input')) {
    stageSpan(state, job, stage);
    state.effects.push({
      type: 'store-input',
      job: job.id,
      input: { stage: next, plan: job.record.plan, results, inline: inlineResults(job) },
    });
  }
}

/** A step of a search was measured: what it came to decides the next one, which is planned anew. */
function stepOn(state: CoordinatorState, job: JobState): boolean {
  const measured = inputOf(job, 'measured');
  if (!job.plan?.search?.trials.length || job.result.search === undefined) return false;
  const { rounds: _rounds, ...result } = job.result;
  const steps = [...searchedOf(job), measured as Digest];
  job.result = { ...result, search: { ...job.result.search, steps } };
  tellNotes(state, job);
  signal(state, job, { type: 'replan' }, 'stage:measure');
  clearPlan(job);
  return true;
}

/** Results that stand in the records themselves. */
function inlineResults(job: JobState): ReadonlyMap<string, Uint8Array> {
  const found = new Map<string, Uint8Array>();
  for (const { record } of job.table?.tasks ?? []) {
    if (record !== null && record.inlineResult.length > 0)
      found.set(record.result, record.inlineResult);
  }
  return found;
}

function publish(state: CoordinatorState, job: JobState): void {
  const { plan, spec } = job;
  const made = plan === null ? null : datasetMade(plan);
  if (made !== null) {
    publishPredictions(state, job, made || job.id);
    return;
  }
  const digest = inputOf(job, 'model');
  if (plan === null || spec === null || digest === null) {
    fail(state, job, lost(plan === null ? 'plan' : 'model'), 'coordinator');
    return;
  }
  if (!begin(state, job, 'publishing')) return;
  state.effects.push({
    type: 'publish-model',
    job: job.id,
    name: spec.model ?? job.id,
    plan,
    digest,
    measured: inputOf(job, 'measured'),
    spec,
    wallMs: Number(job.record.acceptedAtMs),
    skipped: skippedOf(job),
  });
}

function publishPredictions(state: CoordinatorState, job: JobState, name: string): void {
  const manifest = inputOf(job, 'measured');
  if (manifest === null) {
    fail(state, job, lost('predictions'), 'coordinator');
    return;
  }
  if (!begin(state, job, 'publishing')) return;
  const wallMs = Number(job.record.acceptedAtMs);
  state.effects.push({ type: 'publish-dataset', job: job.id, name, manifest, wallMs });
}
