/**
 * The hang report: a job that has not moved for a while, with the task or round that it waits for,
 * the node that has it, and what that node says of it.
 *
 * It decides nothing: a long task is no fault. What stands still for too long is taken from its node
 * elsewhere (`stalls.ts`); this only tells people, soon, and ever more rarely while nothing changes.
 */
import { limits } from '../../schemas/limits.ts';
import type { Standstill, StillTask } from '../../schemas/views.ts';
import { tell } from './event-chain.ts';
import { type JobState, phase } from './job-state.ts';
import type { CoordinatorState } from './state.ts';
import type { Task } from './task-table.ts';

/** Tasks that a report names. */
const tasksMax = 5;
/** The next report comes after so many times the time of the last one. */
const growth = 4;

/** Takes note of what has moved, and tells when nothing has for long. */
export function watchStandstill(state: CoordinatorState, job: JobState): void {
  const { still } = job;
  const moves = Number(job.record.events) - job.quietEvents;
  if (moves !== still.moves || phase(job) === 'paused') {
    job.still = { moves, sinceMs: state.nowMs, tellAtMs: state.nowMs + limits.slowMs };
    return;
  }
  if (state.nowMs < still.tellAtMs) return;
  const forMs = state.nowMs - still.sinceMs;
  job.still = { ...still, tellAtMs: still.sinceMs + forMs * growth };
  // Whoever has no node at all says so by itself.
  if (job.stuckSinceMs !== null) return;
  const report = standstillOf(state, job);
  if (report !== null) {
    tell(job, 'slow', report.node === null ? 'coordinator' : `node:${report.node}`, state.wallMs, {
      ...report,
    });
  }
}

/** What the job has been standing still at; null while it moves, and for one that is paused. */
export function standstillOf(state: CoordinatorState, job: JobState): Standstill | null {
  const forMs = state.nowMs - job.still.sinceMs;
  if (forMs < limits.slowMs || phase(job) === 'paused' || !state.active.has(job.id)) return null;
  const seconds = Math.floor(forMs / 1_000);
  const round = openRound(job);
  const waited = round === null ? [] : slicesOf(job, round.missing);
  const tasks = (waited.length > 0 ? waited : atWork(job))
    .slice(0, tasksMax)
    .map((task) => stillTask(state, job, task));
  const [first] = tasks;
  const where = round === null ? '' : `${round.what}: `;
  const what = first === undefined ? (job.wait?.what ?? 'nothing that is known') : taskWords(first);
  return { seconds, what: `${where}${what}`, node: first?.node ?? job.wait?.node ?? null, tasks };
}

/** The longest at work first; holds wait for rounds, and are named only where a round waits for them. */
function atWork(job: JobState): Task[] {
  const { table } = job;
  const tasks = [...(table?.claimed ?? [])].map((index) => table?.tasks[index] as Task);
  return tasks.sort((a, b) => a.claimedMs - b.claimedMs);
}

function openRound(job: JobState): { what: string; missing: readonly number[] } | null {
  for (const [fit, report] of job.reports) {
    const missing = report.missing ?? [];
    if (missing.length === 0) continue;
    const name = job.plan?.fits[fit]?.name ?? String(fit);
    const seconds = Math.floor((report.openMs ?? 0) / 1_000);
    const what = `round ${(report.round ?? 0) + 1} of fit ${name}, open for ${seconds} s`;
    return { what, missing };
  }
  return null;
}

function slicesOf(job: JobState, slices: readonly number[]): Task[] {
  const holds = job.holds?.tasks ?? [];
  return slices.map((slice) => holds[slice]).filter((task): task is Task => task !== undefined);
}

function stillTask(state: CoordinatorState, job: JobState, task: Task): StillTask {
  const node = state.nodes.nodes.get(task.node);
  const running = node?.heartbeat.running.find(
    (own) => own.job === job.id && own.task === task.id && own.attempt === task.attempt,
  );
  return {
    task: task.id,
    node: task.node === '' ? null : task.node,
    attempt: task.attempt,
    seconds: task.claimedMs === 0 ? 0 : Math.floor((state.nowMs - task.claimedMs) / 1_000),
    runningMs: running === undefined ? null : (running.runningMs ?? 0),
    progress: running === undefined ? null : Number(running.progress ?? 0),
    unchangedMs: running === undefined ? null : Math.round(task.still.ms),
    queued: node?.heartbeat.queued ?? null,
    nodeState: node?.verdict ?? null,
    silentMs: node === undefined ? null : Math.round(state.nowMs - node.pulse.lastMs),
  };
}

const s = (ms: number) => `${Math.floor(ms / 1_000)} s`;

/** `task train.3 on w1 for 31 s; w1 says: running 31 s, progress 4, unchanged for 30 s, 2 queued` */
function taskWords(at: StillTask): string {
  const { task, node, seconds, runningMs, progress, unchangedMs, queued, silentMs } = at;
  if (node === null) return `${task} has no node`;
  const held = `${task} on ${node} for ${seconds} s`;
  if (runningMs === null || at.nodeState !== 'alive') {
    const state = at.nodeState === null ? 'was never heard of' : `is ${at.nodeState}`;
    const silent = silentMs === null ? '' : `, silent for ${s(silentMs)}`;
    return `${held}; ${node} ${state}${silent}, and says nothing of it`;
  }
  const still = (unchangedMs ?? 0) >= 1_000 ? `, unchanged for ${s(unchangedMs ?? 0)}` : '';
  return `${held}; ${node} says: running ${s(runningMs)}, progress ${progress}${still}, ${queued} queued`;
}
