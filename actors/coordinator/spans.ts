/**
 * The job's own spans: accept, plan, stages, lost workers, and the summary at the end.
 *
 * The root ends as soon as the job is accepted, because a span that stays open for hours leaves
 * orphans behind in every viewer; `job.summary` spans the whole job and is emitted once, with ids
 * that derive from the job, by whichever coordinator ends it.
 */
import type { Stage } from '../../schemas/ids.ts';
import type { Phase } from '../../schemas/views.ts';
import type { JobState } from './job-state.ts';
import { timeOf } from './job-time.ts';
import type { SpanToEmit } from './messages.ts';
import type { CoordinatorState } from './state.ts';
import type { Task } from './task-table.ts';

type Attributes = SpanToEmit['attributes'];

function emit(
  state: CoordinatorState,
  job: JobState,
  span: Partial<SpanToEmit> & { name: string },
): void {
  const defaults = {
    standsFor: null,
    startMs: state.wallMs,
    endMs: state.wallMs,
    links: [],
    error: null,
  };
  const attributes: Attributes = { 'shoal.job': job.id, ...span.attributes };
  state.effects.push({
    type: 'span',
    job: job.id,
    traceparent: job.record.traceparent,
    span: { ...defaults, once: false, root: false, ...span, attributes },
  });
}

export function acceptSpan(state: CoordinatorState, job: JobState): void {
  emit(state, job, { name: 'job.accept', root: true, once: true });
}

export function planSpan(state: CoordinatorState, job: JobState): void {
  const startMs = Number(job.record.acceptedAtMs);
  emit(state, job, { name: 'job.plan', startMs, once: true });
}

/** The stage as one span; `stage.reduce` is where the parts become a model. */
export function stageSpan(state: CoordinatorState, job: JobState, stage: Stage): void {
  const tasks = job.table?.tasks ?? [];
  const links = tasks.map((task) => task.record?.traceparent ?? '').filter((link) => link !== '');
  emit(state, job, {
    name: stage === 'merge' ? 'stage.reduce' : `stage.${stage}`,
    startMs: job.stageSinceMs,
    once: true,
    links: links.slice(0, 128),
    attributes: { 'shoal.stage': stage, 'shoal.tasks': tasks.length },
  });
}

/** A vanished attempt exports nothing itself, so its loss is made visible here, in its own name. */
export function lostSpan(
  state: CoordinatorState,
  job: JobState,
  node: string,
  tasks: readonly Task[],
): void {
  const contexts = tasks.map((task) => task.record?.traceparent ?? '');
  emit(state, job, {
    name: 'worker.lost',
    links: contexts.filter((context) => context !== '').slice(0, 128),
    attributes: { 'shoal.node': node, 'shoal.tasks': tasks.length },
  });
  for (const task of tasks.slice(0, 128)) {
    emit(state, job, {
      name: 'task.attempt',
      standsFor: task.record?.traceparent ?? null,
      startMs: state.wallMs - (state.nowMs - task.claimedMs),
      error: `node ${node} was lost`,
      attributes: {
        'shoal.task': task.id,
        'shoal.attempt': task.attempt,
        'shoal.node': node,
        'shoal.outcome': 'lost',
      },
    });
  }
}

/** Where the time went, as attributes of the summary. */
function timeAttributes(job: JobState, wallMs: number): Attributes {
  const time = timeOf(job, wallMs);
  const parts = ['compute', 'cpu', 'fetch', 'store', 'slowest', 'coordination', 'paused'] as const;
  return {
    ...Object.fromEntries(parts.map((part) => [`shoal.time.${part}_ms`, time[`${part}Ms`]])),
    'shoal.time.redone_ms': time.redone.ms,
    'shoal.redone': time.redone.attempts,
    'shoal.bytes.fetched': time.fetchedBytes,
    'shoal.bytes.stored': time.storedBytes,
  };
}

export function endSpans(state: CoordinatorState, job: JobState, to: Phase): void {
  const { record } = job;
  if (record.traceClosed) return;
  record.traceClosed = true;
  emit(state, job, {
    name: 'job.summary',
    startMs: Number(record.acceptedAtMs),
    once: true,
    error: job.result.failure?.message ?? null,
    attributes: {
      'shoal.outcome': to,
      'shoal.reassigned': record.reassigned,
      'shoal.attempts': record.attemptsMax,
      ...timeAttributes(job, state.wallMs),
      ...(job.result.digest === null ? {} : { 'shoal.digest': job.result.digest }),
    },
  });
}
