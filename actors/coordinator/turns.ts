/**
 * Whose turn it is: the order in which jobs are given slots, and memory for their slices.
 *
 * Priority decides, then whoever has least under way, then whoever came first. No job starves: one
 * that could be worked for and has had nothing under way for `limits.starvedMs` goes first, however
 * many of higher priority there are.
 */
import { limits } from '../../schemas/limits.ts';
import { type JobState, phase } from './job-state.ts';
import type { CoordinatorState } from './state.ts';
import type { TaskTable } from './task-table.ts';

/** Tasks that fill a slot of somebody's, or are on offer. */
export function underWay(job: JobState): number {
  return (job.table?.claimed.size ?? 0) + (job.table?.offered.size ?? 0);
}

/** What a job needs first: slots for the tasks of a stage, holders for its slices. */
function wants({ holds, table }: JobState): TaskTable | null {
  return holds ?? table;
}

/** Notes since when a job that has work to give out has had nothing under way. */
export function noteIdle(state: CoordinatorState, job: JobState): void {
  const table = wants(job);
  const idle = table?.known === true && table.claimed.size === 0 && table.done < table.tasks.length;
  if (!idle || phase(job) === 'paused') job.idleSinceMs = null;
  else job.idleSinceMs ??= state.nowMs;
}

export function starving(state: CoordinatorState, job: JobState): boolean {
  return job.idleSinceMs !== null && state.nowMs - job.idleSinceMs >= limits.starvedMs;
}

/**
 * Jobs in the order of their turns.
 * @param under what counts as having much under way; the same for all where it does not matter
 */
export function inTurn(
  state: CoordinatorState,
  jobs: readonly JobState[],
  under: (job: JobState) => number,
): JobState[] {
  return jobs.toSorted(
    (a, b) =>
      Number(starving(state, b)) - Number(starving(state, a)) ||
      b.settings.priority - a.settings.priority ||
      under(a) - under(b) ||
      Number(a.record.acceptedAtMs) - Number(b.record.acceptedAtMs) ||
      (a.id < b.id ? -1 : 1),
  );
}
