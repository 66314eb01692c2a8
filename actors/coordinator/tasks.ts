/**
 * What a change of a task record means: a claim, a result, an error, a loss.
 *
 * Work counts when its commit stands in the record, nothing else. The one mechanism that gives a
 * task to somebody else is `admit`: it writes the next attempt into the record by compare-and-set,
 * after which a commit of the earlier attempt is refused wherever it comes from.
 */
import { type JobId, parseTaskId, readTaskId, type Stage } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { tell } from './event-chain.ts';
import { ended, type JobState, tablesOf } from './job-state.ts';
import { fail } from './phases.ts';
import { release } from './releases.ts';
import { endRounds } from './round-reports.ts';
import type { CoordinatorState } from './state.ts';
import { tellNotes } from './task-notes.ts';
import { type Noted, noteRecord, type Task } from './task-table.ts';

/** Takes in a task record, from the watch, a sweep or our own write. @returns whether it is news */
export function onTaskRecord(
  state: CoordinatorState,
  jobId: string,
  taskText: string,
  record: TaskRecord,
  revision: number,
): boolean {
  const job = state.jobs.get(jobId as JobId);
  if (job !== undefined && ended(job)) {
    // A claim that came too late, or what an earlier leader did not get to remove.
    const dueMs = state.nowMs + limits.taskRecordsKeptMs;
    if (!state.purges.has(job.id)) state.purges.set(job.id, dueMs);
    return false;
  }
  const task = readTaskId(taskText);
  const table = job && tablesOf(job).find(({ stage }) => stage === task?.stage);
  if (job === undefined || table === undefined || task === null) return false;
  const noted = noteRecord(table, task.index, record, revision, state.nowMs);
  if (noted === undefined) return false;
  onChange(state, job, table.stage, noted);
  return true;
}

function onChange(state: CoordinatorState, job: JobState, stage: Stage, noted: Noted): void {
  const { task } = noted;
  const record = task.record as TaskRecord;
  state.pumpDue = true;
  // A move gives the task to another node for balance, which is no attempt of anybody's.
  job.record.attemptsMax = Math.max(job.record.attemptsMax, record.attempt - record.moves);
  tellTaken(state, job, task, record);
  if (task.state === 'claimed') {
    job.dispatched.push({ task: task.id, node: task.node, attempt: task.attempt });
  } else if (task.state === 'done' && noted.before !== 'done') {
    const { computeMs: ms, result } = record;
    job.finished.push({ task: task.id, node: task.node, attempt: task.attempt, ms, result });
    state.effects.push({
      type: 'count',
      counter: 'tasks-done',
      by: 1,
      label: stage,
    });
    if (stage === 'rounds') endRounds(state, job, task);
  } else if (task.state === 'failed') {
    giveUp(state, job, task, record);
  } else if (record.errors.length > noted.errorsBefore && record.node === '') {
    onError(state, job, task, record);
  }
}

/** A node reported an error: limited to three, then the job fails with the last one. */
function onError(state: CoordinatorState, job: JobState, task: Task, record: TaskRecord): void {
  const last = record.errors.at(-1);
  tellNotes(state, job);
  tell(job, 'task-error', `task:${task.id}`, state.wallMs, {
    task: task.id,
    node: last?.node ?? '',
    attempt: last?.attempt ?? task.attempt,
    code: last?.code ?? 'unknown',
    message: last?.message ?? '',
    errors: record.errors.length,
    of: limits.taskErrorsMax,
  });
  if (record.errors.length >= limits.taskErrorsMax) {
    giveUp(state, job, task, record);
    return;
  }
  if (last?.attempt === record.attempt) admit(state, job, task, 'error');
}

function giveUp(state: CoordinatorState, job: JobState, task: Task, record: TaskRecord): void {
  const last = record.errors.at(-1);
  const poison = last?.code === 'died-in-isolation';
  fail(
    state,
    job,
    {
      code: poison ? 'poison-task' : 'task-failed',
      message: `task ${task.id} failed on attempt ${task.attempt}: ${last?.message ?? 'no cause was recorded'}`,
      fix: poison
        ? 'the task kills the process that runs it, even alone: look at its data and the learner'
        : `see the errors with \`shoal job events ${job.id}\``,
      issues: [],
    },
    `task:${task.id}`,
  );
}

/** Why a task is given to another node. */
export type TakeReason = 'error' | 'lost' | 'left' | 'moved';

/**
 * Admits the next attempt of a task. `error`: it was reported by the node; `lost`: the node died,
 * which is nobody's fault until it happens in isolation; `left`: the node went in good order;
 * `moved`: the node is well, and is told to let go of it.
 */
export function admit(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  reason: TakeReason,
): void {
  if (task.record === null || task.writing) return;
  // A copy by way of bytes: fields of a newer version survive.
  const record = records.task.decode(records.task.encode(task.record));
  record.state = TaskState.PENDING;
  record.attempt += 1;
  record.node = '';
  record.nonce = '';
  record.term = state.me.term;
  if (reason === 'lost') record.losses += 1;
  if (reason === 'moved') {
    record.moves += 1;
    release(state, task.node, job.id, task.id);
  }
  record.isolated = record.losses >= limits.taskLossesMax;
  task.writing = true;
  state.effects.push({
    type: 'write-task',
    job: job.id,
    task: task.id,
    record,
    revision: task.revision,
  });
  if (reason !== 'error') task.taking = { attempt: record.attempt, from: task.node, reason };
}

/** Tells of a task taken from its node once the record says so: a commit may have been faster. */
function tellTaken(state: CoordinatorState, job: JobState, task: Task, record: TaskRecord): void {
  const { taking } = task;
  if (taking === null || record.attempt < taking.attempt) return;
  task.taking = null;
  const moved = taking.reason === 'moved';
  if (moved) job.record.moves += 1;
  else job.record.reassigned += 1;
  tellNotes(state, job);
  tell(job, moved ? 'task-moved' : 'task-reassigned', `node:${taking.from}`, state.wallMs, {
    task: task.id,
    attempt: taking.attempt,
    from: taking.from,
    reason: taking.reason,
    isolated: record.isolated,
  });
  state.effects.push({ type: 'count', counter: 'reassigned', by: 1, label: taking.reason });
}

/** A write of ours ended, well or not; the record itself came as an event of its own. */
export function onTaskWritten(state: CoordinatorState, jobId: string, taskText: string): void {
  const job = state.jobs.get(jobId as JobId);
  const { stage, index } = parseTaskId(taskText);
  const table = job && tablesOf(job).find((own) => own.stage === stage);
  if (table === undefined) return;
  const task = table.tasks[index];
  if (task !== undefined) {
    task.writing = false;
    task.taking = null;
  }
  state.pumpDue = true;
}
