/**
 * What time that passes counts as for a job, and what the leader of rounds says of theirs.
 *
 * Plain data: `job-time.ts` adds it up.
 */
import type { Stage } from '../../schemas/ids.ts';

export interface Passing {
  readonly stage: Stage | null;
  readonly paused: boolean;
  readonly busy: boolean;
  readonly slowest: boolean;
  readonly sinceMs: number;
  /** Most tasks of the stage that were at work at a time. */
  readonly peak: number;
}

export function nothingPasses(sinceMs: number): Passing {
  return { stage: null, paused: false, busy: false, slowest: false, sinceMs, peak: 0 };
}

/** What the work of a hold has cost so far, by the last heartbeat. */
export interface HoldCost {
  readonly cpuMs: number;
  readonly fetchedBytes: number;
}

/** How long the rounds of one leader took. */
export interface RoundTimes {
  readonly waitMs?: number;
  readonly closeMs?: number;
  /** Of the waiting: from the first contribution to the last. */
  readonly slowestMs?: number;
  readonly bytes?: number;
}
