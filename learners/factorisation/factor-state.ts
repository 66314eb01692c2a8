/**
 * The state of the factorisation: `[phase, mean, scale, loss, penalty, users, items]`.
 *
 * A user or item is a bias and factors; a rating is about mean + scale (bias of user + bias of item
 * + product of factors). The views share memory with the bytes they were laid over.
 */
import { hash32 } from '../random.ts';
import { doublesIn } from '../round-bytes.ts';
import { type Shape, stateLength } from './factor-params.ts';

/** What the round that the state opens is for. */
export const PHASE = { mean: 0, users: 1, items: 2 } as const;
/** Keys the first factors. */
const FACTORS = 0x66616374;
const HEAD = 5;

export interface FactorState {
  readonly numbers: Float64Array;
  readonly phase: number;
  readonly mean: number;
  /** Standard deviation of the ratings; 1 where they are all equal. */
  readonly scale: number;
  /** Loss when users were last about to be solved for; infinite before the second time. */
  readonly loss: number;
  /** Squares of the side that was solved last, each as often as it has ratings. */
  readonly penalty: number;
  /** `users x width`, row-major: bias, then factors. */
  readonly users: Float64Array;
  readonly items: Float64Array;
}

export function emptyState(shape: Shape): Uint8Array {
  return new Uint8Array(8 * stateLength(shape));
}

export function readState(shape: Shape, state: Uint8Array): FactorState {
  const numbers = doublesIn(state, 0, stateLength(shape));
  const itemsAt = HEAD + shape.users * shape.width;
  return {
    numbers,
    phase: numbers[0]!,
    mean: numbers[1]!,
    scale: numbers[2]!,
    loss: numbers[3]!,
    penalty: numbers[4]!,
    users: numbers.subarray(HEAD, itemsAt),
    items: numbers.subarray(itemsAt),
  };
}

/** First factors of items, uniform, so that products have about the spread of scaled ratings. */
export function drawItems({ items, width }: Shape, seed: number, out: Float64Array): void {
  const rank = width - 1;
  const range = Math.sqrt(3 / Math.sqrt(Math.max(1, rank)));
  for (let item = 0; item < items; item++) {
    for (let f = 1; f < width; f++) {
      const unit = hash32(seed, FACTORS, item, f) / 2 ** 31 - 1;
      out[item * width + f] = range * unit;
    }
  }
}
