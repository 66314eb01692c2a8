/**
 * What becomes of a submission: a job, the job that it repeats, or a rejection that says why.
 *
 * Every stored submission ends in one of these, under an id that can be known beforehand: its own
 * `id`, or the one made from its place in the stream. Handling it twice changes nothing.
 */

import { formatTraceparent, jobSpanIds } from '../../runtime/trace.ts';
import { isToken, type JobId } from '../../schemas/ids.ts';
import { settingsOf } from '../../schemas/job-settings.ts';
import { type JobSpec, parseSpec, SpecError, specDigest } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { submissionId } from '../../schemas/subjects.ts';
import type { JobFailure } from '../../schemas/views.ts';
import { tell } from './event-chain.ts';
import { ended, type JobState, newJob, phase } from './job-state.ts';
import type { Submission } from './messages.ts';
import { drive, signal } from './phases.ts';
import { acceptSpan } from './spans.ts';
import type { CoordinatorState } from './state.ts';

type Read =
  | { readonly spec: JobSpec }
  | { readonly failure: JobFailure; readonly id: string | null };

/** The `id` of a spec that may be wrong in any other way. */
function wishedId(bytes: Uint8Array): string | null {
  if (bytes.length > limits.specMax) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    const id = typeof value === 'object' && value !== null && 'id' in value ? value.id : null;
    return typeof id === 'string' && isToken(id) ? id : null;
  } catch {
    return null;
  }
}

export function failureOf(error: SpecError): JobFailure {
  const [first] = error.issues;
  return {
    code: error.code,
    message: error.message,
    fix: first?.fix ?? null,
    issues: error.issues,
  };
}

function read(bytes: Uint8Array): Read {
  try {
    return { spec: parseSpec(bytes) };
  } catch (error) {
    if (error instanceof SpecError) return { failure: failureOf(error), id: wishedId(bytes) };
    // Whatever a message holds, it is answered: thrown here, it would come again and again.
    const message = `spec cannot be read: ${error instanceof Error ? error.message : 'unknown'}`;
    const failure = { code: 'invalid-spec', message, fix: 'see the README', issues: [] };
    return { failure, id: null };
  }
}

/** Ids of this form are made from a place in the stream; nobody else may use them. */
const generatedForm = submissionId(0).slice(0, -1);

function reserved(id: string | null, own: JobId): boolean {
  return id !== null && id !== own && id.startsWith(generatedForm);
}

function reservedId(id: string): JobFailure {
  const fix = `choose an id that does not begin with ${JSON.stringify(generatedForm)}`;
  const value = JSON.stringify(id);
  return {
    code: 'invalid-spec',
    message: `id: ${value} is kept for jobs without an id of their own`,
    fix,
    issues: [{ path: 'id', value, message: 'is kept for jobs without an id of their own', fix }],
  };
}

/** Opens a job under the id, or reopens one that was rejected: the chain of events goes on. */
function open(state: CoordinatorState, id: JobId, submission: Submission): JobState {
  const { me, nowMs, wallMs } = state;
  const before = state.jobs.get(id);
  const job = newJob(id, me.term, nowMs, wallMs);
  if (before !== undefined) {
    job.revision = before.revision;
    job.record.events = before.record.events;
    job.record.lastHash = before.record.lastHash;
    job.record.outbox = before.record.outbox;
  }
  job.record.submissionSeq = submission.seq;
  const parent = submission.traceparent ?? undefined;
  job.record.traceparent = formatTraceparent(jobSpanIds(id, me.cluster, 'job.accept', parent));
  job.submittedIn = submission.traceparent;
  state.jobs.set(id, job);
  state.active.add(id);
  // What the rejected one may have left was to be removed later: by then it is this one's.
  state.purges.delete(id);
  return job;
}

function reject(
  state: CoordinatorState,
  id: JobId,
  submission: Submission,
  failure: JobFailure,
  wished: string | null,
): void {
  const job = open(state, id, submission);
  job.result = { ...job.result, failure };
  if (wished !== null && wished !== id) job.wished = wished;
  signal(
    state,
    job,
    { type: 'reject', code: failure.code, message: failure.message },
    `submission:${submission.seq}`,
  );
}

/** Whether a job of this id is being removed: nothing may be begun under it before that is over. */
function going(state: CoordinatorState, id: JobId): boolean {
  return state.retention.removing.has(id) || state.jobs.get(id)?.record.removing === true;
}

/** Takes in one stored submission. */
export function onSubmission(state: CoordinatorState, submission: Submission): void {
  const own = submissionId(submission.seq);
  const settled = (id: JobId) =>
    Number(state.jobs.get(id)?.record.submissionSeq ?? 0) === submission.seq;
  if (settled(own) || state.unreadable.has(own)) return;
  const result = read(submission.bytes);
  if ('failure' in result) {
    const id = (reserved(result.id, own) ? own : (result.id ?? own)) as JobId;
    if (settled(id)) return;
    const taken = state.jobs.get(id);
    const usable = !state.unreadable.has(id) && !going(state, id);
    const free = usable && (taken === undefined || phase(taken) === 'rejected');
    reject(state, free ? id : own, submission, result.failure, result.id);
    return;
  }
  const { spec } = result;
  if (spec.id !== undefined && reserved(spec.id, own)) {
    reject(state, own, submission, reservedId(spec.id), spec.id);
    return;
  }
  const { messageId } = submission;
  const usable = messageId !== null && isToken(messageId) && !reserved(messageId, own);
  const named = usable ? messageId : null;
  const id = (spec.id ?? named ?? own) as JobId;
  if (state.unreadable.has(id)) {
    reject(state, own, submission, conflict(id), id);
    return;
  }
  const existing = state.jobs.get(id);
  if (!settled(id) && going(state, id)) {
    reject(state, own, submission, removing(id), id);
    return;
  }
  if (existing !== undefined && (settled(id) || phase(existing) !== 'rejected')) {
    if (settled(id)) return;
    if (existing.record.specDigest === specDigest(spec)) {
      // Whoever sent it again waits for what becomes of it: a later rejection answers that too.
      const newest = Number(existing.record.submissionSeq) < submission.seq;
      if (newest && !ended(existing)) {
        existing.record.submissionSeq = submission.seq;
        existing.dirty = true;
      }
      return;
    }
    reject(state, own, submission, conflict(id), id);
    return;
  }
  if (state.active.size >= limits.jobsActiveMax) {
    reject(state, own, submission, tooMany(state), id);
    return;
  }
  const job = open(state, id, submission);
  job.spec = spec;
  job.settings = settingsOf(spec);
  job.record.specDigest = specDigest(spec);
  tell(job, 'accepted', `submission:${submission.seq}`, state.wallMs, {
    dataset: spec.dataset,
    target: spec.target ?? null,
    ...(spec.predict === undefined
      ? { algorithm: spec.algorithm ?? null }
      : { predict: spec.predict }),
    specDigest: job.record.specDigest,
    submissionSeq: submission.seq,
  });
  state.effects.push({ type: 'count', counter: 'accepted', by: 1, label: '' });
  acceptSpan(state, job);
  drive(state, job);
}

function conflict(id: string): JobFailure {
  return {
    code: 'conflict',
    message: `job ${JSON.stringify(id)} exists already, with another spec; it was not touched`,
    fix: 'choose another id, or leave it out',
    issues: [
      {
        path: 'id',
        value: JSON.stringify(id),
        message: 'is taken by a job with another spec',
        fix: 'choose another id, or leave it out',
      },
    ],
  };
}

function removing(id: string): JobFailure {
  const message = `job ${JSON.stringify(id)} has ended and is being removed`;
  const fix = 'submit it again in a few seconds, when the removal is over';
  const issue = { path: 'id', value: JSON.stringify(id), message: 'is being removed', fix };
  return { code: 'removing', message, fix, issues: [issue] };
}

function tooMany(state: CoordinatorState): JobFailure {
  return {
    code: 'too-many-jobs',
    message: `${state.active.size} jobs are under way, at most ${limits.jobsActiveMax} can be`,
    fix: 'submit it again when some have ended',
    issues: [],
  };
}
