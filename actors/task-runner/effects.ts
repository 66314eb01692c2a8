/**
 * All that a task runner can ask for. `claim`, `compute`, `store`, `commit` and `report` may be
 * asked for again after a setback: each finds out from the record what became of the time before.
 */
import type { EffectClass } from '../../runtime/host.ts';
import type { Claim, Failure, TermOffer } from './events.ts';

/** One line of a heartbeat. */
export interface RunningTask {
  /** Number of the run within this process. */
  readonly run: number;
  readonly job: string;
  readonly task: string;
  readonly attempt: number;
  readonly progress: number;
  readonly runningMs: number;
}

/** What a heartbeat says of the runner itself; the host adds facts about process and machine. */
export interface Beat {
  readonly seq: number;
  readonly running: readonly RunningTask[];
  readonly queued: number;
  readonly loopLagMs: number;
  readonly draining: boolean;
  readonly leaving: boolean;
  readonly tasksDone: number;
  readonly commitsRefused: number;
}

export type AbortReason = 'cancelled' | 'fenced' | 'draining' | 'released' | 'stopped';

export type RunnerEffect =
  | { readonly type: 'claim'; readonly run: number; readonly offer: TermOffer }
  | { readonly type: 'compute'; readonly run: number; readonly offer: TermOffer }
  | {
      readonly type: 'store';
      readonly run: number;
      readonly job: string;
      readonly bytes: Uint8Array;
    }
  | {
      readonly type: 'commit';
      readonly run: number;
      readonly claim: Claim;
      readonly digest: string;
      readonly resultBytes: number;
      readonly inline: Uint8Array;
      /** What the work says of itself, JSON; empty for none. */
      readonly note: string;
      readonly computeMs: number;
    }
  | {
      readonly type: 'report';
      readonly run: number;
      readonly claim: Claim;
      readonly failure: Failure;
    }
  /** Reads the record again after a pause of the process: are we still its holder? */
  | { readonly type: 'verify'; readonly run: number; readonly claim: Claim }
  | { readonly type: 'abort'; readonly run: number; readonly reason: AbortReason }
  /** The run is over; for spans and logs. */
  | {
      readonly type: 'ended';
      readonly run: number;
      readonly offer: TermOffer;
      readonly outcome: Outcome;
    }
  | { readonly type: 'beat'; readonly beat: Beat }
  | { readonly type: 'answer'; readonly reply: number; readonly beat: Beat }
  /** Data kept for a job that was cancelled is of no use any more. */
  | { readonly type: 'forget'; readonly job: string }
  | { readonly type: 'leave' };

export type Outcome =
  | 'committed'
  | 'fenced'
  | 'failed'
  | 'cancelled'
  | 'not-claimed'
  | 'lost-touch';

export function classOfEffect(effect: RunnerEffect): EffectClass {
  switch (effect.type) {
    case 'claim':
    case 'compute':
    case 'store':
    case 'commit':
    case 'report':
    case 'verify':
      return 'start';
    case 'leave':
      return 'settle';
    case 'abort':
    case 'ended':
    case 'beat':
    case 'answer':
    case 'forget':
      return 'send';
  }
}
