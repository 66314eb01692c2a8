/**
 * k-means (Lloyd 1982): clusters of rows around centres, by squared Euclidean distance.
 *
 * Round 0 measures the columns and finds rows to start from; each further round moves every centre
 * to the mean of its rows. Numbers are scaled to one spread or left as they are, a missing number
 * counts as the mean; each level of a category is a column of 0 and 1. Sums of floating numbers
 * follow the tree over the slices, so the centres have the same bits on any number of nodes.
 */

import type { ColumnSchema } from '../../datasets/frame.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { type DesignLayout, designLayout } from '../encoding/design-layout.ts';
import { designRowBytes, rowsOfFrame } from '../encoding/design-rows.ts';
import { type Scaling, scaleRows, scalingOf } from '../encoding/scaling.ts';
import { LearnerError, ModelError } from '../errors.ts';
import type { Predictor, Problem } from '../learner.ts';
import { asModelError, modelHeader, readModelHeader, writeModelHeader } from '../model.ts';
import { bytesOf, doublesOf } from '../round-bytes.ts';
import type { Closed, RoundsLearner } from '../rounds-learner.ts';
import { type ClusterRows, clusterRows } from './cluster-rows.ts';
import { emptyState, newState, readState } from './cluster-state.ts';
import {
  type KMeansParams,
  kMeansParams,
  type Shape,
  shapeOf,
  stateLength,
  sumLengthMax,
} from './k-means-params.ts';
import { combineSums, moveCentres, readSum, sumRows } from './move-centres.ts';
import { assign, layOut } from './nearest-centre.ts';
import { firstCentres } from './start.ts';
import { combineSurveys, readSurvey, type Survey, surveyRows } from './survey.ts';

export const kMeans: RoundsLearner<KMeansParams, ClusterRows> = {
  stage: 'rounds',
  name: 'k-means',
  summary: 'k-means clustering of numbers and categories; exact for any number of workers',
  kinds: ['clustering'],
  modes: ['sync'],
  numerics: 1,
  params: kMeansParams,

  memoryBytes(problem, params, slots) {
    const shape = shapeOf(problem, params);
    return 2 ** 20 + 8 * (2 * stateLength(shape) + (slots + 2) * sumLengthMax(shape));
  },
  sliceBytes: (problem, params, rows) =>
    4096 + rows * (4 + designRowBytes(shapeOf(problem, params).layout)),
  prepare: (problem, params, source, progress) =>
    clusterRows(problem, shapeOf(problem, params), source, progress),
  begin: (problem, params) => emptyState(shapeOf(problem, params)),

  contribute(problem, params, bytes, { prepared }, _at, progress) {
    const shape = shapeOf(problem, params);
    const state = readState(shape, bytes);
    if (state.surveyed) return bytesOf(sumRows(shape, state, prepared, progress));
    progress(0, 1);
    return bytesOf(surveyRows(shape, params, problem.seed, prepared));
  },

  /** Law: see `survey.ts` and `move-centres.ts`; floating sums, so exact along the tree alone. */
  combine(problem, params, left, right) {
    const shape = shapeOf(problem, params);
    const [a, b] = [doublesOf(left), doublesOf(right)];
    if (a[0] !== b[0]) throw new LearnerError('sums of different rounds cannot be combined');
    return bytesOf(a[0] === 0 ? combineSurveys(shape, params, a, b) : combineSums(shape, a, b));
  },

  close(problem, params, bytes, sum) {
    const shape = shapeOf(problem, params);
    const state = readState(shape, bytes);
    return state.surveyed
      ? closeMove(shape, params, bytes, doublesOf(sum))
      : closeSurvey(shape, params, problem, readSurvey(shape, doublesOf(sum)));
  },

  finish(problem, params, bytes) {
    const { surveyed, scaling, centres } = readState(shapeOf(problem, params), bytes);
    if (!surveyed) throw new LearnerError('no round was closed yet, so there are no centres');
    const writer = new CanonicalWriter(1024 + 8 * centres.length);
    writeModelHeader(writer, modelHeader(kMeans, problem, 0));
    return writer.f64s(scaling.means).f64s(scaling.scales).f64s(centres).finish();
  },

  decode: (bytes) => asModelError(() => decodeKMeans(bytes)),
};

/** The start: scales from the moments, centres from the candidates. */
function closeSurvey(shape: Shape, params: KMeansParams, problem: Problem, survey: Survey): Closed {
  const { rows, candidates, moments } = survey;
  if (rows === 0) throw new LearnerError('there is no row to cluster');
  const scaling = scalingOf(moments, shape.layout.numbers);
  if (!params.standardise) scaling.scales.fill(1);
  const limit = params.tolerance * meanVariance(shape, scaling, survey);
  const bytes = newState(shape, 0, 0, limit);
  const state = readState(shape, bytes);
  state.scaling.means.set(scaling.means);
  state.scaling.scales.set(scaling.scales);
  const { record, numbers } = shape;
  const chosen = candidates.numbers.slice(
    candidates.from,
    candidates.from + candidates.count * record,
  );
  for (let at = 2; at < chosen.length; at += record) {
    for (let d = 0; d < numbers; d++) {
      const scaled = (chosen[at + d]! - scaling.means[d]!) / scaling.scales[d]!;
      chosen[at + d] = Number.isNaN(scaled) ? 0 : scaled;
    }
  }
  state.centres.set(firstCentres(shape, params, problem.seed, chosen));
  return { state: bytes, ended: null, metrics: { rows } };
}

/** Mean over all columns of their variance over all rows, missing numbers counting as the mean. */
function meanVariance({ layout, numbers }: Shape, { scales }: Scaling, survey: Survey): number {
  const { rows, moments, levelCounts } = survey;
  let sum = 0;
  for (let d = 0; d < numbers; d++) {
    sum += moments[2 * numbers + d]! / rows / (scales[d]! * scales[d]!);
  }
  for (const count of levelCounts) sum += (count / rows) * (1 - count / rows);
  return sum / layout.width;
}

function closeMove(
  shape: Shape,
  params: KMeansParams,
  bytes: Uint8Array,
  numbers: Float64Array,
): Closed {
  const before = readState(shape, bytes);
  const sum = readSum(shape, numbers);
  const centres = new Float64Array(before.centres.length);
  const { shift, empty, filled } = moveCentres(shape, before.centres, sum, centres);
  const { inertia } = sum;
  if (!Number.isFinite(inertia + shift)) {
    throw new LearnerError(
      `inertia is ${inertia} and shift ${shift}, both must be finite; set params.standardise to true or leave out columns with huge values`,
    );
  }
  // Clusters that are empty for the first time wait for a round that looks for far rows.
  const looking = empty > 0 && before.wanted === 0;
  const moved = before.moved + 1;
  const next = newState(shape, moved, empty, before.limit);
  const state = readState(shape, next);
  state.scaling.means.set(before.scaling.means);
  state.scaling.scales.set(before.scaling.scales);
  state.centres.set(centres);
  state.counts.set(sum.counts);
  const still = shift <= before.limit && !looking && filled === 0;
  const ended = still ? 'converged' : moved >= params.maxRounds ? 'rounds' : null;
  return { state: next, ended, metrics: { inertia, shift, empty } };
}

function decodeKMeans(bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  if (header.learner !== kMeans.name || header.kind !== 'clustering') {
    throw new ModelError(`model of "${header.learner}" given to "${kMeans.name}"`);
  }
  if (header.numerics !== kMeans.numerics) {
    throw new ModelError(
      `model has numerics ${header.numerics}, this version reads ${kMeans.numerics}`,
    );
  }
  const scaling = { means: reader.f64s(), scales: reader.f64s() };
  const centres = reader.f64s();
  reader.end();
  const layout = layoutOf(header.features);
  const numbers = layout.numbers.length;
  const k = centres.length / layout.width;
  if (scaling.means.length !== numbers || scaling.scales.length !== numbers) {
    throw new ModelError(`${scaling.means.length} means for ${numbers} number columns`);
  }
  if (!Number.isInteger(k) || k < 1) {
    throw new ModelError(`centres of ${layout.width} columns cannot be ${centres.length} numbers`);
  }
  const finite = [scaling.means, scaling.scales, centres].every((all) =>
    all.every(Number.isFinite),
  );
  if (!finite || !scaling.scales.every((scale) => scale > 0)) {
    throw new ModelError('centres and means must be finite, and scales above 0');
  }
  const laidOut = layOut({ layout, numbers }, centres);
  return {
    predict(frame) {
      const design = rowsOfFrame(layout, frame);
      const x = new Float64Array(design.rows * numbers);
      scaleRows(design, scaling, null, 0, design.rows, x);
      const labels = new Int32Array(design.rows);
      assign(laidOut, x, design.codes, 0, design.rows, labels, new Float64Array(design.rows));
      return Float64Array.from(labels);
    },
  };
}

function layoutOf(features: readonly ColumnSchema[]): DesignLayout {
  try {
    return designLayout(features);
  } catch (error) {
    if (!(error instanceof LearnerError)) throw error;
    throw new ModelError(`not a sound model: ${error.message}`, { cause: error });
  }
}
