/**
 * What every function of boosting derives from problem and parameters: the loss, how many trees a
 * step takes, the columns that are trained on, and how gradients are turned into integers.
 */
import type { ColumnSchema } from '../../datasets/frame.ts';
import { nearest } from '../../schemas/nearest.ts';
import { LearnerError } from '../errors.ts';
import type { Problem } from '../learner.ts';
import type { BoostingParams } from './boosting-params.ts';

export type Objective = 'logistic' | 'softmax' | 'squared' | 'absolute' | 'poisson';

export interface BoostingTask {
  readonly problem: Problem;
  readonly params: BoostingParams;
  readonly objective: Objective;
  /** Trees that a step takes at once: one a class beyond two classes, else one. */
  readonly outputs: number;
  /** Columns that are trained on, in their order. */
  readonly features: readonly ColumnSchema[];
  /** Whether a feature's bins are unordered: a category of three levels or more. */
  readonly unordered: readonly boolean[];
  /** 1, -1 or 0 for each feature. */
  readonly monotone: Int8Array;
  readonly constrained: boolean;
  readonly weightColumn: string | null;
  readonly quanta: Quanta;
  /** Most nodes of one tree. */
  readonly nodesMax: number;
  readonly depth: number;
}

/**
 * How a row's gradient and hessian become one 32-bit word of a histogram: the gradient's level in
 * the high bits, signed, the hessian's in the low bits. So many rows can be added without overflow.
 */
export interface Quanta {
  /** Bits of the low part. */
  readonly shift: number;
  /** Gradient levels go from -gradient to gradient; a power of two. */
  readonly gradient: number;
  /** Hessian levels go from 0 to hessian; a power of two, 1 where every row counts the same. */
  readonly hessian: number;
  /** Rows whose words can be summed. */
  readonly rows: number;
  /** Bits of fixed-point gradients, whose sums over all rows are exact in a float64. */
  readonly bits: number;
}

const FEATURES_MAX = 0x3fff;
const CLASSES_MAX = 1024;
const ROWS_MAX = 2 ** 26;
/** Up to so many rows gradients and hessians have 64 levels, else 16. */
const FINE_ROWS = 2 ** 16;
/** Most cells of the histograms of one level. */
const CELLS_MAX = 2 ** 29;

/** @throws LearnerError for what cannot be learned, naming the column or parameter */
export function boostingTask(problem: Problem, params: BoostingParams): BoostingTask {
  const objective = objectiveOf(problem, params);
  const features = trainedColumns(problem, params);
  const outputs = objective === 'softmax' ? problem.classes.length : 1;
  const monotone = constraintsOf(features, params.monotone);
  const constrained = monotone.some((sign) => sign !== 0);
  if (constrained && outputs > 1) {
    throw new LearnerError(
      `params.monotone is "${params.monotone}", which cannot hold for ${outputs} classes; leave it out`,
    );
  }
  if (constrained && objective === 'absolute') {
    throw new LearnerError(
      `params.monotone is "${params.monotone}", which params.objective "absolute" cannot hold to; use "squared"`,
    );
  }
  const leaves = Math.min(2 ** params.maxDepth, params.maxLeaves ?? Number.POSITIVE_INFINITY);
  const cells = leaves * outputs * features.length * 256;
  if (cells > CELLS_MAX) {
    throw new LearnerError(
      `${leaves} leaves, ${outputs} trees at once and ${features.length} features make ${cells} histogram cells, at most ${CELLS_MAX} are possible; lower params.maxLeaves or params.maxDepth`,
    );
  }
  const weightColumn = params.weight === '' ? null : params.weight;
  return {
    ...{ problem, params, objective, outputs, features, monotone, constrained, weightColumn },
    unordered: features.map(({ kind, levels }) => kind !== 'number' && (levels?.length ?? 0) > 2),
    quanta: quantaOf(objective, weightColumn !== null, problem.rows),
    nodesMax: 2 * leaves,
    depth: params.maxDepth,
  };
}

function objectiveOf({ kind, classes, target }: Problem, params: BoostingParams): Objective {
  const { objective } = params;
  if (kind === 'clustering') throw new LearnerError('boosting does not cluster');
  if (kind === 'regression') {
    if (params.classWeight !== 'none') {
      throw new LearnerError(
        `params.classWeight is "${params.classWeight}" and target "${target.name}" has no classes; leave it out`,
      );
    }
    return objective === 'auto' ? 'squared' : (objective as Objective);
  }
  if (objective !== 'auto') {
    throw new LearnerError(
      `params.objective is "${objective}", which needs numbers, and target "${target.name}" has classes; leave it out`,
    );
  }
  if (classes.length > CLASSES_MAX) {
    throw new LearnerError(
      `target "${target.name}" has ${classes.length} classes, at most ${CLASSES_MAX} are possible`,
    );
  }
  return classes.length <= 2 ? 'logistic' : 'softmax';
}

function trainedColumns(problem: Problem, { weight }: BoostingParams): ColumnSchema[] {
  const { features, rows } = problem;
  if (rows > ROWS_MAX) {
    throw new LearnerError(`${rows} rows given, boosting takes up to ${ROWS_MAX}`);
  }
  const text = features.find(({ kind }) => kind === 'text');
  if (text) {
    throw new LearnerError(
      `feature "${text.name}" is free text, which boosting cannot use; leave it out or import it as a category`,
    );
  }
  const found = features.filter(({ name }) => name === weight);
  if (weight !== '' && found[0]?.kind !== 'number') {
    const why = found[0] ? `is a ${found[0].kind}` : `is none of the features`;
    throw new LearnerError(
      `params.weight is "${weight}", which ${why}; name a number column${hint(weight, features)}`,
    );
  }
  const trained = features.filter(({ name }) => weight === '' || name !== weight);
  if (trained.length < 1 || trained.length > FEATURES_MAX) {
    throw new LearnerError(`${trained.length} features given, boosting takes 1 to ${FEATURES_MAX}`);
  }
  return trained;
}

function hint(name: string, features: readonly ColumnSchema[]): string {
  const names = features.filter(({ kind }) => kind === 'number').map((feature) => feature.name);
  const near = nearest(name, names);
  return near === undefined ? '' : `; did you mean "${near}"?`;
}

/** Reads `"age+, price-"`. */
function constraintsOf(features: readonly ColumnSchema[], text: string): Int8Array {
  const signs = new Int8Array(features.length);
  for (const part of text.split(',')) {
    const given = part.trim();
    if (given === '') continue;
    const sign = given.endsWith('+') ? 1 : given.endsWith('-') ? -1 : 0;
    const name = given.slice(0, -1).trim();
    const feature = features.findIndex((one) => one.name === name);
    if (sign === 0 || feature < 0) {
      const why =
        sign === 0 ? `"${given}" ends in neither + nor -` : `there is no feature "${name}"`;
      throw new LearnerError(
        `params.monotone is "${text}", but ${why}${hint(name, features)}; write "age+, price-"`,
      );
    }
    if (features[feature]!.kind !== 'number') {
      throw new LearnerError(
        `params.monotone names "${name}", which is a ${features[feature]!.kind}; only numbers have an order`,
      );
    }
    signs[feature] = sign;
  }
  return signs;
}

function quantaOf(objective: Objective, weighted: boolean, rows: number): Quanta {
  const bits = Math.min(28, 52 - Math.max(1, 32 - Math.clz32(Math.max(1, rows))));
  const counts = !weighted && (objective === 'squared' || objective === 'absolute');
  // 2047 words of at most (512, 1) or (16, 16) fit 21 + 11 and 16 + 16 bits, and 511 words of
  // (64, 64); the levels of all rows together fit 32 bits. Few rows need finer levels, because there
  // is less for the noise of rounding to average out over.
  const gradient = Math.min(512, 2 ** (31 - (32 - Math.clz32(rows))));
  return counts
    ? { shift: 11, gradient, hessian: 1, rows: 2047, bits }
    : rows <= FINE_ROWS
      ? { shift: 16, gradient: 64, hessian: 64, rows: 511, bits }
      : { shift: 16, gradient: 16, hessian: 16, rows: 2047, bits };
}
