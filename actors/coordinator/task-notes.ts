/**
 * Tells of claims and commits: gathered into one event each, so that thousands of small tasks do
 * not cost thousands of writes.
 */
import { tell } from './event-chain.ts';
import type { JobState, TaskNote } from './job-state.ts';
import type { CoordinatorState } from './state.ts';

export const notesPerEvent = 200;

/** Tells all that has gathered; nothing when nothing has. */
export function tellNotes(state: CoordinatorState, job: JobState): void {
  for (const notes of parts(job.dispatched)) {
    tell(job, 'tasks-dispatched', 'claims', state.wallMs, { tasks: notes });
  }
  const { table } = job;
  for (const notes of parts(job.finished)) {
    const stage = {
      stage: table?.stage ?? null,
      done: table?.done ?? null,
      total: table?.tasks.length ?? null,
    };
    tell(job, 'tasks-done', 'commits', state.wallMs, { tasks: notes, ...stage });
  }
  job.dispatched = [];
  job.finished = [];
}

function parts(notes: readonly TaskNote[]): TaskNote[][] {
  const count = Math.ceil(notes.length / notesPerEvent);
  return Array.from({ length: count }, (_, i) =>
    notes.slice(i * notesPerEvent, (i + 1) * notesPerEvent),
  );
}
