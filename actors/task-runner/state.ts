/**
 * The state of a task runner: offers that wait, and runs, from the claim to the commit.
 *
 * A run takes a slot while it is claimed and computed; storing and committing happen beside the
 * next run's computing, so that the broker's round trips do not idle a slot. Holds and leads of
 * rounds last as long as the rounds do and take no slot. No I/O, no clock.
 */
import { parseTaskId } from '../../schemas/ids.ts';
import { lasts } from '../../schemas/job-plan.ts';
import { limits } from '../../schemas/limits.ts';
import type { Beat, RunnerEffect, RunningTask } from './effects.ts';
import type { Claim, Failure, TermOffer } from './events.ts';

/** What the run waits for: the outcome of the effect of the same name. */
export type Phase = 'claim' | 'compute' | 'store' | 'commit' | 'report';

export interface Run {
  readonly id: number;
  readonly offer: TermOffer;
  readonly phase: Phase;
  readonly startedMs: number;
  readonly progress: number;
  readonly claim: Claim | null;
  readonly bytes: Uint8Array | null;
  readonly note: string;
  readonly computeMs: number;
  readonly digest: string;
  /** The result's bytes where they go into the record. */
  readonly inline: Uint8Array;
  readonly failure: Failure | null;
  /** Setbacks in a row in this phase, and when the effect is due again. */
  readonly tries: number;
  readonly retryAtMs: number | null;
  /** Nobody wants the outcome any more; the run ends with the next thing heard of it. */
  readonly abandoned: boolean;
}

export interface RunnerState {
  readonly slots: number;
  readonly connected: boolean;
  /** The highest term seen in an offer; lower ones are refused. */
  readonly term: number;
  readonly staleOffers: number;
  readonly queue: readonly TermOffer[];
  readonly runs: ReadonlyMap<number, Run>;
  readonly nextRun: number;
  /** Run that each job was given last. */
  readonly turns: ReadonlyMap<string, number>;
  readonly seq: number;
  readonly lastTickMs: number;
  readonly lastBeatMs: number;
  readonly loopLagMs: number;
  readonly tasksDone: number;
  /** Moving mean of how long a task computes; long until the tasks have shown otherwise. */
  readonly meanComputeMs: number;
  readonly commitsRefused: number;
  /** When a drain must be over; null while work is taken. */
  readonly drainByMs: number | null;
  readonly left: boolean;
}

/** Setbacks in a row after which a run is given up: about ten minutes. */
export const triesMax = 120;
/** Setbacks while a task fetches its data, after which they count as an error of the task. */
export const computeTriesMax = 12;
const backoffMaxMs = 5_000;
/** Tasks shorter than this are claimed ahead, so that no thread waits for the broker's disk. */
const tinyMs = 25;
const longMs = 1_000;
const aheadPerSlot = 8;

export function initialState(slots: number, atMs: number, connected: boolean): RunnerState {
  return {
    slots,
    connected,
    term: 0,
    staleOffers: 0,
    queue: [],
    runs: new Map(),
    nextRun: 1,
    turns: new Map(),
    seq: 0,
    lastTickMs: atMs,
    lastBeatMs: Number.NEGATIVE_INFINITY,
    loopLagMs: 0,
    tasksDone: 0,
    meanComputeMs: longMs,
    commitsRefused: 0,
    drainByMs: null,
    left: false,
  };
}

/** Milliseconds before the n-th repetition of an effect (n from 1). */
export function backoffMs(tries: number): number {
  return Math.min(backoffMaxMs, limits.tickMs * 2 ** Math.min(tries - 1, 10));
}

export function withRun(state: RunnerState, run: Run): RunnerState {
  return { ...state, runs: new Map(state.runs).set(run.id, run) };
}

export function withoutRun(state: RunnerState, id: number): RunnerState {
  const runs = new Map(state.runs);
  runs.delete(id);
  return { ...state, runs };
}

/** Whether the task is kept for as long as rounds last, and fills no slot. */
export function isLasting(offer: TermOffer): boolean {
  return lasts(parseTaskId(offer.task).stage);
}

/** Whether the run occupies a slot. */
function computes(run: Run): boolean {
  return run.phase === 'claim' || run.phase === 'compute';
}

/** Tasks that occupy slots, by job. */
export function runningByJob(state: RunnerState): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { offer, phase } of state.runs.values()) {
    if ((phase !== 'claim' && phase !== 'compute') || isLasting(offer)) continue;
    counts.set(offer.job, (counts.get(offer.job) ?? 0) + 1);
  }
  return counts;
}

/** The mean with one more task counted in. */
export function meanWith(state: RunnerState, computeMs: number): number {
  return state.meanComputeMs * 0.75 + computeMs * 0.25;
}

/**
 * Slots that a new claim may take; none while too many results wait for the broker. Of tiny tasks
 * a few more are claimed than there are threads: should the node die, little has to be done again.
 */
export function freeSlots(state: RunnerState): number {
  let busy = 0;
  let settling = 0;
  for (const run of state.runs.values()) {
    if (!computes(run)) settling += 1;
    else if (!isLasting(run.offer)) busy += 1;
  }
  const ahead = state.meanComputeMs < tinyMs ? state.slots * aheadPerSlot : 0;
  if (settling >= Math.max(16, state.slots * 4)) return 0;
  return Math.max(0, state.slots + ahead - busy);
}

export const noBytes: Uint8Array = new Uint8Array(0);

/** The effect that a run in its phase waits for. */
export function dueEffect(run: Run): RunnerEffect | null {
  const { id, offer, claim } = run;
  switch (run.phase) {
    case 'claim':
      return { type: 'claim', run: id, offer };
    case 'compute':
      return { type: 'compute', run: id, offer };
    case 'store':
      return run.bytes && { type: 'store', run: id, job: offer.job, bytes: run.bytes };
    case 'commit':
      return (
        claim && {
          type: 'commit',
          run: id,
          claim,
          digest: run.digest,
          resultBytes: run.bytes?.length ?? 0,
          inline: run.inline,
          note: run.note,
          computeMs: run.computeMs,
        }
      );
    case 'report':
      return claim && run.failure && { type: 'report', run: id, claim, failure: run.failure };
  }
}

function runningTask(run: Run, atMs: number): RunningTask {
  return {
    run: run.id,
    job: run.offer.job,
    task: run.offer.task,
    attempt: run.offer.attempt,
    progress: run.progress,
    runningMs: Math.round(atMs - run.startedMs),
  };
}

/** What a heartbeat would say now. */
export function beatOf(state: RunnerState, atMs: number): Beat {
  const current = [...state.runs.values()].filter((run) => !run.abandoned);
  return {
    seq: state.seq,
    running: current.map((run) => runningTask(run, atMs)),
    queued: state.queue.length,
    loopLagMs: state.loopLagMs,
    draining: state.drainByMs !== null,
    leaving: state.left,
    tasksDone: state.tasksDone,
    commitsRefused: state.commitsRefused,
  };
}
