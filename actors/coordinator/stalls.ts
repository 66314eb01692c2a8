/**
 * Standstill: a task that its living node names, beat after beat, and that does not move.
 *
 * Only time in which the node was heard counts, so a frozen process or a cut link is never taken
 * for a hung thread. The verdict may be wrong: a computation that says nothing of its progress is
 * given twice the time after each, and is called poison only after very long, alone in a process.
 */
import { type JobId, readTaskId } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import { records, TaskState } from '../../schemas/wire.ts';
import { type JobState, phase, tablesOf } from './job-state.ts';
import type { NodeEntry } from './node-table.ts';
import type { CoordinatorState } from './state.ts';
import { mayWrite, type Task, type TaskTable } from './task-table.ts';
import { admit } from './tasks.ts';

type Running = NodeEntry['heartbeat']['running'][number];

/** A task that a heartbeat names and the records give to its sender. */
interface Named {
  readonly job: JobState;
  readonly table: TaskTable;
  readonly task: Task;
  readonly running: Running;
}

/** Takes in a heartbeat: whatever stands still for too long is taken from the node. */
export function judgeProgress(state: CoordinatorState, node: NodeEntry): void {
  const computing = onThreads(node);
  for (const running of node.heartbeat.running) {
    const named = find(state, node, running);
    if (named === null) continue;
    const { job, table, task } = named;
    const counts = lasts(table.stage)
      ? isWaitedFor(state, named, node)
      : computing.has(running) && phase(job) !== 'paused';
    note(task, running, counts, state.nowMs);
    if (task.still.ms >= stalledAfterMs(state, job, table, task)) take(state, job, task, node);
  }
}

function find(state: CoordinatorState, node: NodeEntry, running: Running): Named | null {
  const job = state.jobs.get((running.job ?? '') as JobId);
  const named = readTaskId(running.task ?? '');
  const table = job && tablesOf(job).find(({ stage }) => stage === named?.stage);
  const task = table?.tasks[named?.index ?? -1];
  if (job === undefined || table?.known !== true || task?.state !== 'claimed') return null;
  const ours = task.nonce === node.nonce && task.attempt === running.attempt;
  return ours && !task.writing ? { job, table, task, running } : null;
}

/**
 * The tasks that have a thread: a node may claim a few more than it has slots, and those wait behind
 * the others, which is no standstill of theirs.
 */
function onThreads({ heartbeat }: NodeEntry): ReadonlySet<Running> {
  const slotted = heartbeat.running.filter(({ task }) => {
    const stage = readTaskId(task ?? '')?.stage;
    return stage !== undefined && !lasts(stage);
  });
  const begun = ({ progress }: Running) => Number(Number(progress ?? 0) > 0);
  return new Set(
    slotted
      .sort((a, b) => begun(b) - begun(a) || (b.runningMs ?? 0) - (a.runningMs ?? 0))
      .slice(0, Math.max(1, heartbeat.slots)),
  );
}

/**
 * Whether the rounds wait for this node: for a slice that it holds, or for the leader itself, who
 * has all contributions. Holds and leads that wait for somebody else may stand still for ever.
 */
function isWaitedFor(
  state: CoordinatorState,
  { job, table, task, running }: Named,
  node: NodeEntry,
): boolean {
  const { holds } = job;
  if (holds === null || holds.claimed.size < holds.tasks.length) return false;
  if (phase(job) === 'paused') return false;
  if (table.stage === 'rounds') return (running.round?.missing ?? []).length === 0;
  const { nodes } = state.nodes;
  for (const index of job.table?.claimed ?? []) {
    const lead = job.table?.tasks[index];
    const leader = nodes.get(lead?.node ?? '');
    const report = leader?.heartbeat.running.find(
      (other) => other.job === job.id && other.task === lead?.id && other.attempt === lead?.attempt,
    )?.round;
    if (leader?.verdict !== 'alive' || !report) continue;
    if ((report.missing ?? []).includes(task.index)) return true;
    // Only the first few slices that are missing are named, and all nodes that hold one of those.
    if ((report.waitingFor ?? '').split(', ').includes(node.id)) return true;
  }
  return false;
}

/** Counts the time since the last beat, as long as nothing has moved since. */
function note(task: Task, running: Running, counts: boolean, nowMs: number): void {
  const { still } = task;
  const progress = Number(running.progress ?? 0);
  const begun = still.attempt === task.attempt;
  const moved = begun ? still.progress !== progress : progress > 0;
  const sinceMs = begun ? still.heardMs : task.claimedMs;
  const gapMs = Math.min(nowMs - sinceMs, 2 * limits.heartbeatMs);
  still.ms = moved || !counts ? 0 : (begun ? still.ms : 0) + gapMs;
  still.attempt = task.attempt;
  still.progress = progress;
  still.heardMs = nowMs;
}

/** How long the task may stand still: longer where its like takes long, twice after each verdict. */
export function stalledAfterMs(
  state: CoordinatorState,
  job: JobState,
  table: TaskTable,
  task: Task,
): number {
  const usualMs = lasts(table.stage)
    ? Math.max(0, ...[...job.reports.values()].map((report) => report.roundP95Ms ?? 0))
    : table.times.quantile(0.95);
  const base = Math.max(state.stalledAfterMs, limits.stalledTimes * usualMs);
  const stalls = task.record?.stalls ?? 0;
  if (task.record?.isolated !== true) return base * 2 ** Math.min(stalls, 10);
  const most = Math.min(Math.max(stalls, limits.taskLossesMax), 10);
  return base * 2 ** most * limits.stalledAloneTimes;
}

function take(state: CoordinatorState, job: JobState, task: Task, node: NodeEntry): void {
  const seconds = Math.round(task.still.ms / 1000);
  task.stalledMs = task.still.ms;
  task.still.ms = 0;
  state.effects.push({
    type: 'log',
    level: 'warn',
    message: 'task stands still',
    fields: { peer: node.id, task: task.id, job: job.id, attempt: task.attempt, seconds },
  });
  if (lasts(readTaskId(task.id)?.stage ?? 'train')) {
    node.shunnedUntilMs = state.nowMs + limits.quarantineMs;
  }
  if (task.record?.isolated === true) condemn(state, job, task, node, seconds);
  else admit(state, job, task, 'stalled');
}

/** It hung alone as well, and for very long: that is poison, like a death there. */
function condemn(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  node: NodeEntry,
  seconds: number,
): void {
  if (task.record === null || !mayWrite(task, state.me.term)) return;
  const record = records.task.decode(records.task.encode(task.record));
  const message =
    `it reported no progress for ${seconds} s, alone in a process of its own, and was killed: ` +
    'let the learner call progress, or raise --stalled-after';
  const error = { node: node.id, attempt: task.attempt, code: 'hung-in-isolation', message };
  record.errors = [...record.errors, error];
  record.state = TaskState.FAILED;
  record.node = '';
  record.nonce = '';
  record.term = state.me.term;
  task.writing = true;
  const { revision } = task;
  state.effects.push({ type: 'write-task', job: job.id, task: task.id, record, revision });
}
