/**
 * What the leaders of rounds say in their heartbeats: kept for questions, told in events.
 *
 * Rounds may close every millisecond, so an event tells of the newest one, about once a second,
 * with its metrics and the contributions that it was made from.
 */
import { type JobId, readTaskId } from '../../schemas/ids.ts';
import type { RoundsView } from '../../schemas/views.ts';
import { tell } from './event-chain.ts';
import type { JobState } from './job-state.ts';
import { countRounds } from './locality.ts';
import type { NodeEntry } from './node-table.ts';
import type { CoordinatorState } from './state.ts';
import type { Task } from './task-table.ts';

/** Events of one job's rounds are at least this far apart. */
const tellEveryMs = 1_000;

/** Takes in the reports of a heartbeat; a node that leads no longer by the records is not heard. */
export function noteRounds(state: CoordinatorState, node: NodeEntry): void {
  for (const { job: id, task: name, attempt, round } of node.heartbeat.running) {
    const job = state.jobs.get((id ?? '') as JobId);
    const named = readTaskId(name);
    if (!round || named?.stage !== 'rounds' || job?.table?.stage !== 'rounds') continue;
    const task = job.table.tasks[named.index];
    if (task?.nonce !== node.nonce || task.attempt !== attempt) continue;
    job.reports.set(named.index, round);
  }
}

function fitName(job: JobState, fit: number): string {
  return job.plan?.fits[fit]?.name ?? String(fit);
}

/** The metrics of a report; empty where somebody sent what is no JSON object. */
function metricsOf(json: string | undefined | null): Record<string, number> {
  try {
    const parsed: unknown = JSON.parse(json || '{}');
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, number>) : {};
  } catch {
    return {};
  }
}

function known(job: JobState, fit: number): RoundsView {
  return job.result.rounds?.[fit] ?? { fit: fitName(job, fit), round: 0, ended: null, metrics: {} };
}

/** Replaces one fit's entry; the others stay. */
function setRounds(job: JobState, fit: number, view: RoundsView): void {
  const rounds = (job.plan?.fits ?? []).map((_, i) => (i === fit ? view : known(job, i)));
  job.result = { ...job.result, rounds };
}

/** Rounds that closed in all fits of the job, as far as is known. */
export function closedRounds(job: JobState): number {
  return (job.plan?.fits ?? []).reduce(
    (sum, _, fit) => sum + Math.max(job.reports.get(fit)?.round ?? 0, known(job, fit).round),
    0,
  );
}

/** Tells of rounds that closed since the last event. */
export function tellRounds(state: CoordinatorState, job: JobState): void {
  if (job.reports.size === 0 || state.nowMs - job.roundsToldMs < tellEveryMs) return;
  for (const [fit, report] of job.reports) {
    const before = known(job, fit);
    const round = report.round ?? 0;
    if (round <= before.round) continue;
    job.roundsToldMs = state.nowMs;
    countRounds(state, job, before.round, round);
    const metrics = metricsOf(report.metrics);
    setRounds(job, fit, { ...before, round, metrics });
    tell(job, 'rounds', `task:rounds.${fit}`, state.wallMs, {
      fit: before.fit,
      from: before.round,
      round,
      metrics,
      slowest: report.slowest || null,
      slowestMs: report.slowestMs ?? 0,
      inputs: inputsOf(report.inputs),
    });
  }
}

function inputsOf(json: string | undefined | null): unknown {
  try {
    return JSON.parse(json || '[]');
  } catch {
    return [];
  }
}

/** The last round of a fit was committed: how many there were, and why no more. */
export function endRounds(state: CoordinatorState, job: JobState, task: Task): void {
  const fit = task.index;
  job.reports.delete(fit);
  const note = noteOf(task.record?.note);
  const before = known(job, fit);
  const view = { ...before, ...note };
  countRounds(state, job, before.round, view.round);
  setRounds(job, fit, view);
  tell(job, 'rounds-ended', `task:${task.id}`, state.wallMs, { ...noteFields(task), ...view });
}

function noteOf(json: string | undefined): Partial<RoundsView> {
  const { rounds, ended, metrics } = metricsOf(json) as {
    rounds?: unknown;
    ended?: unknown;
    metrics?: unknown;
  };
  return {
    ...(typeof rounds === 'number' ? { round: rounds } : {}),
    ...(typeof ended === 'string' ? { ended } : {}),
    ...(typeof metrics === 'object' && metrics !== null
      ? { metrics: metrics as Record<string, number> }
      : {}),
  };
}

/** Where the time went, as the leader counted it. */
function noteFields(task: Task): Record<string, unknown> {
  const note: Record<string, unknown> = metricsOf(task.record?.note);
  const wanted = ['totalMs', 'waitMs', 'closeMs', 'bytes', 'exchangeP95Ms'];
  return Object.fromEntries(wanted.flatMap((key) => (key in note ? [[key, note[key]]] : [])));
}
