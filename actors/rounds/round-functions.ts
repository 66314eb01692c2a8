/**
 * What rounds compute on threads, by name: preparing slices, contributing, combining, closing.
 *
 * States and sums are in shared memory, so passing them to a thread and back copies nothing; the
 * SHA-256 of what will travel is taken here as well. Pure apart from reading shards through the
 * function given. Combining follows the fixed tree, whatever run of slices a call is given.
 */
import type { Column, Frame } from '../../datasets/frame.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import { sliceSpan } from '../../datasets/slices.ts';
import { ProcessExitRequest } from '../../learners/errors.ts';
import {
  type AnyRoundsLearner,
  type Problem,
  type Progress,
  trainsInRounds,
} from '../../learners/learner.ts';
import type { Closed } from '../../learners/rounds-learner.ts';
import { combineTree, cover, type Span } from '../../learners/slice-tree.ts';
import { moved } from '../../runtime/ports/compute.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import { TerminalError } from '../../schemas/errors.ts';
import { type JobPlan, paramsOf, sliceCount } from '../../schemas/job-plan.ts';
import { frameFor } from '../task-runner/problem.ts';
import {
  columnsOf,
  fitOf,
  type JobBytes,
  type ReadFile,
  rowsFor,
  type ShardPath,
  shardReader,
  type ThreadJob,
  type ThreadJobs,
} from '../task-runner/thread-jobs.ts';
import { checkClosed } from './round-result.ts';

export interface PrepareSlicesInput {
  readonly job: JobBytes;
  readonly shard: ShardPath;
  /** Slices of that shard. */
  readonly slices: readonly number[];
}

/** Prepared data of each slice asked for, and of each fit. */
export type PreparedSlices = readonly (readonly unknown[])[];

/** A slice that is to contribute; `heldRound` is null where its holder's state is to be rebuilt. */
export interface SliceInput {
  readonly slice: number;
  readonly prepared: unknown;
  readonly held: unknown;
  readonly heldRound: number | null;
}

export interface ContributeInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly round: number;
  readonly state: Uint8Array;
  readonly slices: readonly SliceInput[];
  /** Spans whose sums will travel as they are: their SHA-256 is wanted. */
  readonly announced: readonly Span[];
}

/** The sum over a whole subtree; without a digest where none was asked for. */
export interface Sum extends Span {
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

export interface ContributeOutput {
  readonly sums: readonly Sum[];
  /** Holders' states after the call, in the order of the slices. */
  readonly held: readonly unknown[];
  /** The slice whose work failed; then there are no sums. */
  readonly failed: {
    readonly slice: number;
    readonly code: string;
    readonly message: string;
  } | null;
  readonly [moved]?: readonly ArrayBuffer[];
}

export interface CombineInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly parts: readonly Omit<Sum, 'sha256'>[];
  readonly spans: readonly Span[];
}

export interface BeginInput {
  readonly job: JobBytes;
  readonly fit: number;
}

export interface CloseInput {
  readonly job: JobBytes;
  readonly fit: number;
  readonly round: number;
  readonly state: Uint8Array;
  /** Sums that cover all slices. */
  readonly parts: readonly Omit<Sum, 'sha256'>[];
}

export interface OpenedState {
  readonly state: Uint8Array;
  readonly sha256: string;
}

export interface CloseOutput extends OpenedState, Pick<Closed, 'ended' | 'metrics'> {}

interface RoundsJob extends ThreadJob {
  readonly learner: AnyRoundsLearner;
  readonly params: Record<string, unknown>;
}

export function roundFunctions(jobs: ThreadJobs, readFile: ReadFile) {
  const jobOf = (bytes: JobBytes, fit: number): RoundsJob => {
    const job = jobs.get(bytes);
    return { ...job, learner: roundsLearner(job), params: paramsOf(job.plan, fit) };
  };
  return {
    async 'prepare-slices'(input: PrepareSlicesInput, progress: Progress): Promise<PreparedSlices> {
      const job = jobOf(input.job, 0);
      const { plan, manifest, problem, learner } = job;
      const read = await shardReader(manifest, columnsOf(plan));
      const whole = frameFor(problem, read(readFile(input.shard.path), input.shard));
      return input.slices.map((slice) => {
        const frame = sliceOf(plan, manifest, whole, slice);
        return plan.fits.map((_, fit) => {
          const { split } = fitOf(plan, fit);
          const params = paramsOf(plan, fit);
          const frames = () => [rowsFor(job, fit, frame)];
          return learner.prepare(problem, params, { frames, split }, progress);
        });
      });
    },

    contribute: (input: ContributeInput, progress: Progress) =>
      contribute(jobOf(input.job, input.fit), input, progress),

    combine(input: CombineInput, progress: Progress): Sum[] {
      const { problem, learner, params } = jobOf(input.job, input.fit);
      return input.spans.map((span, i) => {
        progress(i, input.spans.length);
        return sumOf(span, combineParts(learner, problem, params, input.parts, span), true);
      });
    },

    'begin-rounds'(input: BeginInput): OpenedState {
      const { problem, learner, params } = jobOf(input.job, input.fit);
      const state = shared(learner.begin(problem, params));
      return { state, sha256: sha256Hex(state) };
    },

    'close-round'(input: CloseInput, progress: Progress): CloseOutput {
      const { plan, problem, learner, params } = jobOf(input.job, input.fit);
      const all = { from: 0, to: sliceCount(plan) };
      const sum = combineParts(learner, problem, params, input.parts, all);
      progress(1, 2);
      const closed = learner.close(problem, params, input.state, sum, input.round);
      checkClosed(closed);
      const { buffer } = closed.state;
      // The memory of sums is used again in the next round.
      const lent = input.parts.some(({ bytes }) => bytes.buffer === buffer);
      const state = shared(lent ? new Uint8Array(closed.state) : closed.state);
      return { state, sha256: sha256Hex(state), ended: closed.ended, metrics: closed.metrics };
    },
  };
}

/**
 * Contributes slice by slice, in order, and combines on the way: a sum for each level of the tree is
 * all that is in memory at a time.
 */
function contribute(job: RoundsJob, input: ContributeInput, progress: Progress): ContributeOutput {
  const { plan, problem, learner, params } = job;
  const { round, state } = input;
  const slices = sliceCount(plan);
  const wanted = new Map(input.slices.map((one) => [one.slice, one]));
  const held = new Map<number, unknown>();
  let current = -1;
  const leaf = ({ from, to }: Span): Uint8Array | undefined => {
    const one = to - from === 1 ? wanted.get(from) : undefined;
    if (one === undefined) return undefined;
    current = from;
    const own = heldState(learner, problem, params, input, one, slices);
    held.set(from, own);
    const slice = { prepared: one.prepared, held: own };
    const at = { round, slice: from, slices };
    const sum = learner.contribute(problem, params, state, slice, at, progress);
    progress(held.size, wanted.size);
    return sum;
  };
  const combine = (a: Uint8Array, b: Uint8Array) => learner.combine(problem, params, a, b);
  const travels = ({ from, to }: Span) =>
    input.announced.some((other) => other.from === from && other.to === to);
  try {
    const sums = cover(slices, new Set(wanted.keys())).map((span) =>
      travels(span)
        ? travelling(span, combineTree(span, leaf, combine))
        : sumOf(span, combineTree(span, leaf, combine), false),
    );
    const states = input.slices.map(({ slice }) => held.get(slice));
    return { sums, held: states, failed: null, [moved]: [...new Set(sums.flatMap(ownBuffer))] };
  } catch (error) {
    return { sums: [], held: [], failed: failureOf(error, current) };
  }
}

function combineParts(
  learner: AnyRoundsLearner,
  problem: Problem,
  params: Record<string, unknown>,
  parts: CombineInput['parts'],
  span: Span,
): Uint8Array {
  const known = new Map(parts.map((part) => [`${part.from} ${part.to}`, part.bytes]));
  return combineTree(
    span,
    ({ from, to }) => known.get(`${from} ${to}`),
    (a, b) => learner.combine(problem, params, a, b),
  );
}

/** The holder's own state in this round: as it is, evolved, or rebuilt. */
function heldState(
  learner: AnyRoundsLearner,
  problem: Problem,
  params: Record<string, unknown>,
  { round, state }: ContributeInput,
  { slice, prepared, held, heldRound }: SliceInput,
  slices: number,
): unknown {
  const { holder } = learner;
  if (holder === undefined) return null;
  const at = { round, slice, slices };
  if (heldRound === round) return held;
  if (heldRound === round - 1) return holder.evolve(problem, params, state, prepared, held, at);
  return holder.rebuild(problem, params, state, prepared, at);
}

/** A fault of this slice alone; what ends the whole call is thrown on. */
function failureOf(error: unknown, slice: number): ContributeOutput['failed'] {
  if (error instanceof ProcessExitRequest || !(error instanceof Error)) throw error;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null || code === 'cancelled') throw error;
  return { slice, code, message: error.message };
}

/** The rows of a slice, as a frame over the shard's memory. */
function sliceOf(plan: JobPlan, manifest: Manifest, whole: Frame, slice: number): Frame {
  const perShard = plan.rounds?.slicesPerShard ?? 1;
  const span = sliceSpan(manifest.shards, perShard, slice);
  const from = span.firstRow - whole.firstRow;
  if (from < 0 || from + span.rows > whole.rows) {
    throw new TerminalError('bad-plan', `slice ${slice} is not in the shard that was read`);
  }
  const columns = new Map<string, Column>();
  for (const [name, column] of whole.columns) {
    columns.set(name, columnRows(column, from, from + span.rows));
  }
  return { rows: span.rows, firstRow: span.firstRow, columns };
}

function columnRows(column: Column, from: number, to: number): Column {
  switch (column.kind) {
    case 'number':
      return { ...column, values: column.values.subarray(from, to) };
    case 'category':
    case 'boolean':
      return { ...column, codes: column.codes.subarray(from, to) };
    case 'text':
      return {
        ...column,
        offsets: column.offsets.subarray(from, to + 1),
        present: column.present.subarray(from, to),
      };
  }
}

function roundsLearner({ learner }: ThreadJob): AnyRoundsLearner {
  if (trainsInRounds(learner)) return learner;
  throw new TerminalError('bad-plan', `"${learner.name}" trains by tasks, not in rounds`);
}

function sumOf(span: Span, bytes: Uint8Array, travels: boolean): Sum {
  const own = shared(bytes);
  return { from: span.from, to: span.to, bytes: own, sha256: travels ? sha256Hex(own) : '' };
}

/** A sum that only travels from here on: it need not be shared with other threads. */
function travelling({ from, to }: Span, bytes: Uint8Array): Sum {
  const whole = bytes.length === bytes.buffer.byteLength && !Buffer.isBuffer(bytes);
  const own = whole ? bytes : new Uint8Array(bytes);
  return { from, to, bytes: own, sha256: sha256Hex(own) };
}

function ownBuffer({ bytes }: Sum): ArrayBuffer[] {
  return bytes.buffer instanceof ArrayBuffer ? [bytes.buffer] : [];
}

/** The bytes in shared memory, as a whole. */
function shared(bytes: Uint8Array): Uint8Array {
  const { buffer } = bytes;
  if (buffer instanceof SharedArrayBuffer && buffer.byteLength === bytes.length) return bytes;
  const own = new Uint8Array(new SharedArrayBuffer(bytes.length));
  own.set(bytes);
  return own;
}
