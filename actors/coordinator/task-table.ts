/**
 * The table of one stage's tasks: what the coordinator believes of each task record.
 *
 * A plain pure module, fed by the watch and by sweeps; the records are the truth and this is their
 * shadow. An older revision never overwrites a newer one, so changes may come late, twice or out
 * of order. It decides nothing.
 */
import { type JobId, type Stage, type TaskId, taskId } from '../../schemas/ids.ts';
import { type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { Durations } from '../rounds/round-stats.ts';
import { nothingTold, type Told } from './told.ts';

export interface TaskOffer {
  readonly node: string;
  readonly atMs: number;
}

export interface Task {
  readonly id: TaskId;
  readonly index: number;
  state: 'pending' | 'claimed' | 'done' | 'failed';
  /** The attempt that is admitted. */
  attempt: number;
  node: string;
  nonce: string;
  revision: number;
  record: TaskRecord | null;
  /** Offers of this attempt that have not led to a claim yet. */
  offers: TaskOffer[];
  /** A write of the coordinator's own is under way. */
  writing: boolean;
  /** What the log has told of it, as the job's record says. */
  readonly told: Told;
  /** Attempts whose admission, claim and result are noted, to be told soon. */
  notedAdmission: number;
  notedClaim: number;
  notedResult: boolean;
  claimedMs: number;
  /** Rounds closed when its node was lost last; null while none was. */
  lostAtRound: number | null;
  /** Since when its living owner no longer names it; null while it does. */
  unnamedSinceMs: number | null;
  /** What its owner's heartbeats said of its progress, and for how long it has not changed. */
  readonly still: { attempt: number; progress: number; heardMs: number; ms: number };
  /** How long it had stood still when it was last taken away for that. */
  stalledMs: number;
  /** A second attempt at work beside the one claimed; null for none. */
  copy: Copy | null;
  /** When a copy was last asked for: a write that failed is not made again at once. */
  copyAskedMs: number;
}

export interface Copy {
  readonly attempt: number;
  readonly node: string;
  readonly nonce: string;
  /** When the record was first seen to admit it, and when it was last offered to its node. */
  readonly sinceMs: number;
  offeredMs: number;
  /** When its node last named it; null before it has. */
  namedMs: number | null;
}

export interface TaskTable {
  readonly job: JobId;
  readonly stage: Stage;
  readonly tasks: Task[];
  /** Counts by state, kept with every change. */
  done: number;
  failed: number;
  /** Indexes of claimed tasks, and of those with open offers. */
  readonly claimed: Set<number>;
  readonly offered: Set<number>;
  /** Indexes of tasks whose attempt is over by an error, while no next one is admitted. */
  readonly erred: Set<number>;
  /** Indexes of tasks that have a copy at work. */
  readonly copied: Set<number>;
  /** How long the tasks that are done took to compute. */
  readonly times: Durations;
  /** False until the records that an earlier leader may have left were read: offer nothing yet. */
  known: boolean;
  /** Index below which no task is pending: where the search for work begins. */
  firstPending: number;
  /** Highest revision of a record seen so far. */
  newest: number;
}

/** @param told what the log has told, by index; nothing for a stage that opens here */
export function newTable(
  job: JobId,
  stage: Stage,
  count: number,
  known: boolean,
  told?: readonly Told[],
): TaskTable {
  const tasks = Array.from(
    { length: count },
    (_, index): Task => ({
      id: taskId(stage, index),
      index,
      state: 'pending',
      attempt: 1,
      node: '',
      nonce: '',
      revision: 0,
      record: null,
      offers: [],
      writing: false,
      told: told?.[index] ?? nothingTold(),
      notedAdmission: told?.[index]?.admitted ?? 1,
      notedClaim: told?.[index]?.dispatched ?? 0,
      notedResult: told?.[index]?.done ?? false,
      claimedMs: 0,
      lostAtRound: null,
      unnamedSinceMs: null,
      still: { attempt: 0, progress: 0, heardMs: 0, ms: 0 },
      stalledMs: 0,
      copy: null,
      copyAskedMs: Number.NEGATIVE_INFINITY,
    }),
  );
  return {
    job,
    stage,
    tasks,
    done: 0,
    failed: 0,
    claimed: new Set(),
    offered: new Set(),
    erred: new Set(),
    copied: new Set(),
    times: new Durations(),
    firstPending: 0,
    newest: 0,
    known,
  };
}

const stateNames = {
  [TaskState.PENDING]: 'pending',
  [TaskState.CLAIMED]: 'claimed',
  [TaskState.DONE]: 'done',
  [TaskState.FAILED]: 'failed',
} as const;

/** Takes in a record as read from the store; undefined when it tells nothing new. */
export function noteRecord(
  table: TaskTable,
  index: number,
  record: TaskRecord,
  revision: number,
  nowMs: number,
): Task | undefined {
  const task = table.tasks[index];
  if (task === undefined || revision <= task.revision) return undefined;
  table.newest = Math.max(table.newest, revision);
  const before = task.state;
  const after = stateNames[record.state] ?? 'pending';
  if (before === 'done') table.done -= 1;
  if (before === 'failed') table.failed -= 1;
  if (after === 'done') table.done += 1;
  if (after === 'done' && before !== 'done') table.times.add(record.computeMs);
  if (after === 'failed') table.failed += 1;
  if (after === 'claimed') table.claimed.add(index);
  else table.claimed.delete(index);
  if (after === 'claimed' && (before !== 'claimed' || task.attempt !== record.attempt)) {
    task.claimedMs = nowMs;
  }
  if (after !== 'pending' || record.attempt !== task.attempt) {
    task.offers = [];
    table.offered.delete(index);
  }
  if (after === 'pending') table.firstPending = Math.min(table.firstPending, index);
  const over = record.errors.at(-1)?.attempt === record.attempt;
  if (after === 'pending' && over) table.erred.add(index);
  else table.erred.delete(index);
  task.copy = copyIn(task, record, nowMs);
  if (task.copy === null) table.copied.delete(index);
  else table.copied.add(index);
  task.unnamedSinceMs = null;
  task.state = after;
  task.attempt = record.attempt;
  task.node = record.node;
  task.nonce = record.nonce;
  task.revision = revision;
  task.record = record;
  return task;
}

/** The copy that the record admits beside the claim; one that won is the claim itself. */
function copyIn({ copy: known }: Task, record: TaskRecord, nowMs: number): Copy | null {
  const attempt = record.copy?.attempt ?? 0;
  const node = record.copy?.node ?? '';
  const nonce = record.copy?.nonce ?? '';
  // After an error of the attempt beside it, it goes on alone.
  const erred = record.errors.at(-1)?.attempt === record.attempt;
  const open = record.state === TaskState.CLAIMED || (record.state === TaskState.PENDING && erred);
  if (!open || node === '' || attempt === record.attempt) return null;
  if (known?.attempt === attempt && known.nonce === nonce) return known;
  const never = Number.NEGATIVE_INFINITY;
  return { attempt, node, nonce, sinceMs: nowMs, offeredMs: never, namedMs: null };
}

/** The number of the attempt after all that were admitted, copies included. */
export function nextAttempt({ attempt, copy }: TaskRecord): number {
  return Math.max(attempt, copy?.attempt ?? 0) + 1;
}

/**
 * Whether a leader of this term may write the task's record now: not while a write of its own is
 * under way, and never over that of a later leader, who decides whether or not we know of it yet.
 */
export function mayWrite({ writing, record }: Task, term: number): boolean {
  return !writing && (record?.term ?? 0) <= term;
}

export function complete(table: TaskTable): boolean {
  return table.done === table.tasks.length;
}

/** Pending tasks in index order, those below `firstPending` skipped. */
export function* pendingTasks(table: TaskTable): Generator<Task> {
  const { tasks } = table;
  while (
    tasks[table.firstPending] !== undefined &&
    tasks[table.firstPending]?.state !== 'pending'
  ) {
    table.firstPending += 1;
  }
  for (let i = table.firstPending; i < tasks.length; i++) {
    const task = tasks[i] as Task;
    if (task.state === 'pending' && !task.writing) yield task;
  }
}
