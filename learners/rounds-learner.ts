/**
 * The contract between shoal and an algorithm that trains in rounds.
 *
 * A state opens a round; every slice of the rows adds its contribution, contributions are combined
 * along a fixed binary tree over the index of the slice, and the sum closes the round into the next
 * state. Every function is pure and gives equal bytes for equal arguments on every machine, so the
 * model depends on neither workers, nor their number, nor how often a round was computed again.
 *
 * States, contributions and sums travel as bytes: little-endian, any array of numbers aligned to
 * its element size, so that `Float64Array` views can be laid over them without a copy. The bytes
 * given to a function must not be kept or changed; what it returns is its own.
 */
import type { Predictor, Problem, Progress, RowSource, TaskKind } from './learner.ts';
import type { ParamTable } from './params.ts';

/** How holders and aggregator keep step; `local`: several steps on each slice between two rounds. */
export type Mode = 'sync' | 'local';

/** Where a contribution belongs; random streams derive from hash(seed, round, slice, ...). */
export interface RoundPlace {
  /** Rounds closed before this one, from 0. */
  readonly round: number;
  /** Index of the slice, from 0 to `slices - 1`: fixed by data set and spec. */
  readonly slice: number;
  readonly slices: number;
}

/** What a holder keeps of one slice for one fit. */
export interface HeldSlice<Prepared, Held> {
  readonly prepared: Prepared;
  /** The holder's own state in this round; null for learners that have none. */
  readonly held: Held;
}

/** How a round ended. */
export interface Closed {
  /** The state that opens the next round, or the last one. */
  readonly state: Uint8Array;
  /**
   * Why this was the last round; null to go on. `rounds`: as many as were asked for; `converged`:
   * the change fell below the tolerance; `early-stop`: held-back rows stopped getting better.
   */
  readonly ended: 'rounds' | 'converged' | 'early-stop' | null;
  /** Finite numbers for people and events, e.g. `{ loss: 0.31 }`; never read by the learner again. */
  readonly metrics: Readonly<Record<string, number>>;
}

/**
 * State that a holder carries from round to round beside its rows (margins of boosting, say). It
 * is a function of the round's state and the slice alone: `evolve` is only the cheap way there.
 */
export interface HolderState<P, Prepared, Held> {
  /** Plain data over SharedArrayBuffers; bit-equal to having evolved through all earlier rounds. */
  rebuild(problem: Problem, params: P, state: Uint8Array, prepared: Prepared, at: RoundPlace): Held;
  /** From the holder's state one round earlier; may change `held` in place and return it. */
  evolve(
    problem: Problem,
    params: P,
    state: Uint8Array,
    prepared: Prepared,
    held: Held,
    at: RoundPlace,
  ): Held;
}

export interface RoundsLearner<P = Record<string, unknown>, Prepared = unknown, Held = null> {
  readonly stage: 'rounds';
  readonly name: string;
  readonly summary: string;
  readonly kinds: readonly TaskKind[];
  readonly modes: readonly Mode[];
  /** Version of the arithmetic: it changes whenever the same job would give another digest. */
  readonly numerics: number;
  readonly params: ParamTable<P>;
  /**
   * Bytes that a node needs beside its slices: the state, and a contribution for each of `slots`
   * threads; an upper estimate. Throws `LearnerError` for a problem that cannot be learned.
   */
  memoryBytes(problem: Problem, params: P, slots: number): number;
  /** Bytes of one prepared slice of `rows` rows with the holder's state; an upper estimate. */
  sliceBytes(problem: Problem, params: P, rows: number): number;
  /** Turns a slice's rows into what rounds train on: plain data over SharedArrayBuffers. */
  prepare(problem: Problem, params: P, source: RowSource, progress: Progress): Prepared;
  /** The state that opens round 0. */
  begin(problem: Problem, params: P): Uint8Array;
  readonly holder?: HolderState<P, Prepared, Held>;
  /** What one slice adds to the round that `state` opened. */
  contribute(
    problem: Problem,
    params: P,
    state: Uint8Array,
    slice: HeldSlice<Prepared, Held>,
    at: RoundPlace,
    progress: Progress,
  ): Uint8Array;
  /**
   * Joins the sums of two neighbouring runs of slices, the lower one first. Its law: the caller
   * applies it along one fixed tree, so it need be neither commutative nor associative, and the
   * same pair gives the same bytes. Must not change its arguments.
   */
  combine(problem: Problem, params: P, left: Uint8Array, right: Uint8Array): Uint8Array;
  /**
   * Closes a round with the sum over all slices. Throws `LearnerError` where the numbers are not
   * finite any more, naming the parameter to change.
   */
  close(problem: Problem, params: P, state: Uint8Array, sum: Uint8Array, round: number): Closed;
  /** The model's canonical bytes, from the state after any number of closed rounds. */
  finish(problem: Problem, params: P, state: Uint8Array): Uint8Array;
  /** Reads a model's bytes; throws `ModelError` on anything that is not a sound model. */
  decode(bytes: Uint8Array): Predictor;
}
