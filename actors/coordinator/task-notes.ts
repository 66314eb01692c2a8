/**
 * Tells of claims and commits: gathered into one event each, so that thousands of small tasks do
 * not cost thousands of writes.
 */
import { parseTaskId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { tell } from './event-chain.ts';
import { type JobState, type TakenNote, tablesOf } from './job-state.ts';
import { countDone, countLost } from './job-time.ts';
import type { CoordinatorState } from './state.ts';
import type { Told } from './told.ts';

export const notesPerEvent = 200;

/** Bytes of events that may wait in a record; what comes on top is told when the log took some. */
const waitingBytesMax = limits.recordMax / 4;
/** Notes that a change of phase tells at once; more are told before. */
const notesAtOnce = 2 * notesPerEvent;

function hasRoom(job: JobState): boolean {
  let bytes = 0;
  for (const { json } of job.record.outbox) bytes += json?.length ?? 0;
  return bytes < waitingBytesMax;
}

/** What the log has told of a note's task, for the job's record. */
function toldOf(job: JobState, note: { readonly task: string }): Told | undefined {
  const { stage, index } = parseTaskId(note.task);
  return tablesOf(job).find((table) => table.stage === stage)?.tasks[index]?.told;
}

/** Tells of holds and leads that went to other nodes: a node may have had thousands. */
function tellTakenNotes(state: CoordinatorState, job: JobState): void {
  while (job.taken.length > 0 && hasRoom(job)) {
    const tasks = job.taken.splice(0, notesPerEvent);
    const lost = new Set<string>();
    for (const note of tasks) {
      const told = toldOf(job, note);
      if (told !== undefined) told.admitted = Math.max(told.admitted, note.attempt);
      if (note.reason === 'moved') job.record.moves += 1;
      else job.record.reassigned += 1;
      if (note.reason !== 'moved') countLost(job, note.task, lostOnce(note, lost));
      state.effects.push({ type: 'count', counter: 'reassigned', by: 1, label: note.reason });
    }
    const [first] = tasks;
    tell(job, 'holds-reassigned', `node:${first?.from ?? ''}`, state.wallMs, { tasks });
  }
}

/** Tells what has gathered, as far as there is room; nothing when nothing has. */
export function tellNotes(state: CoordinatorState, job: JobState): void {
  tellTakenNotes(state, job);
  while (job.dispatched.length > 0 && hasRoom(job)) {
    const tasks = job.dispatched.splice(0, notesPerEvent);
    for (const note of tasks) {
      const told = toldOf(job, note);
      if (told !== undefined) told.dispatched = Math.max(told.dispatched, note.attempt);
    }
    tell(job, 'tasks-dispatched', 'claims', state.wallMs, { tasks });
  }
  const { table } = job;
  while (job.finished.length > 0 && hasRoom(job)) {
    const tasks = job.finished.splice(0, notesPerEvent);
    for (const note of tasks) {
      const told = toldOf(job, note);
      if (told !== undefined) told.done = true;
      countDone(job, note);
    }
    tell(job, 'tasks-done', 'commits', state.wallMs, {
      tasks,
      stage: table?.stage ?? null,
      done: table?.done ?? null,
      total: table?.tasks.length ?? null,
    });
  }
}

/** The round under way is lost once, however many of its slices a node held. */
function lostOnce({ from, lostMs }: TakenNote, lost: Set<string>): number {
  if (lost.has(from)) return 0;
  lost.add(from);
  return lostMs;
}

/** How much is untold. */
export function notes({ taken, dispatched, finished }: JobState): number {
  return taken.length + dispatched.length + finished.length;
}

/** Whether so much is untold that the stage should not end before the log has taken some of it. */
export function notesPile(state: CoordinatorState, job: JobState): boolean {
  const many = () => notes(job) > notesAtOnce;
  if (many()) tellNotes(state, job);
  return many();
}
