/**
 * Where the time of a job went: the figures of its stages, and of the job as a whole.
 *
 * Sums of work (`computeMs`, `cpuMs`, `fetchMs`, `storeMs`) add up over all nodes and may exceed the
 * clock; what is called of the clock does not. Rounds compute on all holders at once: there
 * `computeMs` is of the clock, until the first contribution of each round came, and closing it; of
 * several fits, whose rounds run side by side, it is the mean, as are the waits.
 */

/** Attempts that came to nothing (lost, left, stalled, erred), and their time from claim to loss. */
export interface Redone {
  readonly attempts: number;
  readonly ms: number;
}

export interface StageTimes {
  readonly stage: string;
  /** Done, as far as the log has told of them. */
  readonly tasks: number;
  /** Of the clock: under way; with a task at work; some nodes done while others were not. */
  readonly wallMs: number;
  readonly busyMs: number;
  readonly slowestMs: number;
  readonly computeMs: number;
  readonly cpuMs: number;
  readonly fetchMs: number;
  readonly storeMs: number;
  readonly fetchedBytes: number;
  readonly storedBytes: number;
  /** Of rounds, of the clock: waiting for contributions; combining and closing. */
  readonly waitMs: number;
  readonly closeMs: number;
  readonly redone: Redone;
}

export interface JobTime {
  /** Of the clock, from acceptance until the end or until now. */
  readonly wallMs: number;
  readonly computeMs: number;
  readonly cpuMs: number;
  /** Transfer: of plans, inputs, shards and models to the nodes, and of results to the store. */
  readonly fetchMs: number;
  readonly storeMs: number;
  readonly fetchedBytes: number;
  readonly storedBytes: number;
  /** Of the clock: nodes that were done waited for the slowest. */
  readonly slowestMs: number;
  /** Of the clock: nobody worked for the job; planning, offers, a free slot, publishing, takeovers. */
  readonly coordinationMs: number;
  readonly pausedMs: number;
  readonly redone: Redone;
  readonly stages: readonly StageTimes[];
}

/** The job's figures from those of its stages. */
export function jobTime(stages: readonly StageTimes[], wallMs: number, pausedMs: number): JobTime {
  const sum = (of: (stage: StageTimes) => number) =>
    stages.reduce((total, stage) => total + of(stage), 0);
  return {
    wallMs,
    computeMs: sum((stage) => stage.computeMs),
    cpuMs: sum((stage) => stage.cpuMs),
    fetchMs: sum((stage) => stage.fetchMs),
    storeMs: sum((stage) => stage.storeMs),
    fetchedBytes: sum((stage) => stage.fetchedBytes),
    storedBytes: sum((stage) => stage.storedBytes),
    slowestMs: sum((stage) => stage.slowestMs),
    coordinationMs: Math.max(0, wallMs - pausedMs - sum((stage) => stage.busyMs)),
    pausedMs,
    redone: {
      attempts: sum((stage) => stage.redone.attempts),
      ms: sum((stage) => stage.redone.ms),
    },
    stages,
  };
}
