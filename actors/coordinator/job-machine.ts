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
      on: {
        ...underWay(),
        plan: 'planning',
        reject: { target: 'rejected', actions: 'noteFailure' },
      },
    },
    planning: {
      on: {
        ...underWay(),
        planned: 'preparing',
        reject: { target: 'rejected', actions: 'noteFailure' },
      },
    },
    preparing: { on: { ...underWay(), prepared: 'training' } },
    training: { on: { ...underWay(), trained: 'reducing' } },
    reducing: { on: { ...underWay(), reduced: 'evaluating' } },
    evaluating: { on: { ...underWay(), evaluated: 'publishing' } },
    // The point of no return: a cancel that comes now is too late.
    publishing: {
      on: { published: 'completed', fail: { target: 'failed', actions: 'noteFailure' } },
    },
    paused: {
      on: {
        resume: ['accepted', 'planning', 'preparing', 'training', 'reducing', 'evaluating'].map(
          resumeTo,
        ),
        cancel: 'cancelling',
        fail: { target: 'failed', actions: 'noteFailure' },
      },
    },
    cancelling: { on: { cleaned: 'cancelled' } },
    completed: { type: 'final' },
    failed: { type: 'final' },
    cancelled: { type: 'final' },
    rejected: { type: 'final' },
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
