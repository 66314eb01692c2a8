/**
 * The state of k-means: `[surveyed, moved, wanted, limit, means, scales, centres, counts]`.
 *
 * Before the first round it holds nothing, which `surveyed` tells. The views share memory with the
 * bytes they were laid over.
 */
import type { Scaling } from '../encoding/scaling.ts';
import { doublesIn } from '../round-bytes.ts';
import { type Shape, stateLength } from './k-means-params.ts';

const HEAD = 4;

export interface ClusterState {
  readonly numbers: Float64Array<ArrayBufferLike>;
  /** Whether the first round was closed. */
  readonly surveyed: boolean;
  /** Rounds that moved the centres. */
  readonly moved: number;
  /** Rows far from all centres that the next round has to look for, because clusters are empty. */
  readonly wanted: number;
  /** Squared shift of all centres together that ends the training. */
  readonly limit: number;
  readonly scaling: Scaling;
  /** `k x width`, row-major, of scaled numbers and levels. */
  readonly centres: Float64Array;
  /** Rows of each cluster in the last round. */
  readonly counts: Float64Array;
}

export function emptyState(shape: Shape): Uint8Array {
  return new Uint8Array(8 * stateLength(shape));
}

export function readState(shape: Shape, state: Uint8Array): ClusterState {
  const { numbers: columns, k, layout } = shape;
  const numbers = doublesIn(state, 0, stateLength(shape));
  const centresAt = HEAD + 2 * columns;
  const countsAt = centresAt + k * layout.width;
  return {
    numbers,
    surveyed: numbers[0] === 1,
    moved: numbers[1]!,
    wanted: numbers[2]!,
    limit: numbers[3]!,
    scaling: {
      means: numbers.subarray(HEAD, HEAD + columns),
      scales: numbers.subarray(HEAD + columns, centresAt),
    },
    centres: numbers.subarray(centresAt, countsAt),
    counts: numbers.subarray(countsAt),
  };
}

/** A state with this head; the rest is for the caller to fill in through `readState`. */
export function newState(shape: Shape, moved: number, wanted: number, limit: number): Uint8Array {
  const state = emptyState(shape);
  readState(shape, state).numbers.set([1, moved, wanted, limit]);
  return state;
}
