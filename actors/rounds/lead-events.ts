/**
 * All that a leader of rounds can be told, and all that it can ask for.
 *
 * Every event carries `atMs`, monotonic milliseconds. Outcomes name the state that they belong to,
 * so what was asked for in an earlier round is told from what this one waits for.
 */
import type { JobId, NodeId } from '../../schemas/ids.ts';
import type { Share } from '../../schemas/wire.ts';
import type { RoundReady } from './messages.ts';
import type { ReduceGroup } from './reduce-plan.ts';
import type { Ended, RoundMetrics } from './round-result.ts';
import type { Part, Refusal, RoundShare } from './share-table.ts';

/** What is led, and by whom. */
export interface LeadPlace {
  readonly job: JobId;
  readonly fit: number;
  readonly slices: number;
  readonly node: NodeId;
  readonly nonce: string;
  /** Of the claim: the highest is obeyed. */
  readonly attempt: number;
  /** Digest of the plan: slices and states of another one are of no use. */
  readonly plan: string;
  /** The plan may not be the job's first: what does not name it counts as of another one. */
  readonly replanned: boolean;
}

/** Whether what names this plan, or none, is of the plan that is led. */
export function isOfPlan({ plan, replanned }: LeadPlace, named: string): boolean {
  return named === plan || (named === '' && !replanned);
}

/** A state by its digest; it opens round `round`. */
export interface OpenState {
  /** Rounds closed before it. */
  readonly round: number;
  readonly digest: string;
  readonly size: number;
  /** Null while it is somewhere else. */
  readonly bytes: Uint8Array | null;
  /** Nodes that have it. */
  readonly nodes: readonly string[];
}

interface At {
  readonly atMs: number;
}

export type LeadEvent =
  /** The record is ours; `first`: nobody can have led these rounds before. */
  | ({
      readonly type: 'recovered';
      readonly first: boolean;
      readonly record: OpenState | null;
    } & At)
  | ({ readonly type: 'ready'; readonly message: RoundReady } & At)
  /** The state asked for, with its bytes; null where it could not be had. */
  | ({ readonly type: 'state'; readonly state: OpenState | null } & At)
  | ({
      readonly type: 'pulled';
      readonly state: OpenState;
      readonly share: RoundShare;
      /** Null where they did not come, or were others. */
      readonly bytes: Uint8Array | null;
    } & At)
  | ({
      readonly type: 'reduced';
      readonly state: OpenState;
      readonly group: ReduceGroup;
      readonly share: Share | null;
    } & At)
  | ({
      readonly type: 'closed';
      readonly next: { readonly digest: string; readonly size: number; readonly bytes: Uint8Array };
      readonly ended: Ended | null;
      readonly metrics: RoundMetrics;
    } & At)
  /** A checkpoint is over; `round` is null where it was not written. */
  | ({ readonly type: 'checkpointed'; readonly round: number | null } & At)
  /** Another claim has the record. */
  | ({ readonly type: 'fenced' } & At)
  | ({ readonly type: 'tick' } & At);

export type LeadEffect =
  | { readonly type: 'probe' }
  | { readonly type: 'begin' }
  /** Reads the state put by. */
  | { readonly type: 'load'; readonly state: OpenState }
  /** Pulls a state from the nodes that have it. */
  | { readonly type: 'fetch'; readonly state: OpenState }
  | { readonly type: 'open'; readonly state: OpenState; readonly sources: readonly string[] }
  /** Pulls of the round given up. */
  | { readonly type: 'abandon' }
  | { readonly type: 'pull'; readonly share: RoundShare }
  | { readonly type: 'reduce'; readonly group: ReduceGroup; readonly state: OpenState }
  | { readonly type: 'close'; readonly state: OpenState; readonly parts: readonly Part[] }
  | { readonly type: 'checkpoint'; readonly state: OpenState; readonly metrics: RoundMetrics }
  | {
      readonly type: 'finish';
      readonly state: OpenState;
      readonly ended: Ended;
      readonly metrics: RoundMetrics;
    }
  /** A round was closed; for metrics. */
  | { readonly type: 'round'; readonly round: number; readonly ms: number }
  | { readonly type: 'refused'; readonly reason: Refusal | 'wrong-state'; readonly count: number }
  /** Nondeterminism: two sums of the same slices differ. */
  | { readonly type: 'alarm'; readonly first: RoundShare; readonly second: RoundShare }
  /** The claim was given to another attempt. */
  | { readonly type: 'stop' };
