/**
 * How long ended jobs are kept, and what is left of them when they go.
 *
 * The newest are kept, up to a number and an age. Ages are by the wall clock, and count only while it
 * has kept step with monotonic time for a while: a clock that jumps removes nothing. A removal is
 * marked in the record, then takes events, task records and round states, and the record last of all,
 * so that whoever leads next goes on with one that broke off.
 */
import type { JobId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { noJob } from './controls.ts';
import { ended, type JobState, phase } from './job-state.ts';
import type { CoordinatorState } from './state.ts';

export interface RetentionPolicy {
  /** Ended jobs kept at most. */
  readonly jobsMax: number;
  /** Milliseconds that an ended job is kept. */
  readonly jobsMs: number;
}

/** What an operator may set; the rest is by default. */
export interface RetentionOptions extends Partial<RetentionPolicy> {
  /** Milliseconds that a blob which nothing names is left alone, and once condemned, rests. */
  readonly graceMs?: number;
  readonly restMs?: number;
  /** How often is looked for such blobs. */
  readonly lookMs?: number;
}

export const defaultRetention: RetentionPolicy = {
  jobsMax: limits.jobsKeptMax,
  jobsMs: limits.jobsKeptMs,
};

/** What the leader remembers of removals. */
export interface RetentionState {
  policy: RetentionPolicy;
  /** Jobs whose removal is under way. */
  readonly removing: Set<JobId>;
  /** Wall-clock minus monotonic time, and since when that has not jumped. */
  offsetMs: number | null;
  steadySinceMs: number;
}

export function newRetention(nowMs: number): RetentionState {
  return { policy: defaultRetention, removing: new Set(), offsetMs: null, steadySinceMs: nowMs };
}

export type RemovalReason = 'age' | 'number' | 'request' | 'unfinished';

/** Removals under way at a time. */
const removalsMax = 16;
/** A clock that is put right by less than this has not jumped. */
const jumpMs = 2_000;

/** Called now and then: notes jumps of the clock, and removes what is not kept any more. */
export function retire(state: CoordinatorState): void {
  const { retention, nowMs } = state;
  const offset = state.wallMs - nowMs;
  const jumped = retention.offsetMs !== null && Math.abs(offset - retention.offsetMs) > jumpMs;
  retention.offsetMs = offset;
  if (jumped) retention.steadySinceMs = nowMs;
  for (const [job, reason] of overdue(state)) {
    if (retention.removing.size >= removalsMax) return;
    remove(state, job, reason, null);
  }
}

function* overdue(state: CoordinatorState): Generator<[JobState, RemovalReason]> {
  const { policy, steadySinceMs, removing } = state.retention;
  const kept: JobState[] = [];
  for (const job of state.jobs.values()) {
    if (!ended(job) || removing.has(job.id)) continue;
    if (job.record.removing) yield [job, 'unfinished'];
    else kept.push(job);
  }
  const trusted = state.nowMs - steadySinceMs >= Math.min(limits.clockSteadyMs, policy.jobsMs);
  const over = kept.length + removing.size - policy.jobsMax;
  if (over <= 0 && !trusted) return;
  kept.sort((a, b) => Number(a.record.finishedAtMs) - Number(b.record.finishedAtMs));
  for (const [i, job] of kept.entries()) {
    const age = state.wallMs - Number(job.record.finishedAtMs);
    const reason = i < over ? 'number' : trusted && age > policy.jobsMs ? 'age' : null;
    if (reason === null) return;
    if (removable(state, job) === null) yield [job, reason];
  }
}

/** Why an ended job cannot go yet: milliseconds to wait, or null. */
function removable(state: CoordinatorState, job: JobState): number | null {
  const age = state.wallMs - Number(job.record.finishedAtMs);
  // Until then its submission may be handed out once more, and would begin it anew.
  if (age >= 0 && age < limits.jobRemovableMs) return limits.jobRemovableMs - age;
  // Its end is still being written or told.
  return job.dirty || job.revision === 0 || job.record.outbox.length > 0 ? limits.tickMs : null;
}

function remove(
  state: CoordinatorState,
  job: JobState,
  reason: RemovalReason,
  reply: number | null,
): void {
  state.retention.removing.add(job.id);
  state.effects.push({ type: 'remove-job', job: job.id, reason, reply });
}

/** Somebody wants an ended job gone; answered when it is. */
export function onRemove(state: CoordinatorState, id: string, reply: number): void {
  const job = state.jobs.get(id as JobId);
  const refuse = (code: string, message: string, fix: string) =>
    state.effects.push({ type: 'reply', reply, value: null, error: { code, message, fix } });
  if (job === undefined) {
    state.effects.push({ type: 'reply', reply, value: null, error: noJob(id) });
    return;
  }
  const name = JSON.stringify(id);
  if (!ended(job)) {
    const fix = `cancel it first: \`shoal job cancel ${id}\``;
    refuse('wrong-phase', `job ${name} is ${phase(job)}: only an ended job can be removed`, fix);
    return;
  }
  const waitMs = removable(state, job);
  if (waitMs !== null || state.retention.removing.has(job.id)) {
    const message = `job ${name} has ended just now; it can be removed in ${waitMs ?? limits.tickMs} ms`;
    refuse('too-soon', message, 'try again then');
    return;
  }
  remove(state, job, 'request', reply);
}

/** The removal has ended: all of the job is gone, or the rest is tried again. */
export function onRemoval(state: CoordinatorState, id: JobId, gone: boolean): void {
  state.retention.removing.delete(id);
  const job = state.jobs.get(id);
  if (job === undefined || !ended(job)) return;
  // Its record may bear the mark by now, and some of it may be gone: there is no way back.
  if (!gone) {
    job.record.removing = true;
    return;
  }
  state.jobs.delete(id);
  state.purges.delete(id);
}

/** Task records of jobs that have ended, or are not there: left over by an earlier leader. */
export function onLeftovers(state: CoordinatorState, jobs: readonly string[]): void {
  for (const id of jobs as readonly JobId[]) {
    const job = state.jobs.get(id);
    if (state.purges.has(id) || state.unreadable.has(id)) continue;
    if (job === undefined) state.effects.push({ type: 'clean', job: id });
    else if (ended(job)) state.purges.set(id, state.nowMs + limits.jobRemovableMs);
  }
}
