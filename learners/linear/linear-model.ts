/**
 * The model of a linear fit: how columns are made and scaled, and one weight for each and output.
 *
 * Its bytes hold all that prediction needs. Reading trusts nothing: lengths must follow from the
 * columns in the header, numbers must be finite and scales positive.
 */
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { type DesignLayout, designLayout } from '../encoding/design-layout.ts';
import { rowsOfFrame } from '../encoding/design-rows.ts';
import type { Scaling } from '../encoding/scaling.ts';
import { LearnerError, ModelError } from '../errors.ts';
import type { Predictor } from '../learner.ts';
import { type ModelHeader, modelHeader, readModelHeader, writeModelHeader } from '../model.ts';
import { HEAD, type LinearState } from './linear-state.ts';
import type { LinearTask, Loss } from './linear-task.ts';
import { logistic, probabilities } from './losses.ts';
import { blockRows, loadBlock, newBlock, score } from './row-block.ts';

interface Named {
  readonly name: string;
  readonly numerics: number;
}

interface LinearModel {
  readonly layout: DesignLayout;
  readonly scaling: Scaling;
  /** As in `LinearTask`; for regression in the target's own units. */
  readonly weights: Float64Array;
  readonly outputs: number;
}

/** The best weights so far, or the last accepted. */
function finalWeights(task: LinearTask, state: LinearState): Float64Array {
  const { head } = state;
  if (task.params.validation > 0 && head[HEAD.bestLoss]! >= 0 && state.best.length > 0) {
    // In round 0 nothing was measured and the mark is not set yet.
    if (head[HEAD.rows]! > 0) return state.best;
  }
  const isSearching = task.solver === 'lbfgs' && head[HEAD.rows]! > 0 && head[HEAD.trials]! >= 0;
  return isSearching ? state.accepted : state.weights;
}

/** Canonical bytes; valid after any number of rounds. */
export function encodeLinear(learner: Named, task: LinearTask, state: LinearState): Uint8Array {
  const { layout, outputs, size } = task;
  const { head, scaling } = state;
  const weights = finalWeights(task, state).slice();
  if (task.loss === 'squared') {
    for (let i = 0; i < size; i++) weights[i]! *= head[HEAD.targetScale]!;
    weights[size - 1]! += head[HEAD.targetMean]!;
  }
  const writer = new CanonicalWriter(1024 + 8 * (size + 2 * layout.numbers.length));
  writeModelHeader(writer, modelHeader(learner, task.problem, 0));
  return writer
    .bool(layout.indicators >= 0)
    .f64s(scaling.means)
    .f64s(scaling.scales)
    .f64s(weights.subarray(0, layout.width * outputs))
    .f64s(weights.subarray((layout.width + 1) * outputs))
    .finish();
}

/** @throws ModelError, or CanonicalError, on anything that `encodeLinear` does not write */
export function decodeLinear(learner: Named, loss: Loss, bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  checkHeader(learner, loss, header);
  const layout = layoutOf(header, reader.bool());
  const outputs = loss === 'softmax' ? header.classes.length : 1;
  const numbers = layout.numbers.length;
  const means = readNumbers(reader, numbers, 'mean');
  const scales = readNumbers(reader, numbers, 'scale');
  const used = readNumbers(reader, layout.width * outputs, 'weight');
  const intercepts = readNumbers(reader, outputs, 'intercept');
  reader.end();
  if (scales.some((scale) => scale <= 0)) throw new ModelError('a scale is not above 0');
  const weights = new Float64Array((layout.width + 2) * outputs);
  weights.set(used);
  weights.set(intercepts, (layout.width + 1) * outputs);
  return predictor(loss, { layout, scaling: { means, scales }, weights, outputs });
}

function checkHeader(learner: Named, loss: Loss, header: ModelHeader): void {
  if (header.learner !== learner.name) {
    throw new ModelError(`model of "${header.learner}" given to "${learner.name}"`);
  }
  if (header.numerics !== learner.numerics) {
    throw new ModelError(
      `model has numerics ${header.numerics}, this version reads ${learner.numerics}`,
    );
  }
  const classes = header.classes.length;
  const fits =
    loss === 'squared' ? classes === 0 : loss === 'logistic' ? classes === 2 : classes > 1;
  if (!fits) throw new ModelError(`a model of "${learner.name}" cannot have ${classes} classes`);
}

function layoutOf(header: ModelHeader, missingIndicator: boolean): DesignLayout {
  try {
    const layout = designLayout(header.features, missingIndicator);
    if (missingIndicator === layout.indicators >= 0) return layout;
  } catch (error) {
    if (!(error instanceof LearnerError)) throw error;
    throw new ModelError(`not a sound model: ${error.message}`, { cause: error });
  }
  throw new ModelError('indicators announced for a model without numbers');
}

function readNumbers(reader: CanonicalReader, expected: number, what: string): Float64Array {
  const values = reader.f64s(expected);
  if (values.length !== expected) {
    throw new ModelError(`${values.length} numbers as ${what}s, ${expected} are needed`);
  }
  if (!values.every(Number.isFinite)) throw new ModelError(`a ${what} is not finite`);
  return values;
}

function predictor(loss: Loss, { layout, scaling, weights, outputs }: LinearModel): Predictor {
  const numbers = layout.numbers.length;
  const width = loss === 'logistic' ? 2 : outputs;
  return {
    predict(frame) {
      const design = rowsOfFrame(layout, frame);
      const out = new Float64Array(frame.rows * width);
      const block = newBlock(numbers, outputs);
      for (let first = 0; first < frame.rows; first += blockRows) {
        loadBlock(design, scaling, null, first, frame.rows, block);
        score(design, numbers, layout.codes, weights, outputs, block);
        for (let i = 0; i < block.count; i++) {
          writePrediction(loss, block.z, i, outputs, out, (first + i) * width);
        }
      }
      return out;
    },
  };
}

function writePrediction(
  loss: Loss,
  z: Float64Array,
  row: number,
  outputs: number,
  out: Float64Array,
  at: number,
): void {
  if (loss === 'squared') {
    out[at] = z[row]!;
  } else if (loss === 'logistic') {
    // Each from its own side, so that a small probability keeps its digits.
    out[at] = logistic(-z[row]!);
    out[at + 1] = logistic(z[row]!);
  } else {
    probabilities(z, row * outputs, outputs);
    for (let k = 0; k < outputs; k++) out[at + k] = z[row * outputs + k]!;
  }
}
