/**
 * Going on without shards: whose fault an error is, whether the job may do without the shard, and
 * what begins anew then.
 *
 * Other nodes have tried first: a shard is to blame when a task is given up for it, by law 11. The
 * job goes back to planning and all tasks begin anew under another plan. Records that belong to the
 * plan before are void, whatever they say: the next attempt is admitted, and nothing counts that was
 * computed with the shard.
 */
import { parseTaskId } from '../../schemas/ids.ts';
import { type JobPlan, shardInDataset, workOf } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import { tell } from './event-chain.ts';
import { understands } from './job-machine.ts';
import { clearPlan, type JobState, skippedOf, tablesOf } from './job-state.ts';
import { forget, noteInput, signal } from './phases.ts';
import { releaseHolds } from './releases.ts';
import type { CoordinatorState } from './state.ts';
import { tellNotes } from './task-notes.ts';
import { mayWrite, noteRecord, type Task, type TaskTable } from './task-table.ts';

const causeMax = 200;

/** Errors of the node, the link or the release: no shard is to blame for them. */
const blameless = new Set([
  ...['bad-plan', 'no-learner', 'no-task', 'no-blob', 'corrupt-blob', 'timeout', 'disconnected'],
  ...['no-responders', 'conflict', 'busy-record', 'denied', 'no-jetstream', 'cancelled', 'fenced'],
  ...['not-stored', 'storage-full', 'stream-full', 'no-stream', 'broker-fault', 'not-connected'],
  ...['layout-broken', 'cache-unwritable', 'exhausted'],
]);
/** Codes that the operating system gives: a full disk, too many files. */
const systemCode = /^E[A-Z0-9]+$/;

/** Whether the record belongs to a plan that the job has given up. */
export function isVoid({ record: { plan }, result }: JobState, record: TaskRecord): boolean {
  // Nodes of earlier releases do not say which plan they work by.
  if (record.plan === '') {
    return (result.skippedShards ?? []).length + (result.search?.steps ?? []).length > 0;
  }
  return record.plan !== plan;
}

/**
 * Admits the next attempt of a task whose record is void, under the job's plan: a claim or a result
 * of the plan before counts no more than none.
 * @returns whether the record is news
 */
export function admitAnew(
  state: CoordinatorState,
  job: JobState,
  table: TaskTable,
  index: number,
  found: TaskRecord,
  revision: number,
): boolean {
  const { attempt } = found;
  const shadow = copyOf(found);
  // As if the attempt had erred: should the write below get lost, it is made again like any other.
  const over = { node: found.node, attempt, code: 'replanned', message: '', ms: 0, path: '' };
  Object.assign(shadow, { state: TaskState.PENDING, node: '', nonce: '', errors: [over] });
  const task = noteRecord(table, index, shadow, revision, state.nowMs);
  if (task === undefined || !mayWrite(task, state.me.term)) return false;
  const record = copyOf(found);
  Object.assign(record, {
    ...{ state: TaskState.PENDING, attempt: Math.max(attempt, found.copy?.attempt ?? 0) + 1 },
    ...{ plan: job.record.plan, term: state.me.term, node: '', nonce: '', isolated: false },
    ...{ takenFrom: found.node, takenFor: 'replanned', lostMs: 0, errors: [], losses: 0 },
    ...{ result: '', resultBytes: 0, inlineResult: new Uint8Array(0), note: '', cost: null },
    ...{ copy: null, copies: 0, promoted: 0 },
  });
  // Attempts under another plan are nobody's: what counts begins with the one admitted now.
  record.moves = record.attempt - 1;
  task.writing = true;
  state.pumpDue = true;
  const { id } = task;
  state.effects.push({ type: 'write-task', job: job.id, task: id, record, revision });
  return true;
}

/** By way of bytes, so that fields of a newer version survive. */
function copyOf(record: TaskRecord): TaskRecord {
  return records.task.decode(records.task.encode(record));
}

/** The shard that a task was given up for, as the data set counts it; null where none is to blame. */
export function blamedShard(job: JobState, task: Task, record: TaskRecord): number | null {
  const { plan } = job;
  const last = record.errors.at(-1);
  if (plan === null || last === undefined) return null;
  const named = shardNamed(last.path);
  if (named !== null && named < plan.shardCount) {
    const own = record.errors.every(({ path }) => shardNamed(path) === named);
    if (own || timesNamed(job, named) >= limits.taskErrorsMax) return shardInDataset(plan, named);
  }
  const only = onlyShard(plan, task);
  const shardIsAtFault = record.errors.every(
    ({ code }) => !blameless.has(code ?? '') && !systemCode.test(code ?? ''),
  );
  return only !== null && shardIsAtFault ? shardInDataset(plan, only) : null;
}

function shardNamed(path: string | null | undefined): number | null {
  const found = /^shards\.(\d{1,6})$/.exec(path ?? '');
  return found === null ? null : Number(found[1]);
}

/** Errors of all tasks of the stage that name the shard: each may have met it on one node alone. */
function timesNamed(job: JobState, shard: number): number {
  return tablesOf(job)
    .flatMap((table) => table.tasks)
    .flatMap((task) => task.record?.errors ?? [])
    .filter(({ path }) => shardNamed(path) === shard).length;
}

/** The one shard that the task reads; null where it reads all, or none. */
function onlyShard(plan: JobPlan, task: Task): number | null {
  const { stage, index } = parseTaskId(task.id);
  const work = workOf(plan, stage, index);
  // Shards of the test data are others, and not to be done without.
  if (stage === 'score' && plan.test !== undefined) return null;
  return 'shard' in work ? work.shard : null;
}

/** How many shards the job may do without in all. */
export function skipsAllowed({ spec, plan }: JobState): number {
  if (plan === null || spec === null) return 0;
  const named = new Set(spec.withoutShards).size;
  const all = plan.shardCount + (plan.without?.length ?? 0) - named;
  // At most half of them by the schema: one is always left.
  return Math.min(limits.skippedShardsMax, Math.floor(all * (spec.skipShards ?? 0)));
}

/**
 * Sends the job back to planning without the shard.
 * @returns false where it may not do without
 */
export function skipShard(
  state: CoordinatorState,
  job: JobState,
  shard: number,
  cause: string,
): boolean {
  const skipped = skippedOf(job);
  if (skipped.length >= skipsAllowed(job)) return false;
  if (!understands(job.snapshot, { type: 'replan' })) return false;
  // A search begins anew, too: trials are compared on equal rows.
  const { rounds: _rounds, search: _search, ...result } = job.result;
  const entry = { shard, rows: null, cause: cause.slice(0, causeMax) };
  tellNotes(state, job);
  job.result = { ...result, skippedShards: [...skipped, entry] };
  forget(state, job);
  releaseHolds(state, job);
  signal(state, job, { type: 'replan' }, `shard:${shard}`);
  clearPlan(job);
  return true;
}

/** The job has been planned: tells of the shards that this plan is the first to leave out. */
export function tellSkipped(state: CoordinatorState, job: JobState): void {
  const { plan } = job;
  if (plan?.without === undefined) return;
  // A name for the manifest that is this job's own: whoever collects what nobody names spares it.
  noteInput(job, 'manifest', plan.dataset.manifest);
  const rowsOf = new Map(plan.without.map(({ shard, rows }) => [shard, rows]));
  const of = plan.shardCount + plan.without.length;
  const before = skippedOf(job);
  const now = before.map((own) => ({ ...own, rows: rowsOf.get(own.shard) ?? own.rows }));
  if (now.length > 0) job.result = { ...job.result, skippedShards: now };
  for (const [i, { shard, rows, cause: reason }] of now.entries()) {
    if (before[i]?.rows !== null) continue;
    tell(job, 'shard-skipped', `shard:${shard}`, state.wallMs, { shard, rows, reason, of });
  }
}

/** What to do about a shard that the job may not do without. */
export function shardFix(job: JobState, shard: number): string {
  const { spec } = job;
  const used = skippedOf(job).length;
  if (used > 0) return `${used} shards are left out already: import the data set again`;
  if (spec?.skipShards === undefined) {
    return `import the data set again, or let the job go on without shard ${shard}: "skipShards"`;
  }
  const all = job.plan?.shardCount ?? 0;
  return `import the data set again: "skipShards" of ${spec.skipShards} leaves out none of ${all}`;
}
