/**
 * Matrix factorisation for recommenders: ratings as biases and products of factors of users and items.
 *
 * Alternating least squares (Zhou, Wilkinson, Schreiber and Pan 2008, penalty weighted by ratings):
 * round 0 finds mean and spread; then each round solves one side exactly while the other stands
 * still, from equations summed along the tree over the slices, so the factors have the same bits on
 * any number of nodes and the loss never rises. A user or item never seen counts as the mean one.
 */
import type { ColumnSchema } from '../../datasets/frame.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { factorise, solve, triangleLength } from '../cholesky.ts';
import { combineMoments, measureMoments, momentsLength } from '../encoding/moments.ts';
import { scalingOf } from '../encoding/scaling.ts';
import { LearnerError, ModelError } from '../errors.ts';
import type { Predictor, Problem } from '../learner.ts';
import {
  asModelError,
  type ModelHeader,
  modelHeader,
  readModelHeader,
  writeModelHeader,
} from '../model.ts';
import { bytesOf, doublesOf } from '../round-bytes.ts';
import type { Closed, RoundsLearner } from '../rounds-learner.ts';
import {
  combineEquations,
  type Equations,
  readEquations,
  sumEquations,
} from './factor-equations.ts';
import {
  type FactorParams,
  factorParams,
  type Shape,
  shapeOf,
  stateLength,
} from './factor-params.ts';
import { drawItems, emptyState, type FactorState, PHASE, readState } from './factor-state.ts';
import { codesOf, type RatingRows, ratingBytes, ratingRows } from './rating-rows.ts';

/** A sum of round 0: the phase, then moments of the ratings. */
const MEAN_LENGTH = 1 + momentsLength(1);

export const factorisation: RoundsLearner<FactorParams, RatingRows> = {
  stage: 'rounds',
  name: 'factorisation',
  summary: 'matrix factorisation for recommenders by alternating least squares',
  kinds: ['regression'],
  modes: ['sync'],
  numerics: 1,
  params: factorParams,

  memoryBytes(problem, params, slots) {
    const shape = shapeOf(problem, params);
    const levels = Math.min(Math.max(shape.users, shape.items), problem.rows);
    const sum = MEAN_LENGTH + 4 + levels * (1 + shape.payload);
    return 2 ** 20 + 8 * (2 * stateLength(shape) + (slots + 2) * sum);
  },
  sliceBytes: (_problem, _params, rows) => 4096 + rows * ratingBytes,
  prepare: (problem, params, source, progress) =>
    ratingRows(problem, shapeOf(problem, params), source, progress),
  begin: (problem, params) => emptyState(shapeOf(problem, params)),

  contribute(problem, params, bytes, { prepared }, _at, progress) {
    const shape = shapeOf(problem, params);
    const state = readState(shape, bytes);
    if (state.phase !== PHASE.mean) {
      return bytesOf(sumEquations(shape, state, prepared, progress));
    }
    const sum = new Float64Array(MEAN_LENGTH);
    measureMoments(prepared.byUser.values, 1, null, sum.subarray(1));
    progress(1, 1);
    return bytesOf(sum);
  },

  /** Law: moments join, equations add level by level; floating sums, exact along the tree alone. */
  combine(problem, params, left, right) {
    const [a, b] = [doublesOf(left), doublesOf(right)];
    if (a[0] !== b[0]) throw new LearnerError('sums of different rounds cannot be combined');
    if (a[0] !== PHASE.mean) return bytesOf(combineEquations(shapeOf(problem, params), a, b));
    const sum = new Float64Array(MEAN_LENGTH);
    combineMoments(a.subarray(1), b.subarray(1), sum.subarray(1));
    return bytesOf(sum);
  },

  close(problem, params, bytes, sum, round) {
    const shape = shapeOf(problem, params);
    const state = readState(shape, bytes);
    const numbers = doublesOf(sum);
    if (numbers[0] !== state.phase) throw new LearnerError('the sum is of another round');
    return state.phase === PHASE.mean
      ? closeMean(shape, problem, numbers.subarray(1))
      : closeSide(shape, params, state, readEquations(numbers), round);
  },

  finish(problem, params, bytes) {
    const shape = shapeOf(problem, params);
    const { phase, mean, scale, users, items } = readState(shape, bytes);
    if (phase === PHASE.mean) throw new LearnerError('no round was closed yet: there is no mean');
    const features = [shape.user, shape.item];
    const writer = new CanonicalWriter(4096 + bytes.length);
    writeModelHeader(writer, modelHeader(factorisation, { ...problem, features }, 0));
    return writer.float(mean).float(scale).f64s(users).f64s(items).finish();
  },

  decode: (bytes) => asModelError(() => decodeFactors(bytes)),
};

function closeMean(shape: Shape, problem: Problem, moments: Float64Array): Closed {
  const [ratings = 0] = moments;
  if (ratings === 0) {
    throw new LearnerError(
      `no row has a "${shape.user.name}", a "${shape.item.name}" and a "${problem.target.name}"`,
    );
  }
  const { means, scales } = scalingOf(moments, [problem.target.name]);
  const bytes = emptyState(shape);
  const state = readState(shape, bytes);
  state.numbers.set([PHASE.users, means[0]!, scales[0]!, Number.POSITIVE_INFINITY]);
  drawItems(shape, problem.seed, state.items);
  return { state: bytes, ended: null, metrics: { ratings } };
}

/** Solves one side; metrics are of the state before. The loss of round 1 is that of the mean alone. */
function closeSide(
  shape: Shape,
  params: FactorParams,
  before: FactorState,
  sum: Equations,
  round: number,
): Closed {
  const users = before.phase === PHASE.users;
  const bytes = emptyState(shape);
  const state = readState(shape, bytes);
  state.numbers.set(before.numbers);
  const side = users ? state.users : state.items;
  const old = penaltyOf(shape, sum, side);
  side.fill(0);
  const solver = new SideSolver(shape, params.l2);
  for (let n = 0; n < sum.levels.length; n++) {
    solver.solve(sum.equations, n * shape.payload, side, sum.levels[n]! * shape.width);
  }
  const rmse = before.scale * Math.sqrt(sum.squares / sum.ratings);
  if (!side.every(Number.isFinite) || !Number.isFinite(rmse)) {
    throw new LearnerError(`factors are not finite in round ${round}; raise params.l2`);
  }
  const loss = sum.squares + params.l2 * (before.penalty + old);
  state.numbers[0] = users ? PHASE.items : PHASE.users;
  if (users && round > 1) state.numbers[3] = loss;
  state.numbers[4] = penaltyOf(shape, sum, side);
  const known = users && Number.isFinite(before.loss);
  const settled = known && before.loss - loss <= params.tolerance * before.loss;
  const ended = settled ? 'converged' : round >= params.rounds ? 'rounds' : null;
  return { state: bytes, ended, metrics: { rmse, loss: loss / sum.ratings } };
}

/** Squares of the factors and biases of a side, each as often as it has ratings. */
function penaltyOf({ width, payload }: Shape, sum: Equations, side: Float64Array): number {
  let penalty = 0;
  for (let n = 0; n < sum.levels.length; n++) {
    const from = sum.levels[n]! * width;
    let square = 0;
    for (let i = from; i < from + width; i++) square += side[i]! * side[i]!;
    penalty += sum.equations[n * payload]! * square;
  }
  return penalty;
}

/** Solves (A + l2 n I) x = b for one user or item after another. */
class SideSolver {
  private readonly width: number;
  private readonly l2: number;
  private readonly matrix: Float64Array;
  private readonly lower: Float64Array;

  constructor({ width }: Shape, l2: number) {
    this.width = width;
    this.l2 = l2;
    this.matrix = new Float64Array(width * width);
    this.lower = new Float64Array(triangleLength(width));
  }

  /** Reads the equations at `at` and writes the solution at `to`. */
  solve(equations: Float64Array, at: number, out: Float64Array, to: number): void {
    const { width, matrix, lower } = this;
    const ridge = this.l2 * equations[at]!;
    let from = at + 1;
    for (let i = 0; i < width; i++) {
      for (let j = 0; j <= i; j++) matrix[i * width + j] = equations[from++]!;
      matrix[i * width + i]! += ridge;
    }
    const x = out.subarray(to, to + width);
    x.set(equations.subarray(from, from + width));
    factorise(matrix, width, 0, lower);
    solve(lower, x);
  }
}

function decodeFactors(bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  checkHeader(header);
  const mean = reader.float();
  const scale = reader.float();
  const users = reader.f64s();
  const items = reader.f64s();
  reader.end();
  const [user, item] = header.features;
  const width = widthOf(user, users);
  if (width !== widthOf(item, items)) {
    throw new ModelError('users and items have factors of different lengths');
  }
  const finite = users.every(Number.isFinite) && items.every(Number.isFinite);
  if (!finite || !Number.isFinite(mean) || !(scale > 0 && scale < Number.POSITIVE_INFINITY)) {
    throw new ModelError('factors, mean and scale must be finite, and the scale above 0');
  }
  return {
    predict(frame) {
      const userCodes = codesOf(frame, user!.name);
      const itemCodes = codesOf(frame, item!.name);
      return Float64Array.from(userCodes, (code, i) => {
        const rating = product(users, code, items, itemCodes[i]!, width);
        return mean + scale * rating;
      });
    },
  };
}

function checkHeader(header: ModelHeader): void {
  if (header.learner !== factorisation.name || header.kind !== 'regression') {
    throw new ModelError(`model of "${header.learner}" given to "${factorisation.name}"`);
  }
  if (header.numerics !== factorisation.numerics) {
    throw new ModelError(
      `model has numerics ${header.numerics}, this version reads ${factorisation.numerics}`,
    );
  }
  if (header.features.length !== 2) {
    throw new ModelError(`${header.features.length} features, users and items are needed`);
  }
}

/** Numbers of each level of a column. */
function widthOf(column: ColumnSchema | undefined, factors: Float64Array): number {
  const levels = column?.levels?.length ?? 0;
  const width = factors.length / levels;
  if (Number.isInteger(width) && width >= 1) return width;
  throw new ModelError(`${factors.length} factors for ${levels} levels of "${column?.name}"`);
}

/** Biases and product of factors; a code that is no level has neither. */
function product(
  users: Float64Array,
  user: number,
  items: Float64Array,
  item: number,
  width: number,
): number {
  const u = user * width;
  const v = item * width;
  const userKnown = u >= 0 && u < users.length;
  const itemKnown = v >= 0 && v < items.length;
  let sum = (userKnown ? users[u]! : 0) + (itemKnown ? items[v]! : 0);
  if (!userKnown || !itemKnown) return sum;
  for (let f = 1; f < width; f++) sum += users[u + f]! * items[v + f]!;
  return sum;
}
