/**
 * What a slice adds to a round of boosting, and how sums are joined.
 *
 * Every sum begins with a tag that names its round; blocks of histograms, sums of leaves or what
 * measures the data follow. Knows what is asked for, not what it is for.
 */
import { LearnerError } from '../errors.ts';
import { bytesOf, doublesIn, doublesOf } from '../round-bytes.ts';
import type { RoundPlace } from '../rounds-learner.ts';
import type { BoostedRows } from './boosted-rows.ts';
import { type BoostingState, HEAD, PHASE, waits } from './boosting-state.ts';
import type { BoostingTask } from './boosting-task.ts';
import { lossOfHeldBack } from './held-back-loss.ts';
import { type HeldRows, SPAN } from './held-rows.ts';
import { HistogramBuilder } from './histogram-builder.ts';
import { addBlocks, type HistogramShape, histogramShape } from './histograms.ts';
import { addLeaves, addParts, sumLeaves, sumParts } from './leaf-sums.ts';
import { combineCentres, combineSurveys, sumCentre, surveyRows } from './survey.ts';

/** Every sum begins with `[phase, round]`; those of trees with the loss of rows held back as well. */
export const TAG = { phase: 0, round: 1, loss: 2, lossWeight: 3, length: 4 } as const;
/** The tag is doubles; blocks are words behind it. */
const TAG_WORDS = 2 * TAG.length;

function tagged(state: BoostingState, round: number, body: Uint8Array): Uint8Array {
  const out = new Uint8Array(8 * TAG.length + body.length);
  new Float64Array(out.buffer, 0, TAG.length).set([state.head[HEAD.phase]!, round]);
  out.set(body, 8 * TAG.length);
  return out;
}

export function bodyOf(sum: Uint8Array): Uint8Array {
  return sum.subarray(8 * TAG.length);
}

export function contributeRound(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows | null,
  { round }: RoundPlace,
): Uint8Array {
  const { head } = state;
  const phase = head[HEAD.phase];
  if (phase === PHASE.survey) return tagged(state, round, surveyRows(task, rows));
  if (phase === PHASE.centre) {
    const [low, high, heaviest] = [head[HEAD.low]!, head[HEAD.high]!, head[HEAD.heaviest]!];
    return tagged(state, round, sumCentre(task, rows, { low, high, heaviest }));
  }
  if (held === null) throw new LearnerError('rows are needed that were binned');
  const tag = new Float64Array(TAG.length);
  tag.set([phase!, round]);
  if (phase === PHASE.level && head[HEAD.level] === 0) tagLoss(task, state, rows, held, tag);
  switch (phase) {
    case PHASE.measure:
      tagLoss(task, state, rows, held, tag);
      return bytesOf(tag);
    case PHASE.level:
      return buildLevel(task, state, rows, held, tag);
    default: {
      const sum = phase === PHASE.leaves ? sumLeaves : sumParts;
      const sums = sum(task, state, rows, held, TAG.length);
      sums.set(tag);
      return bytesOf(sums);
    }
  }
}

function tagLoss(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
  tag: Float64Array,
): void {
  if (task.params.validation > 0) tag.set(lossOfHeldBack(task, state, rows, held), TAG.loss);
}

function buildLevel(
  task: BoostingTask,
  state: BoostingState,
  rows: BoostedRows,
  held: HeldRows,
  tag: Float64Array,
): Uint8Array {
  const shape = histogramShape(held.missing, task.quanta);
  // The shape travels with the blocks, so that sums can be joined without the state.
  const head = new Int32Array(LEVEL_WORDS);
  head.set(new Int32Array(tag.buffer));
  head.set([shape.features, shape.width], TAG_WORDS);
  const builder = new HistogramBuilder(shape, head, state.pairs.length);
  for (const pair of state.pairs) {
    if (waits(pair)) continue;
    const { output, build } = pair;
    const span = SPAN.length * (output * task.nodesMax + build);
    const offset = output * rows.rows;
    const from = offset + held.spans[span + SPAN.from]!;
    builder.add(held, held.order, from, held.spans[span + SPAN.count]!, offset);
  }
  return builder.finish();
}

/** Words before the first block. */
export const LEVEL_WORDS = TAG_WORDS + 2;

export function combineRound(task: BoostingTask, left: Uint8Array, right: Uint8Array): Uint8Array {
  const [a, b] = [doublesIn(left, 0, TAG.length), doublesIn(right, 0, TAG.length)];
  if (a[TAG.phase] !== b[TAG.phase] || a[TAG.round] !== b[TAG.round]) {
    throw new LearnerError(`sums of rounds ${a[TAG.round]} and ${b[TAG.round]} cannot be combined`);
  }
  const joined = joinSums(task, a[TAG.phase]!, left, right);
  const tag = new Float64Array(joined.buffer, joined.byteOffset, TAG.length);
  tag.set(a);
  tag[TAG.loss] = a[TAG.loss]! + b[TAG.loss]!;
  tag[TAG.lossWeight] = a[TAG.lossWeight]! + b[TAG.lossWeight]!;
  return joined;
}

function joinSums(
  task: BoostingTask,
  phase: number,
  left: Uint8Array,
  right: Uint8Array,
): Uint8Array {
  const behindTag = (body: Uint8Array) => {
    const out = new Uint8Array(8 * TAG.length + body.length);
    out.set(body, 8 * TAG.length);
    return out;
  };
  switch (phase) {
    case PHASE.survey:
      return behindTag(combineSurveys(task, bodyOf(left), bodyOf(right)));
    case PHASE.centre:
      return behindTag(combineCentres(bodyOf(left), bodyOf(right)));
    case PHASE.level: {
      const [a, b] = [wordsOf(left), wordsOf(right)];
      return addBlocks(shapeOf(task, a), a, b, LEVEL_WORDS);
    }
    case PHASE.leaves:
      return bytesOf(addLeaves(doublesOf(left), doublesOf(right), TAG.length));
    case PHASE.narrow:
      return bytesOf(addParts(doublesOf(left), doublesOf(right), TAG.length));
    default:
      return left.slice();
  }
}

/** All that joining blocks needs. */
function shapeOf({ quanta }: BoostingTask, words: Int32Array): HistogramShape {
  const [features, width] = [words[TAG_WORDS]!, words[TAG_WORDS + 1]!];
  return { features, width, quanta, places: new Int32Array(0) };
}

export function wordsOf(bytes: Uint8Array): Int32Array {
  const own = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  return new Int32Array(own.buffer, own.byteOffset, own.length / 4);
}
