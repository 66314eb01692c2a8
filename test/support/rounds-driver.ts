/**
 * Runs a learner of rounds in this process: every slice by itself, combined along the tree.
 *
 * It holds the learner to the contract while it runs: arguments must come back unchanged, and their
 * bytes are overwritten afterwards, so that a result which shares memory with an argument, or an
 * argument that was kept, shows as a wrong result. Knows no bus, no thread and no clock.
 */
import type { Frame } from '../../datasets/frame.ts';
import type { RowSplit } from '../../datasets/row-split.ts';

import type { Problem } from '../../learners/learner.ts';
import type { Closed, RoundsLearner } from '../../learners/rounds-learner.ts';
import { combineTree, type Span } from '../../learners/slice-tree.ts';

export interface Rounds<P, Prepared, Held> {
  readonly learner: RoundsLearner<P, Prepared, Held>;
  readonly problem: Problem;
  readonly params: P;
  /** Prepared slices in index order. */
  readonly slices: readonly Prepared[];
  /** An error beyond this many rounds, so that a learner that never ends fails its test. */
  readonly roundsMax?: number;
  /** Rebuild the holder's state in every round instead of evolving it; the result must be equal. */
  readonly rebuild?: boolean;
  /** Called with each round's opening state, its sum and how it closed. */
  readonly onRound?: (round: number, state: Uint8Array, sum: Uint8Array, closed: Closed) => void;
}

export interface RoundsResult {
  readonly model: Uint8Array;
  /** The last state. */
  readonly state: Uint8Array;
  readonly rounds: number;
  readonly ended: NonNullable<Closed['ended']>;
  /** Metrics of each round. */
  readonly metrics: readonly Readonly<Record<string, number>>[];
}

const quiet = () => undefined;

/** Prepares one slice for each list of frames. */
export function prepareSlices<P, Prepared, Held>(
  learner: RoundsLearner<P, Prepared, Held>,
  problem: Problem,
  params: P,
  slices: readonly (readonly Frame[])[],
  split: RowSplit = { kind: 'all' },
): Prepared[] {
  return slices.map((frames) =>
    learner.prepare(problem, params, { frames: () => frames, split }, quiet),
  );
}

/** From `begin` to `finish`. */
export function runRounds<P, Prepared, Held>(rounds: Rounds<P, Prepared, Held>): RoundsResult {
  const { learner, problem, params, slices, roundsMax = 100_000 } = rounds;
  const metrics: Readonly<Record<string, number>>[] = [];
  let held: Held[] | undefined;
  let state = learner.begin(problem, params);
  for (let round = 0; round < roundsMax; round++) {
    held = holdersOf(rounds, state, held, round);
    const sum = sumOf(rounds, state, held, { from: 0, to: slices.length }, round);
    const closed = unchanged([state, sum], ([opening, total]) =>
      learner.close(problem, params, opening!, total!, round),
    );
    rounds.onRound?.(round, state, sum, closed);
    for (const [name, value] of Object.entries(closed.metrics)) {
      if (!Number.isFinite(value)) throw new Error(`metric "${name}" of round ${round}: ${value}`);
    }
    metrics.push(closed.metrics);
    state = closed.state;
    if (closed.ended === null) continue;
    const model = unchanged([state], ([last]) => learner.finish(problem, params, last!));
    return { model, state, rounds: round + 1, ended: closed.ended, metrics };
  }
  throw new Error(`no end after ${roundsMax} rounds`);
}

/** The state of each holder in this round: rebuilt, or evolved from the round before. */
export function holdersOf<P, Prepared, Held>(
  rounds: Rounds<P, Prepared, Held>,
  state: Uint8Array,
  before: readonly Held[] | undefined,
  round: number,
): Held[] {
  const { learner, problem, params, slices } = rounds;
  const { holder } = learner;
  return slices.map((prepared, slice) => {
    // A learner that has no holder's state is given null, which is then what `Held` is.
    if (!holder) return null as Held;
    const at = { round, slice, slices: slices.length };
    return unchanged([state], ([opening]) =>
      before === undefined || rounds.rebuild
        ? holder.rebuild(problem, params, opening!, prepared, at)
        : holder.evolve(problem, params, opening!, prepared, before[slice]!, at),
    );
  });
}

/** What one slice adds to the round. */
export function contributionOf<P, Prepared, Held>(
  rounds: Rounds<P, Prepared, Held>,
  state: Uint8Array,
  held: readonly Held[],
  slice: number,
  round: number,
): Uint8Array {
  const { learner, problem, params, slices } = rounds;
  const hold = { prepared: slices[slice]!, held: held[slice]! };
  const at = { round, slice, slices: slices.length };
  return unchanged([state], ([opening]) =>
    learner.contribute(problem, params, opening!, hold, at, quiet),
  );
}

/** The sum over a whole subtree of slices. */
export function sumOf<P, Prepared, Held>(
  rounds: Rounds<P, Prepared, Held>,
  state: Uint8Array,
  held: readonly Held[],
  span: Span,
  round: number,
): Uint8Array {
  const leaf = ({ from, to }: Span) =>
    to - from === 1 ? contributionOf(rounds, state, held, from, round) : undefined;
  return combineTree(span, leaf, (left, right) => combineChecked(rounds, left, right));
}

/** `combine`, held to the contract. */
export function combineChecked<P, Prepared, Held>(
  { learner, problem, params }: Rounds<P, Prepared, Held>,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  return unchanged([left, right], ([a, b]) => learner.combine(problem, params, a!, b!));
}

/** Calls with copies, which must be equal afterwards and are then spoiled. */
function unchanged<T>(bytes: readonly Uint8Array[], call: (copies: Uint8Array[]) => T): T {
  const copies = bytes.map((one) => new Uint8Array(one));
  const result = call(copies);
  copies.forEach((copy, i) => {
    if (!sameBytes(copy, bytes[i]!)) throw new Error(`argument ${i} was changed`);
    copy.fill(0xa5);
  });
  return result;
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}
