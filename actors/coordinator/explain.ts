/**
 * Why a job is where it is: what is waited for, on which node, since when.
 */
import { roleOf } from '../../schemas/job-plan.ts';
import { tell } from './event-chain.ts';
import { holdComplaint } from './holds.ts';
import { type JobState, phase } from './job-state.ts';
import { placementOf } from './offer.ts';
import { unfit } from './placement.ts';
import type { CoordinatorState } from './state.ts';

/** A job that nobody can work for is told of in an event after this long. */
const tellAfterMs = 2_000;

/** Sets the job's wait; tells of it once when it is a standstill. */
export function explain(state: CoordinatorState, job: JobState): void {
  const [what, node, stuck] = reason(state, job);
  if (job.wait?.what !== what || job.wait.node !== node) {
    job.wait = { what, node, since: new Date(state.wallMs).toISOString() };
  }
  if (!stuck) {
    job.stuckSinceMs = null;
    job.toldWait = '';
    return;
  }
  job.stuckSinceMs ??= state.nowMs;
  if (state.nowMs - job.stuckSinceMs >= tellAfterMs && job.toldWait !== what) {
    job.toldWait = what;
    tell(job, 'waiting', 'coordinator', state.wallMs, { for: what });
  }
}

type Reason = readonly [what: string, node: string | null, stuck: boolean];

function reason(state: CoordinatorState, job: JobState): Reason {
  switch (phase(job)) {
    case 'accepted':
    case 'planning':
      return ['the plan: data set and learner are being looked up', null, false];
    case 'publishing':
      return ['the model to be entered in the registry', null, false];
    case 'cancelling':
      return ['its records to be removed', null, false];
    case 'paused':
      return [`somebody to resume it: \`shoal job resume ${job.id}\``, null, false];
    default:
      return job.table === null ? ['the next stage to open', null, false] : tasksReason(state, job);
  }
}

function tasksReason(state: CoordinatorState, job: JobState): Reason {
  const { table } = job;
  if (table === null) return ['the next stage to open', null, false];
  if (table.stage === 'rounds') {
    const why = roundsReason(state, job);
    if (why !== null) return why;
  }
  const total = table.tasks.length;
  if (table.done === total) return ['the results of the stage to be fixed', null, false];
  const role = roleOf(table.stage);
  if (table.claimed.size > 0) {
    if (table.stage === 'rounds') return openRound(job);
    const [first] = table.claimed;
    const task = table.tasks[first ?? 0];
    const more = table.claimed.size > 1 ? ` and ${table.claimed.size - 1} more` : '';
    return [`task ${task?.id}${more}`, task?.node ?? null, false];
  }
  return nobodyFree(state, job, role);
}

/** What keeps rounds from going on before a leader can say so; null when nothing does. */
function roundsReason(state: CoordinatorState, job: JobState): Reason | null {
  const { holds } = job;
  if (holds === null || holds.claimed.size === holds.tasks.length) return null;
  const nobody = nobodyFree(state, job, 'worker');
  if (nobody[2]) return nobody;
  const complaint = holdComplaint(state, job);
  if (complaint !== null) return [complaint, null, true];
  const open = holds.tasks.filter((task) => task.state !== 'claimed');
  const node = open[0]?.offers[0]?.node ?? null;
  return [`slices ${some(open.map((task) => task.index))} to be held by a worker`, node, false];
}

/** A few numbers of a list. */
function some(numbers: readonly number[]): string {
  const shown = numbers.slice(0, 5).join(', ');
  return numbers.length > 5 ? `${shown} and ${numbers.length - 5} more` : shown;
}

/** The round under way, as its leader reports it. */
function openRound(job: JobState): Reason {
  for (const [fit, report] of job.reports) {
    const name = job.plan?.fits[fit]?.name ?? String(fit);
    const round = (report.round ?? 0) + 1;
    const missing = report.missing ?? [];
    if (missing.length === 0) continue;
    const seconds = Math.floor((report.openMs ?? 0) / 1000);
    const since = seconds > 0 ? `, open for ${seconds} s` : '';
    const what = `round ${round} of fit ${name}: slices ${some(missing)}${since}`;
    return [what, report.waitingFor || null, false];
  }
  const [fit] = job.reports.keys();
  const leader = job.table?.tasks.find((task) => task.state === 'claimed')?.node ?? null;
  return fit === undefined
    ? ['the rounds to be opened by an aggregator', leader, false]
    : ['rounds to close', leader, false];
}

function nobodyFree(state: CoordinatorState, job: JobState, role: string): Reason {
  const placed = placementOf(job);
  const nodes = [...state.nodes.nodes.values()];
  const complaints = placed === null ? [] : nodes.map((node) => unfit(placed, node, role));
  const fit = complaints.filter((complaint) => complaint === null).length;
  const { min } = job.settings.workers;
  if (fit === 0) {
    const specific = complaints.find((c) => c !== null && !c.endsWith('is connected'));
    const start = `no ${role} is connected: start one with \`shoal ${role}\``;
    return [specific ?? start, null, true];
  }
  if (role === 'worker' && fit < min) {
    return [`${min} workers, ${fit} can work for it now`, null, true];
  }
  if (job.table?.stage === 'rounds') return ['an aggregator to lead the rounds', null, false];
  return [`a free slot of ${fit} ${role}${fit === 1 ? '' : 's'}`, null, false];
}
