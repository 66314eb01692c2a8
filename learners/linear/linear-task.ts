/**
 * One problem as the linear models see it: columns, outputs, loss, penalties and solver, settled.
 *
 * Weights lie row-major by design column, `outputs` for each: the columns in order, then one row
 * that stays zero for "no column", then the intercepts. Everything here follows from problem and
 * parameters, so every function of the learner works it out anew.
 */
import { type DesignLayout, designLayout } from '../encoding/design-layout.ts';
import { LearnerError } from '../errors.ts';
import type { Problem } from '../learner.ts';
import type { Mode } from '../rounds-learner.ts';
import type { LinearParams } from './linear-params.ts';

export type Loss = 'squared' | 'logistic' | 'softmax';
export type Solver = 'exact' | 'lbfgs' | 'momentum' | 'adam';

/** Bound on the second derivative of each loss by an output. */
export const CURVATURE = { squared: 1, logistic: 0.25, softmax: 0.5 } as const;

export interface LinearTask {
  readonly problem: Problem;
  readonly params: LinearParams;
  readonly layout: DesignLayout;
  readonly loss: Loss;
  readonly solver: Solver;
  readonly mode: Mode;
  /** Values that a row is given: the classes for softmax, else one. */
  readonly outputs: number;
  /** Whether a round sums products of columns: to solve outright, or to begin L-BFGS well. */
  readonly products: boolean;
  /** Weights in all, with the row of zeros and the intercepts. */
  readonly size: number;
  /** Weights that are penalised: those before this index. */
  readonly penalised: number;
}

/** Most weights of a model: 8 MiB of them, and ten times that in a state of L-BFGS. */
const weightsMax = 2 ** 20;
/** Most columns whose products the exact solver sums: 4 MiB of them. */
const exactWidthMax = 1024;
/** Most columns whose products L-BFGS begins with: 260 KiB in each state. */
const startWidthMax = 256;
const classesMax = 10_000;

/** @throws LearnerError for a problem or a setting that cannot be */
export function linearTask(loss: Loss, problem: Problem, params: LinearParams): LinearTask {
  checkClasses(loss, problem);
  const layout = designLayout(problem.features, params.missingIndicator);
  const outputs = loss === 'softmax' ? problem.classes.length : 1;
  const size = (layout.width + 2) * outputs;
  if (size > weightsMax) {
    throw new LearnerError(
      `${layout.width} columns for ${outputs} outputs are ${size} weights, at most ${weightsMax} are possible; leave out categories with many levels`,
    );
  }
  const mode = problem.mode ?? 'sync';
  const solver = solverOf(loss, mode, params, layout.width);
  const penalised = layout.width * outputs;
  const isSmall = layout.width <= startWidthMax && params.l1 === 0;
  const products = solver === 'exact' || (solver === 'lbfgs' && isSmall);
  return { problem, params, layout, loss, solver, mode, products, outputs, size, penalised };
}

function checkClasses(loss: Loss, { kind, classes, target }: Problem): void {
  const wanted = loss === 'squared' ? 'regression' : 'classification';
  if (kind !== wanted) {
    throw new LearnerError(`task is ${kind}, this algorithm does ${wanted}; choose another`);
  }
  if (loss === 'logistic' && classes.length !== 2) {
    throw new LearnerError(
      `target "${target.name}" has ${classes.length} classes, logistic regression takes 2; use softmax-regression`,
    );
  }
  if (loss === 'softmax' && (classes.length < 2 || classes.length > classesMax)) {
    throw new LearnerError(
      `target "${target.name}" has ${classes.length} classes, softmax regression takes 2 to ${classesMax}`,
    );
  }
}

function solverOf(loss: Loss, mode: Mode, params: LinearParams, width: number): Solver {
  const { solver, batch, validation } = params;
  const stepwise = mode === 'local' || batch !== null;
  if (solver === 'auto') {
    if (stepwise) return 'adam';
    return loss === 'squared' && width <= exactWidthMax && validation === 0 ? 'exact' : 'lbfgs';
  }
  if (solver === 'momentum' || solver === 'adam') return solver;
  if (stepwise) {
    const why = batch === null ? 'mode "local"' : `batch ${batch}`;
    throw new LearnerError(
      `solver "${solver}" needs all rows in every round and cannot run with ${why}; use "auto"`,
    );
  }
  if (solver === 'lbfgs') return 'lbfgs';
  if (validation > 0) {
    throw new LearnerError(
      `solver "exact" has no rounds to stop early, validation ${validation} is of no use; set it to 0 or use "lbfgs"`,
    );
  }
  if (width > exactWidthMax) {
    throw new LearnerError(
      `solver "exact" takes at most ${exactWidthMax} columns, the features have ${width}; use "lbfgs"`,
    );
  }
  return 'exact';
}
