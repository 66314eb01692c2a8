/**
 * Locality: how often work was done where its data was in memory already.
 *
 * A task, or a slice that somebody begins to hold, counts once when it is claimed; each further round
 * counts every slice as found where it was. Kept in the job's record, so it goes on with a new leader.
 */
import type { Stage } from '../../schemas/ids.ts';
import type { JobState } from './job-state.ts';
import { placementOf } from './offer.ts';
import { isLocal } from './placement.ts';
import type { CoordinatorState } from './state.ts';
import type { Task } from './task-table.ts';

/** Stages that read rows. */
const reading: ReadonlySet<Stage> = new Set([
  ...(['prepare', 'prepare2', 'prepare3', 'train', 'hold', 'score'] as const),
]);

function count(state: CoordinatorState, job: JobState, found: number, fetched: number): void {
  job.record.placedLocal = Number(job.record.placedLocal) + found;
  job.record.placedRemote = Number(job.record.placedRemote) + fetched;
  const counter = 'placed';
  if (found > 0) state.effects.push({ type: 'count', counter, by: found, label: 'local' });
  if (fetched > 0) state.effects.push({ type: 'count', counter, by: fetched, label: 'fetched' });
}

/** A node has claimed the task. */
export function countClaim(state: CoordinatorState, job: JobState, stage: Stage, task: Task): void {
  const placed = placementOf(job);
  const node = state.nodes.nodes.get(task.node);
  if (placed === null || node === undefined || !reading.has(stage)) return;
  const local = isLocal(placed, node);
  count(state, job, Number(local), Number(!local));
}

/** Rounds of a fit have closed; the first of them is that of the claims. */
export function countRounds(
  state: CoordinatorState,
  job: JobState,
  from: number,
  to: number,
): void {
  const rounds = Math.max(0, to - Math.max(1, from));
  count(state, job, rounds * (job.holds?.tasks.length ?? 0), 0);
}
