/**
 * Puts task records back that foreign hands have removed under a job at work.
 *
 * What the leader knows of a task is its record as it was last seen, so that very record is created
 * anew: a claim that stood goes on and commits, a result counts, attempts are not counted again. It
 * is only created where nothing stands, so a list that misses a record does no harm.
 */
import type { JobId } from '../../schemas/ids.ts';
import type { Phase } from '../../schemas/views.ts';
import { type JobState, phase, tablesOf } from './job-state.ts';
import type { CoordinatorEffect } from './messages.ts';
import type { CoordinatorState } from './state.ts';
import { mayWrite, type Task } from './task-table.ts';

/** Phases in which a job needs its task records; in others they may have been removed on purpose. */
const needing: ReadonlySet<Phase> = new Set([
  ...(['preparing', 'training', 'reducing', 'evaluating', 'paused'] as const),
]);
/** Records put back at a time; the next sweep goes on. */
const restoredMax = 256;

/** Asks for all task records of the job. */
export function sweepOf(job: JobState): Extract<CoordinatorEffect, { type: 'sweep' }> {
  const newest = tablesOf(job).map((table) => table.newest);
  return { type: 'sweep', job: job.id, upTo: Math.max(0, ...newest) };
}

/**
 * All records of the job's stage that existed when it was opened are in its table now.
 * @param upTo newest revision known when the records were asked for: what is newer may be missing
 * @param found tasks that have a record
 */
export function onSwept(
  state: CoordinatorState,
  id: JobId,
  upTo: number,
  found: ReadonlySet<string>,
): void {
  const job = state.jobs.get(id);
  if (job === undefined) return;
  const tables = tablesOf(job);
  for (const table of tables) table.known = true;
  state.pumpDue = true;
  if (!needing.has(phase(job))) return;
  const gone = (task: Task) => task.record !== null && task.revision <= upTo && !found.has(task.id);
  const missing = tables
    .flatMap(({ tasks }) => tasks.filter(gone))
    .filter((task) => mayWrite(task, state.me.term))
    .slice(0, restoredMax);
  for (const task of missing) putBack(state, job, task);
  if (missing.length === 0) return;
  const message = 'task records are gone, and are written again: was something removed by hand?';
  const fields = { job: id, records: missing.length, first: missing[0]?.id };
  state.effects.push({ type: 'log', level: 'warn', message, fields });
}

function putBack(state: CoordinatorState, job: JobState, task: Task): void {
  if (task.record === null) return;
  task.writing = true;
  const { id, record } = task;
  state.effects.push({ type: 'write-task', job: job.id, task: id, record, revision: 0 });
}
