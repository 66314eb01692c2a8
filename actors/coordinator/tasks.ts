/**
 * What a change of a task record means: a claim, a result, an error, a loss.
 *
 * Work counts when its commit stands in the record, nothing else. The one mechanism that gives a
 * task to somebody else is `admit`: it writes the next attempt into the record by compare-and-set,
 * after which a commit of the earlier attempt is refused wherever it comes from.
 */
import { type JobId, parseTaskId, readTaskId, type Stage } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { promote, standIn, stopLoser, tellCopied } from './copies.ts';
import { noteHeeded } from './deafness.ts';
import { tell } from './event-chain.ts';
import { ended, type JobState, tablesOf } from './job-state.ts';
import { costOf, countLead, countLost, lostMsOf, roundTimesOf } from './job-time.ts';
import { countClaim } from './locality.ts';
import { fail } from './phases.ts';
import { noteDone, noteError } from './quarantine.ts';
import { release } from './releases.ts';
import { closedRounds, endRounds } from './round-reports.ts';
import { admitAnew, blamedShard, isVoid, shardFix, skipShard } from './skipped-shards.ts';
import type { CoordinatorState } from './state.ts';
import { tellNotes } from './task-notes.ts';
import { mayWrite, nextAttempt, noteRecord, type Task } from './task-table.ts';

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
  if (isVoid(job, record)) return admitAnew(state, job, table, task.index, record, revision);
  const noted = noteRecord(table, task.index, record, revision, state.nowMs);
  if (noted === undefined) return false;
  onChange(state, job, table.stage, noted, record);
  return true;
}

function onChange(
  state: CoordinatorState,
  job: JobState,
  stage: Stage,
  task: Task,
  record: TaskRecord,
): void {
  state.pumpDue = true;
  // A move gives the task to another node for balance, and a copy is made of what is at work well:
  // neither is an attempt of anybody's.
  const attempts = record.attempt - record.moves - record.copies;
  job.record.attemptsMax = Math.max(job.record.attemptsMax, attempts);
  tellCopied(state, job, task, record);
  const promoted = record.promoted === record.attempt && task.notedClaim < record.attempt;
  if (!promoted) tellTaken(state, job, task, record);
  const { id, node, attempt } = task;
  const taken = task.state === 'claimed' || task.state === 'done';
  if (taken && task.notedClaim < attempt) {
    task.notedClaim = attempt;
    const table = tablesOf(job).find((own) => own.stage === stage);
    if (table !== undefined) noteHeeded(state.nodes.nodes.get(node), table);
    job.dispatched.push({ task: id, node, attempt });
    countClaim(state, job, stage, task);
  }
  // Its admission was told when it was a copy: that it stands in for another goes with its claim.
  if (promoted) {
    task.notedAdmission = attempt - 1;
    tellTaken(state, job, task, record);
  }
  if (task.state === 'done' && !task.notedResult) {
    task.notedResult = true;
    stopLoser(state, job, task, record);
    noteDone(state, record);
    const { computeMs: ms, result } = record;
    const rounds = stage === 'rounds' ? { rounds: roundTimesOf(record) } : {};
    job.finished.push({ task: id, node, attempt, ms, result, ...costOf(record), ...rounds });
    state.effects.push({ type: 'count', counter: 'tasks-done', by: 1, label: stage });
    if (stage === 'rounds') endRounds(state, job, task);
  }
  if (task.state === 'failed') giveUp(state, job, task, record);
  else if (record.errors.length > task.told.errors && record.node === '')
    onError(state, job, task, record);
}

/** A node reported an error: limited to three, then the job fails with the last one. */
function onError(state: CoordinatorState, job: JobState, task: Task, record: TaskRecord): void {
  const last = record.errors.at(-1);
  noteError(state, last?.node ?? '');
  tellNotes(state, job);
  task.told.errors = record.errors.length;
  countLost(job, task.id, last?.ms || state.nowMs - task.claimedMs);
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
  const hung = last?.code === 'hung-in-isolation';
  const poison = hung || last?.code === 'died-in-isolation';
  const shard = blamedShard(job, task, record);
  const cause = last?.message ?? 'no cause was recorded';
  if (shard !== null && skipShard(state, job, shard, cause)) return;
  fail(
    state,
    job,
    {
      code: poison ? 'poison-task' : 'task-failed',
      message: `task ${task.id} failed on attempt ${task.attempt}: ${cause}`,
      fix: poison
        ? `the task ${hung ? 'hangs' : 'kills the process that runs it'}, even alone: look at its data and the learner`
        : shard !== null
          ? shardFix(job, shard)
          : `see the errors with \`shoal job events ${job.id}\``,
      issues: [],
    },
    `task:${task.id}`,
  );
}

/** Why a task is given to another node. */
export type TakeReason = 'error' | 'lost' | 'left' | 'moved' | 'stalled';

/**
 * Admits the next attempt of a task, or the copy in its place. `error`: it was reported by the node;
 * `lost`: the node died, which is nobody's fault until it happens in isolation; `left`: the node went
 * in good order; `moved`: the node is well, and is told to let go of it; `stalled`: so it is, but
 * nothing moves there, which counts like a loss.
 */
export function admit(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  reason: TakeReason,
): void {
  if (task.record === null || !mayWrite(task, state.me.term)) return;
  // A copy by way of bytes: fields of a newer version survive.
  const record = records.task.decode(records.task.encode(task.record));
  record.takenFrom = record.node;
  record.takenFor = reason;
  record.lostMs = reason === 'error' ? 0 : lostMsOf(job, task, state.nowMs);
  record.term = state.me.term;
  const copy = standIn(state, task);
  if (copy !== null) promote(record, copy);
  else {
    record.state = TaskState.PENDING;
    record.attempt = nextAttempt(record);
    record.node = '';
    record.nonce = '';
    record.copy = null;
  }
  if (reason === 'lost' || reason === 'stalled') blame(job, task, record, reason);
  if (reason === 'moved') record.moves += 1;
  if (reason === 'moved' || reason === 'stalled')
    release(state, task.node, job.id, task.id, task.attempt);
  // A copy that goes on shares its process: what becomes of it is no verdict yet.
  record.isolated = copy === null && record.losses >= limits.taskLossesMax;
  task.writing = true;
  state.effects.push({
    type: 'write-task',
    job: job.id,
    task: task.id,
    record,
    revision: task.revision,
  });
}

/** Counts a loss, and a standstill as one; of rounds that went on since the last, from the start. */
function blame(job: JobState, task: Task, record: TaskRecord, reason: 'lost' | 'stalled'): void {
  const before = record.losses;
  record.losses = lossesWith(job, task);
  if (record.losses <= before) record.stalls = 0;
  if (reason === 'stalled') record.stalls += 1;
}

/**
 * Losses with one more. A task that lasts as long as rounds do is blamed for deaths in one and the
 * same round only: it may outlive any number of nodes while the rounds go on.
 */
function lossesWith(job: JobState, task: Task): number {
  const losses = task.record?.losses ?? 0;
  if (!lasts(parseTaskId(task.id).stage)) return losses + 1;
  const closed = closedRounds(job);
  const went = task.lostAtRound === null || closed > task.lostAtRound;
  task.lostAtRound = closed;
  return went ? 1 : losses + 1;
}

/** Tells of a task taken from its node once the record says so: a commit may have been faster. */
function tellTaken(state: CoordinatorState, job: JobState, task: Task, record: TaskRecord): void {
  const { attempt, takenFrom: from, takenFor: reason, isolated } = record;
  if (attempt <= task.notedAdmission) return;
  task.notedAdmission = attempt;
  if (reason === 'replanned' || reason === 'copied') {
    task.told.admitted = attempt;
    return;
  }
  if (lasts(parseTaskId(task.id).stage) && reason !== 'error' && reason !== '') {
    job.taken.push({ task: task.id, attempt, from, reason, lostMs: record.lostMs });
    if (parseTaskId(task.id).stage === 'rounds') countLead(job, task.index);
    return;
  }
  task.told.admitted = attempt;
  // Errors are told as such; records of an earlier release do not say why.
  if (reason === 'error' || reason === '') return;
  job.record.reassigned += 1;
  countLost(job, task.id, record.lostMs);
  tellNotes(state, job);
  const stood = Math.round((task.stalledMs || record.lostMs) / 1000);
  const seconds = reason === 'stalled' ? { seconds: stood } : {};
  const fields = {
    task: task.id,
    attempt,
    from,
    reason,
    isolated,
    lostMs: record.lostMs,
    ...seconds,
  };
  tell(job, 'task-reassigned', `node:${from}`, state.wallMs, fields);
  state.effects.push({ type: 'count', counter: 'reassigned', by: 1, label: reason });
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
  }
  state.pumpDue = true;
}
