/**
 * Copies: a task that takes much longer than its like gets a second attempt on a node that has
 * nothing else to do, and whichever commits first wins.
 *
 * The record names the copy's node and nonce from the start, so it is claimed by nobody: the node
 * finds itself there. A copy is no attempt of anybody's: its failure is dropped without a word, and
 * it counts as an attempt only when it goes on in the place of one that was lost. Rounds have none,
 * since slices go to other holders instead.
 */
import { limits } from '../../schemas/limits.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { dropCopy } from '../task-runner/task-records.ts';
import { tell } from './event-chain.ts';
import { type JobState, tablesOf } from './job-state.ts';
import { freeSlots, type NodeEntry } from './node-table.ts';
import { type Outgoing, offerOf } from './offer.ts';
import { inputOf } from './phases.ts';
import { release } from './releases.ts';
import type { CoordinatorState } from './state.ts';
import { tellNotes } from './task-notes.ts';
import { type Copy, mayWrite, nextAttempt, type Task, type TaskTable } from './task-table.ts';

/** A copy that its living node does not name for so long is none. */
const unnamedMs = 6 * limits.heartbeatMs;
/** Not of the slowest tasks done: those may come from the very node that is to be helped. */
const usualShare = 0.75;

/** The copy that can go on in the place of the first attempt; null where there is none at work. */
export function standIn(state: CoordinatorState, { copy }: Task): Copy | null {
  return copy !== null && copy.namedMs !== null && isThere(state, copy) ? copy : null;
}

function isThere(state: CoordinatorState, { node, nonce }: Copy): boolean {
  const entry = state.nodes.nodes.get(node);
  return entry?.nonce === nonce && entry.verdict !== 'dead' && entry.verdict !== 'left';
}

/** The first attempt is lost: the copy is the attempt that is admitted from here on. */
export function promote(record: TaskRecord, copy: Copy): void {
  record.state = TaskState.CLAIMED;
  record.attempt = copy.attempt;
  record.promoted = copy.attempt;
  record.node = copy.node;
  record.nonce = copy.nonce;
  record.copies = Math.max(0, record.copies - 1);
  record.copy = null;
}

/** Takes in which copies the node says to be at work. */
export function noteCopies(state: CoordinatorState, node: NodeEntry): void {
  for (const { job, table, task, copy } of copiesOf(state)) {
    if (copy.nonce !== node.nonce) continue;
    const named = node.heartbeat.running.some(
      (run) => run.job === job.id && run.task === task.id && run.attempt === copy.attempt,
    );
    if (named && table.known) copy.namedMs = state.nowMs;
  }
}

function* copiesOf(
  state: CoordinatorState,
): Generator<{ job: JobState; table: TaskTable; task: Task; copy: Copy }> {
  for (const id of state.active) {
    const job = state.jobs.get(id);
    for (const table of job === undefined ? [] : tablesOf(job)) {
      for (const index of table.copied) {
        const task = table.tasks[index] as Task;
        if (job !== undefined && task.copy !== null) yield { job, table, task, copy: task.copy };
      }
    }
  }
}

/** Drops the copies of nodes that are gone, and those that nobody works on. */
export function dropDeadCopies(state: CoordinatorState): void {
  for (const { job, task, copy } of copiesOf(state)) {
    const seenMs = copy.namedMs ?? copy.sinceMs;
    const idle = state.nowMs - Math.max(seenMs, state.linkUpSinceMs) > unnamedMs;
    if (!isThere(state, copy) || idle) write(state, job, task, dropCopy);
  }
}

function write(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  change: (record: TaskRecord) => void,
): void {
  if (task.record === null || !mayWrite(task, state.me.term)) return;
  const record = records.task.decode(records.task.encode(task.record));
  change(record);
  record.term = state.me.term;
  task.writing = true;
  const { revision } = task;
  state.effects.push({ type: 'write-task', job: job.id, task: task.id, record, revision });
}

/**
 * Gives copies of slow tasks to nodes that idle after all that is pending has been offered.
 * @param nodesFor nodes that may work for the job now
 */
export function placeCopies(
  state: CoordinatorState,
  jobs: readonly JobState[],
  nodesFor: (job: JobState) => readonly NodeEntry[],
  out: Outgoing,
): void {
  for (const job of jobs) {
    const table = job.table as TaskTable;
    offerCopies(state, job, table, out);
    const most = Math.max(1, Math.floor(table.tasks.length / limits.tasksPerCopy));
    const slow = slowTasks(state, table).slice(0, Math.max(0, most - table.copied.size));
    const nodes = slow.length > 0 ? nodesFor(job) : [];
    for (const task of slow) {
      const node = idleNode(task, nodes);
      if (node === undefined || task.record === null) continue;
      node.offered += 1;
      task.copyAskedMs = state.nowMs;
      write(state, job, task, (record) => {
        record.copy = { attempt: nextAttempt(record), node: node.id, nonce: node.nonce };
        record.copies += 1;
      });
    }
  }
}

/** Offers are hints: repeated until the node names the copy. */
function offerCopies(
  state: CoordinatorState,
  job: JobState,
  table: TaskTable,
  out: Outgoing,
): void {
  for (const index of table.copied) {
    const task = table.tasks[index] as Task;
    const { copy } = task;
    if (copy === null || copy.namedMs !== null) continue;
    if (state.nowMs - copy.offeredMs < limits.offerRepeatMs) continue;
    copy.offeredMs = state.nowMs;
    const offer = offerOf(state, job, task, inputOf(job, table.stage) ?? '');
    const offers = out.get(copy.node) ?? [];
    offers.push({ ...offer, attempt: copy.attempt, copy: true });
    out.set(copy.node, offers);
  }
}

/** Claimed tasks at work for much longer than those that are done took, the oldest first. */
function slowTasks(state: CoordinatorState, table: TaskTable): Task[] {
  // Without any that is done there is nothing to be slower than.
  if (table.done === 0 || table.claimed.size === 0) return [];
  const usualMs = table.times.quantile(usualShare);
  const slowMs = Math.max(limits.copyAfterMs, limits.copyTimes * usualMs);
  const slow: Task[] = [];
  for (const index of table.claimed) {
    const task = table.tasks[index] as Task;
    const { record } = task;
    if (record === null || task.writing || task.copy !== null) continue;
    // It may be what its node died of: then a copy would cost another node, and count for nobody.
    if (record.isolated || record.losses > record.stalls) continue;
    if (record.copies >= limits.copiesMax || state.nowMs - task.claimedMs <= slowMs) continue;
    // The outcome of a write pumps again: where the store takes nothing that would never end.
    if (state.nowMs - task.copyAskedMs < limits.offerRepeatMs) continue;
    slow.push(task);
  }
  return slow.sort((a, b) => a.claimedMs - b.claimedMs || a.index - b.index);
}

function idleNode(task: Task, nodes: readonly NodeEntry[]): NodeEntry | undefined {
  const erred = new Set(task.record?.errors.map((error) => error.node));
  return nodes
    .filter((node) => node.id !== task.node && !erred.has(node.id))
    .filter((node) => node.heartbeat.copies && freeSlots(node) > 0)
    .sort((a, b) => freeSlots(b) - freeSlots(a) || (a.id < b.id ? -1 : 1))[0];
}

/** Tells of a copy once, when a record first shows it. */
export function tellCopied(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  { copy, node: owner, takenFrom, attempt: first }: TaskRecord,
): void {
  const attempt = copy?.attempt ?? 0;
  const node = copy?.node ?? '';
  if (node === '' || attempt <= task.notedAdmission) return;
  task.notedAdmission = attempt;
  task.told.admitted = attempt;
  tellNotes(state, job);
  const beside = first === attempt ? takenFrom : owner;
  tell(job, 'task-copied', `task:${task.id}`, state.wallMs, {
    task: task.id,
    attempt,
    node,
    beside,
  });
  state.effects.push({ type: 'count', counter: 'copied', by: 1, label: '' });
}

/** One of the two has committed: the other computes for nobody. */
export function stopLoser(
  state: CoordinatorState,
  job: JobState,
  task: Task,
  { attempt, copy, takenFrom }: TaskRecord,
): void {
  if (!copy?.attempt) return;
  if (copy.attempt === attempt) release(state, takenFrom, job.id, task.id, attempt - 1);
  else release(state, copy.node ?? '', job.id, task.id, copy.attempt);
}
