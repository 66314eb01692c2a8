/**
 * Claim, commit and report: the three writes of a task's record, each by compare-and-set.
 *
 * The fence is attempt, node and nonce in the record's value; the revision only makes the write
 * atomic. Each function may be called again after an outcome stayed unknown and finds out from the
 * record what became of the time before. Records are decoded, changed and encoded again, so fields
 * of a newer version survive. Errors of the link are thrown as they are.
 */
import { ConflictError } from '../../runtime/errors.ts';
import type { Store } from '../../runtime/ports/store.ts';
import { RetryableError } from '../../schemas/errors.ts';
import type { shoal } from '../../schemas/generated/shoal.js';
import type { JobId, TaskId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { keys } from '../../schemas/subjects.ts';
import { records, type TaskRecord, TaskState } from '../../schemas/wire.ts';
import type { Claim, Failure, TermOffer } from './events.ts';

/** Who claims: a node and its boot nonce. */
export interface Holder {
  readonly node: string;
  readonly nonce: string;
}

/** Rereads after a lost compare-and-set before the work is put off. */
const rereadsMax = 5;
const messageMax = 2_000;

/**
 * Takes the attempt that was offered. A copy is ours as soon as the record says so: it is only read.
 * @param traceparent of this attempt, given that of the attempt that it replaces ('' for none)
 * @returns null when it is not to be had
 */
export async function claimTask(
  store: Store,
  offer: TermOffer,
  holder: Holder,
  traceparent: (replaced: string) => string,
): Promise<Claim | null> {
  const key = keys.task(offer.job as JobId, offer.task as TaskId);
  const { attempt } = offer;
  if (attempt === 1 && !offer.isolated) {
    const record = claimed(records.task.create(), offer, holder, traceparent(''));
    try {
      const revision = await store.create('tasks', key, records.task.encode(record));
      return { key, attempt, revision, record };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  for (let reread = 0; reread < rereadsMax; reread++) {
    const entry = await store.get('tasks', key);
    if (entry === undefined) return null;
    const record = records.task.decode(entry.value);
    // The job has been planned anew: by which plan the attempt is to be worked, the record says.
    if (record.plan !== '' && record.plan !== offer.plan) return null;
    if (holds(record, attempt, holder)) {
      traceparent(record.traceparent);
      return { key, attempt, revision: entry.revision, record };
    }
    if (offer.copy === true || !claimable(record, offer)) return null;
    claimed(record, offer, holder, traceparent(record.traceparent));
    try {
      const bytes = records.task.encode(record);
      const revision = await store.update('tasks', key, bytes, entry.revision);
      return { key, attempt, revision, record };
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
  return null;
}

function claimed(
  record: TaskRecord,
  offer: TermOffer,
  holder: Holder,
  traceparent: string,
): TaskRecord {
  record.job = offer.job;
  record.task = offer.task;
  record.state = TaskState.CLAIMED;
  record.attempt = offer.attempt;
  record.plan = offer.plan;
  record.node = holder.node;
  record.nonce = holder.nonce;
  record.isolated ||= offer.isolated;
  record.traceparent = traceparent;
  record.term = offer.term;
  return record;
}

/** Whether the record admits the offered attempt to whoever comes first. */
export function claimable(record: TaskRecord, offer: TermOffer): boolean {
  return (
    record.state === TaskState.PENDING &&
    record.attempt === offer.attempt &&
    record.term <= offer.term &&
    // An attempt that reported an error is over; the coordinator admits the next one.
    !record.errors.some((error) => error.attempt === offer.attempt)
  );
}

/** Whether the record says that this holder computes this attempt, be it the first or the copy. */
export function holds(record: TaskRecord, attempt: number, holder: Holder): boolean {
  if (record.state === TaskState.CLAIMED && isOurs(record, attempt, holder)) return true;
  return holdsCopy(record, attempt, holder);
}

/** The attempt beside which it was made may have erred meanwhile: then the copy goes on alone. */
function holdsCopy({ state, copy }: TaskRecord, attempt: number, holder: Holder): boolean {
  const open = state === TaskState.CLAIMED || state === TaskState.PENDING;
  return (
    open && copy?.attempt === attempt && copy.node === holder.node && copy.nonce === holder.nonce
  );
}

/** Ends the copy; its attempt's number stands, so that it is never given again. */
export function dropCopy(record: TaskRecord): void {
  record.copy = { attempt: record.copy?.attempt ?? 0, node: '', nonce: '' };
}

/** Puts a copy in the place of the attempt that it was made beside. */
function winAsCopy(record: TaskRecord, attempt: number, holder: Holder): void {
  if (isOurs(record, attempt, holder)) return;
  record.takenFrom = record.node;
  record.takenFor = 'copied';
  record.attempt = attempt;
  record.node = holder.node;
  record.nonce = holder.nonce;
}

function isOurs(record: TaskRecord, attempt: number, holder: Holder): boolean {
  return record.attempt === attempt && record.node === holder.node && record.nonce === holder.nonce;
}

export interface TaskResult {
  readonly digest: string;
  readonly bytes: number;
  readonly computeMs: number;
  /** The bytes themselves where the record is to hold them; empty where a blob does. */
  readonly inline: Uint8Array;
  /** What the work says of itself, JSON; empty for none. */
  readonly note: string;
  /** What it cost, where that was counted. */
  readonly cost: shoal.TaskCost | null;
}

/**
 * `refused`: another attempt was admitted meanwhile. `differs`: that attempt is done, and its result
 * is another than ours, which exact arithmetic rules out.
 */
export type CommitOutcome = 'committed' | 'refused' | 'differs';

/** Makes the result count. */
export async function commitTask(
  store: Store,
  claim: Claim,
  holder: Holder,
  result: TaskResult,
): Promise<CommitOutcome> {
  const { attempt } = claim;
  const settled = (record: TaskRecord) =>
    record.state === TaskState.DONE &&
    isOurs(record, attempt, holder) &&
    record.result === result.digest;
  const found = await changeClaimed(store, claim, holder, settled, (record) => {
    winAsCopy(record, attempt, holder);
    record.state = TaskState.DONE;
    record.result = result.digest;
    record.resultBytes = result.bytes;
    record.inlineResult = result.inline;
    record.note = result.note;
    record.computeMs = Math.round(result.computeMs);
    record.cost = result.cost;
  });
  if (found === true) return 'committed';
  const other = found?.state === TaskState.DONE && found.result !== result.digest;
  return other ? 'differs' : 'refused';
}

/**
 * Puts a failure into the record: the attempt is over, and the coordinator decides what follows.
 * @param ms from the claim to the error
 * @returns false when another attempt was admitted meanwhile
 */
export async function reportFailure(
  store: Store,
  claim: Claim,
  holder: Holder,
  failure: Failure,
  ms = 0,
): Promise<boolean> {
  const { attempt } = claim;
  const settled = (record: TaskRecord) =>
    record.state !== TaskState.CLAIMED &&
    record.errors.some((error) => error.attempt === attempt && error.node === holder.node);
  const found = await changeClaimed(store, claim, holder, settled, (record) => {
    // The failure of a copy is no error of the task: it has another attempt at work.
    if (!isOurs(record, attempt, holder)) {
      dropCopy(record);
      return;
    }
    const { code } = failure;
    const message = failure.message.slice(0, messageMax);
    // The list is bounded by the limit of errors; isolation and losses add a few at most.
    record.errors = [
      ...record.errors,
      { node: holder.node, attempt, code, message, ms: Math.round(ms), path: failure.path ?? '' },
    ].slice(-4 * limits.taskErrorsMax);
    record.state = failure.died ? TaskState.FAILED : TaskState.PENDING;
    record.node = '';
    record.nonce = '';
  });
  return found === true;
}

/** Whether the claim still stands; false also when the record is gone. */
export async function claimStands(store: Store, claim: Claim, holder: Holder): Promise<boolean> {
  const entry = await store.get('tasks', claim.key);
  if (entry === undefined) return false;
  return holds(records.task.decode(entry.value), claim.attempt, holder);
}

/**
 * Changes a record while it holds our claim; `settled` tells that an earlier try got through.
 * @returns true when the change stands, else the record that is not ours any more, null when gone
 */
async function changeClaimed(
  store: Store,
  claim: Claim,
  holder: Holder,
  settled: (record: TaskRecord) => boolean,
  change: (record: TaskRecord) => void,
): Promise<true | TaskRecord | null> {
  // A copy: the claim is kept for another try, should this one's outcome stay unknown.
  let record = records.task.decode(records.task.encode(claim.record));
  let revision = claim.revision;
  for (let reread = 0; reread < rereadsMax; reread++) {
    change(record);
    try {
      await store.update('tasks', claim.key, records.task.encode(record), revision);
      return true;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
    const entry = await store.get('tasks', claim.key);
    if (entry === undefined) return null;
    record = records.task.decode(entry.value);
    revision = entry.revision;
    if (settled(record)) return true;
    if (!holds(record, claim.attempt, holder)) return record;
  }
  throw new RetryableError('busy-record', `record "${claim.key}" keeps changing`, 250);
}
