/**
 * What may become of a task record from one revision to the next, and who may write it.
 *
 * Only a holder commits, only a coordinator admits, attempts and terms only grow, what is done stays
 * done. A second admitted attempt (a copy) may commit as well. Decides from two revisions alone.
 */
import { type TaskRecord, TaskState } from '../../schemas/wire.ts';

interface Holder {
  readonly attempt: number;
  readonly node: string;
  readonly nonce: string;
}

const digest = /^[0-9a-f]{64}$/;

/** Who may commit: the attempt that the record names, and a copy beside it where it has one. */
function admitted(record: TaskRecord): Holder[] {
  const { attempt, node, nonce } = record;
  const { copy } = record as { readonly copy?: Partial<Holder> | null };
  const all: Holder[] = record.state === TaskState.CLAIMED ? [{ attempt, node, nonce }] : [];
  if (copy?.node && copy.nonce) {
    all.push({ attempt: copy.attempt ?? 0, node: copy.node, nonce: copy.nonce });
  }
  return all;
}

function isOne(holders: readonly Holder[], { attempt, node, nonce }: TaskRecord): boolean {
  return holders.some((one) => one.attempt === attempt && one.node === node && one.nonce === nonce);
}

/** @param by name of the process that wrote `after` @returns the laws that the change breaks */
export function taskLaws(before: TaskRecord | undefined, after: TaskRecord, by: string): string[] {
  if (before === undefined) return createdLaws(after, by);
  if (after.takenFor === 'replanned' && after.plan !== before.plan) {
    return replannedLaws(before, after, by);
  }
  const broken = [...growthLaws(before, after), ...finalLaws(before, after)];
  const same = before.state === after.state && isOne([before], after);
  if (same || broken.length > 0) return broken;
  if (after.state === TaskState.DONE) return commitLaws(before, after, by);
  if (after.state === TaskState.CLAIMED) return claimLaws(before, after, by);
  return releaseLaws(before, after, by);
}

function createdLaws({ state, attempt, node }: TaskRecord, by: string): string[] {
  const broken: string[] = [];
  if (state !== TaskState.CLAIMED || attempt !== 1) {
    broken.push(`was created as attempt ${attempt} in state ${state}`);
  }
  if (node !== by) broken.push(`was created for "${node}" by "${by}"`);
  return broken;
}

function growthLaws(before: TaskRecord, after: TaskRecord): string[] {
  const broken: string[] = [];
  if (after.attempt < before.attempt) broken.push(`fell back to attempt ${after.attempt}`);
  if (after.term < before.term) broken.push(`fell from term ${before.term} to ${after.term}`);
  if (before.isolated && !after.isolated) broken.push('is no longer isolated');
  if (after.moves < before.moves) broken.push('has fewer moves');
  return broken;
}

/** Whatever a record of a plan that was given up says is void: it begins anew. */
function replannedLaws(before: TaskRecord, after: TaskRecord, by: string): string[] {
  const broken: string[] = [];
  if (!by.startsWith('c')) broken.push(`"${by}" began it anew under another plan`);
  if (after.attempt <= before.attempt) broken.push(`began anew as attempt ${after.attempt}`);
  if (after.term < before.term) broken.push(`fell from term ${before.term} to ${after.term}`);
  const { state, node, nonce, result } = after;
  const free = state === TaskState.PENDING && node === '' && nonce === '' && result === '';
  if (!free) broken.push('began anew with a holder or a result');
  return broken;
}

function finalLaws(before: TaskRecord, after: TaskRecord): string[] {
  const final = before.state === TaskState.DONE || before.state === TaskState.FAILED;
  if (!final) return [];
  const kept = after.state === before.state && after.result === before.result;
  return kept ? [] : ['changed after its end'];
}

function commitLaws(before: TaskRecord, after: TaskRecord, by: string): string[] {
  const broken: string[] = [];
  if (!isOne(admitted(before), after)) {
    broken.push(
      `attempt ${after.attempt} of "${after.node}" was committed, admitted was ` +
        `attempt ${before.attempt} of "${before.node}" in state ${before.state}`,
    );
  }
  if (after.node !== by) broken.push(`the commit of "${after.node}" was written by "${by}"`);
  if (!digest.test(after.result)) broken.push(`is done with the result "${after.result}"`);
  return broken;
}

function claimLaws(before: TaskRecord, after: TaskRecord, by: string): string[] {
  // What was a copy may become the attempt itself.
  if (isOne(admitted(before), after)) return [];
  const broken: string[] = [];
  if (before.state !== TaskState.PENDING) broken.push('was claimed while somebody had it');
  if (after.attempt !== before.attempt) broken.push(`attempt ${after.attempt} was never admitted`);
  if (after.node !== by) broken.push(`was claimed for "${after.node}" by "${by}"`);
  if (after.node === '' || after.nonce === '') broken.push('was claimed by nobody');
  if (before.errors.some((error) => error.attempt === after.attempt)) {
    broken.push(`attempt ${after.attempt} was claimed after its error`);
  }
  return broken;
}

/** Given back by its holder with an error, or given to the next attempt by a coordinator. */
function releaseLaws(before: TaskRecord, after: TaskRecord, by: string): string[] {
  const broken: string[] = [];
  if (after.node !== '' || after.nonce !== '') broken.push('is free and has a holder');
  if (after.attempt > before.attempt) {
    if (!by.startsWith('c')) broken.push(`"${by}" admitted attempt ${after.attempt}`);
    const over = before.errors.some((error) => error.attempt === before.attempt);
    if (before.state === TaskState.PENDING && !over) {
      broken.push(`attempt ${after.attempt} was admitted while ${before.attempt} was free`);
    }
    return broken;
  }
  if (before.state === TaskState.CLAIMED && !admitted(before).some(({ node }) => node === by)) {
    broken.push(`the claim of "${before.node}" was given back by "${by}" without a new attempt`);
  }
  if (after.errors.length <= before.errors.length) broken.push('was given back without an error');
  return broken;
}
