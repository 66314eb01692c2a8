/**
 * The contract between shoal and an algorithm whose work is independent tasks, and what it shares
 * with algorithms that train in rounds (`rounds-learner.ts`).
 *
 * A learner is pure: no input or output, no clock, no global randomness; everything it needs is an
 * argument, and equal arguments give equal bytes on every machine. The runtime decides where and
 * when the functions run (on worker threads, on any node, more than once if a node dies).
 */
import type { ColumnSchema, Frame } from '../datasets/frame.ts';
import type { RowSplit } from '../datasets/row-split.ts';
import type { ParamTable } from './params.ts';
import type { Mode, RoundsLearner } from './rounds-learner.ts';

export type TaskKind = 'classification' | 'regression' | 'clustering';

/** What is to be learned: fixed at planning, the same for every task of a job. */
export interface Problem {
  readonly kind: TaskKind;
  readonly features: readonly ColumnSchema[];
  /**
   * The target; for classification its `levels` are the classes, global and fixed before training.
   * For clustering it is the column that predictions are written to, and no frame holds it.
   */
  readonly target: ColumnSchema;
  /** Classes in label order; empty unless classifying. */
  readonly classes: readonly string[];
  /** Rows of the whole data set (before any split). */
  readonly rows: number;
  /** Job seed, an unsigned 32-bit integer. */
  readonly seed: number;
  /** How rounds keep step; `sync` where nothing is said. */
  readonly mode?: Mode;
}

/** The rows a task may read: shards in index order, and which rows of them count. */
export interface RowSource {
  /** Frames in shard order; can be iterated more than once, each pass may read from disk anew. */
  frames(): Iterable<Frame>;
  readonly split: RowSplit;
}

/** Called often from long loops; throws when the task was cancelled. `done` and `total` are units. */
export type Progress = (done: number, total: number) => void;

/** A fitted model that predicts; built from bytes by `decode`, which checks them. */
export interface Predictor {
  /**
   * Scores every row of a frame that holds the model's features (codes already in the model's levels).
   * Classification: `rows x classes` probabilities, row-major. Regression: `rows` values.
   * Clustering: the index of each row's cluster.
   */
  predict(frame: Frame): Float64Array;
  /** What the model tells of its own training, by name; joins the metrics of the fit. */
  readonly figures?: Readonly<Record<string, number>>;
}

export interface Learner<P = Record<string, unknown>, Prepared = unknown> {
  readonly stage?: 'tasks';
  readonly name: string;
  readonly summary: string;
  readonly kinds: readonly TaskKind[];
  /** Version of the arithmetic: it changes whenever the same job would give another digest. */
  readonly numerics: number;
  readonly params: ParamTable<P>;
  /**
   * Number of tasks of one fit, from 1 to 1024 unless params ask for more; depends on problem and
   * params only, never on workers. Throws `LearnerError` for a problem that cannot be learned.
   */
  taskCount(problem: Problem, params: P): number;
  /** Bytes a node needs to hold the prepared data and one running task; an upper estimate. */
  memoryBytes(problem: Problem, params: P, slots: number): number;
  /**
   * Turns rows into what tasks train on: plain data over SharedArrayBuffers, made once a node and
   * fit and shared by its threads. Reads the source in order, a frame at a time.
   */
  prepare(problem: Problem, params: P, source: RowSource, progress: Progress): Prepared;
  /**
   * Runs task `task` of `taskCount`; returns its part of the model, in a canonical encoding. May
   * throw `LearnerError` (terminal) or `ProcessExitRequest` (toy only).
   */
  train(
    problem: Problem,
    params: P,
    prepared: Prepared,
    task: number,
    progress: Progress,
  ): Uint8Array;
  /**
   * Joins the parts, given in task order, into the model's canonical bytes. Merging the same parts
   * again gives the same bytes; `ModelError` when they are not the parts of one fit.
   */
  merge(problem: Problem, params: P, parts: readonly Uint8Array[], progress?: Progress): Uint8Array;
  /** Reads a model's bytes; throws `ModelError` on anything that is not a sound model. */
  decode(bytes: Uint8Array): Predictor;
}

// biome-ignore-start lint/suspicious/noExplicitAny: each learner has its own types behind one list
export type AnyTasksLearner = Learner<any, any>;
export type AnyRoundsLearner = RoundsLearner<any, any, any>;
// biome-ignore-end lint/suspicious/noExplicitAny: as above
/** A learner whose parameter and prepared types are its own business. */
export type AnyLearner = AnyTasksLearner | AnyRoundsLearner;

export function trainsInRounds(learner: AnyLearner): learner is AnyRoundsLearner {
  return learner.stage === 'rounds';
}

/** The learners that a node knows, by name. */
export type Learners = ReadonlyMap<string, AnyLearner>;
