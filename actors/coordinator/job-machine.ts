/**
 * The machine of a job's phase.
 *
 * Pure data in XState's terms: no invoke, no delays, no spawned actors, so that a snapshot can be
 * stored and restored anywhere. What a phase does is decided by the coordinator; the machine only
 * says which phase may follow which. Time used up counts in the context; a tick raises the event.
 */
import { assign, type SnapshotFrom, setup, transition } from 'xstate';
import { BugError } from '../../schemas/errors.ts';
import type { Phase } from '../../schemas/views.ts';

export const machineName = 'job';
export const machineVersion = 1;

export type JobSignal =
  | { type: 'plan' }
  | { type: 'planned' }
  | { type: 'prepared' }
  | { type: 'trained' }
  | { type: 'reduced' }
  | { type: 'evaluated' }
  | { type: 'published' }
  | { type: 'reject'; code: string; message: string }
  | { type: 'fail'; code: string; message: string }
  | { type: 'cancel' }
  | { type: 'cleaned' }
  /** `phase` is where the job stands, and goes back to. */
  | { type: 'pause'; reason: string; phase: Phase }
  | { type: 'resume' }
  /** A shard is left out: the job is planned anew, and all its tasks begin anew. */
  | { type: 'replan' }
  /** Time went by while the job was under way; `limitMs` is its deadline, null for none. */
  | { type: 'elapse'; ms: number; limitMs: number | null };

interface Context {
  /** Milliseconds spent in phases that count towards the deadline. */
  usedMs: number;
  /** Why the job failed, was rejected or is paused. */
  code: string | null;
  message: string | null;
  /** The phase that a paused job goes back to. */
  resume: string | null;
}

const machineSetup = setup({
  types: { context: {} as Context, events: {} as JobSignal },
  actions: {
    noteFailure: assign(({ event }) =>
      event.type === 'fail' || event.type === 'reject'
        ? { code: event.code, message: event.message }
        : {},
    ),
    noteElapsed: assign(({ context, event }) =>
      event.type === 'elapse' ? { usedMs: context.usedMs + event.ms } : {},
    ),
    noteDeadline: assign(({ event }) =>
      event.type === 'elapse'
        ? {
            code: 'deadline',
            message: `the deadline of ${(event.limitMs ?? 0) / 1000} s has passed`,
          }
        : {},
    ),
    notePause: assign(({ event }) =>
      event.type === 'pause' ? { code: 'paused', message: event.reason, resume: event.phase } : {},
    ),
    resumeInPlanning: assign(() => ({ resume: 'planning' })),
    forgetPause: assign(() => ({ code: null, message: null, resume: null })),
  },
  guards: {
    overdue: ({ context, event }) =>
      event.type === 'elapse' &&
      event.limitMs !== null &&
      context.usedMs + event.ms > event.limitMs,
  },
});

/** Signals that every phase under way understands. */
function underWay() {
  return {
    fail: { target: 'failed' as const, actions: 'noteFailure' as const },
    cancel: 'cancelling' as const,
    elapse: [
      { guard: 'overdue' as const, target: 'failed' as const, actions: 'noteDeadline' as const },
      { actions: 'noteElapsed' as const },
    ],
    pause: { target: 'paused' as const, actions: 'notePause' as const },
  };
}

const resumeTo = (phase: string) => ({
  guard: ({ context }: { context: Context }) => context.resume === phase,
  target: phase,
  actions: 'forgetPause' as const,
});

export const jobMachine = machineSetup.createMachine({
  id: machineName,
  context: { usedMs: 0, code: null, message: null, resume: null },
  initial: 'accepted',
  states: {
    accepted: {
      description:
        'The submission is stored as a record, with its spec and defaults; nothing has been looked up yet. The coordinator goes on to planning at once.',
      on: {
        ...underWay(),
        plan: 'planning',
        reject: { target: 'rejected', actions: 'noteFailure' },
      },
    },
    planning: {
      description:
        'Data set, target, features, learner and parameters are looked up, and the plan that follows from them is stored. What cannot work is found here, all of it at once, and the job is rejected. A broker that does not answer is asked again. A job that goes on without a shard comes back here, and begins anew under another plan.',
      on: {
        ...underWay(),
        planned: 'preparing',
        reject: { target: 'rejected', actions: 'noteFailure' },
      },
    },
    preparing: {
      description:
        'Steps before training are fitted, in one pass over the rows or several: workers survey the shards, an aggregator joins what they say and fits the steps, and the job goes on under a plan that names them. A job without steps passes through; its learner prepares its data on the node that needs it.',
      on: { ...underWay(), prepared: 'training', replan: 'planning' },
    },
    training: {
      description:
        'The train tasks of every fit run on workers, in any order. It ends when each task has a committed result.',
      on: { ...underWay(), trained: 'reducing', replan: 'planning' },
    },
    reducing: {
      description:
        'An aggregator merges the parts of each fit into its model, in the order of their index. The merged model of the final fit is the job’s model.',
      on: { ...underWay(), reduced: 'evaluating' },
    },
    evaluating: {
      description:
        'Workers score the rows that were held out, shard by shard, then an aggregator measures the scores. A job without evaluation passes through.',
      on: { ...underWay(), evaluated: 'publishing', replan: 'planning' },
    },
    // The point of no return: a cancel that comes now is too late.
    publishing: {
      description:
        'The model is entered in the registry. This is the point of no return: it can be neither cancelled nor paused any more, and the deadline no longer counts. Publishing twice makes one version.',
      on: { published: 'completed', fail: { target: 'failed', actions: 'noteFailure' } },
    },
    paused: {
      description:
        'Somebody paused the job: nothing is offered, nodes let go of what they run, and time does not count against the deadline. Commits that come in late still count. It goes back to the phase it came from.',
      on: {
        resume: ['accepted', 'planning', 'preparing', 'training', 'reducing', 'evaluating'].map(
          resumeTo,
        ),
        replan: { actions: 'resumeInPlanning' },
        cancel: 'cancelling',
        fail: { target: 'failed', actions: 'noteFailure' },
      },
    },
    cancelling: {
      description:
        'Nodes are told to forget the job and its task records are removed; both are repeated until they succeed.',
      on: { cleaned: 'cancelled' },
    },
    completed: {
      description: 'The model is in the registry, under the digest that the record names.',
      type: 'final',
    },
    failed: {
      description:
        'A task failed for good, or the deadline passed. The record and the last event say why, and what to do about it.',
      type: 'final',
    },
    cancelled: {
      description: 'Cancelled on request; nothing of its tasks is left.',
      type: 'final',
    },
    rejected: {
      description:
        'The spec could not be used: the event names each place, value and fix. A corrected submission under the same id opens the job anew.',
      type: 'final',
    },
  },
});

export type JobSnapshot = SnapshotFrom<typeof jobMachine>;

/** The snapshot of a job that was just accepted. */
export function initialSnapshot(): JobSnapshot {
  return restoreSnapshot(
    machineVersion,
    JSON.stringify({
      status: 'active',
      value: 'accepted',
      context: { usedMs: 0, code: null, message: null, resume: null },
      children: {},
      historyValue: {},
    }),
  );
}

export function phaseOf(snapshot: JobSnapshot): Phase {
  return snapshot.value as Phase;
}

/** Applies a signal; the same snapshot comes back when the phase does not know it. */
export function applySignal(snapshot: JobSnapshot, signal: JobSignal): JobSnapshot {
  return transition(jobMachine, snapshot, signal)[0];
}

/** Whether the signal means anything in this phase. */
export function understands(snapshot: JobSnapshot, signal: JobSignal): boolean {
  return snapshot.can(signal);
}

/** The stored form of a snapshot. */
export function storeSnapshot(snapshot: JobSnapshot): string {
  return JSON.stringify(jobMachine.getPersistedSnapshot(snapshot));
}

/** @throws BugError for a machine of another version: migrate it by an explicit command. */
export function restoreSnapshot(version: number, stored: string): JobSnapshot {
  if (version !== machineVersion) {
    throw new BugError(
      'machine-version',
      `job machine has version ${version}, this code runs ${machineVersion}`,
    );
  }
  const snapshot = jobMachine.resolveState(JSON.parse(stored));
  return snapshot;
}
