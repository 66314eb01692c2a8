/**
 * The model of naive Bayes as bytes, and what it says of a frame.
 *
 * Reading trusts nothing: tables must have the sizes that the header's columns give them, shares
 * must sum to one, variances not be below zero and probabilities be at most one.
 */
import type { Frame } from '../../datasets/frame.ts';
import { CanonicalReader, CanonicalWriter } from '../../schemas/canonical.ts';
import { type DesignLayout, designLayout } from '../encoding/design-layout.ts';
import { rowsOfFrame } from '../encoding/design-rows.ts';
import { LearnerError, ModelError } from '../errors.ts';
import type { Predictor, Problem } from '../learner.ts';
import { exp, log } from '../math.ts';
import { type ModelHeader, modelHeader, readModelHeader, writeModelHeader } from '../model.ts';
import type { BayesTables } from './bayes-tables.ts';
import { levelWidth } from './class-sums.ts';

interface Named {
  readonly name: string;
  readonly numerics: number;
}

export function encodeBayes(learner: Named, problem: Problem, tables: BayesTables): Uint8Array {
  const { priors, means, variances, logLevels } = tables;
  const writer = new CanonicalWriter(1024 + 8 * (2 * means.length + logLevels.length));
  writeModelHeader(writer, modelHeader(learner, problem, 0));
  return writer.f64s(priors).f64s(means).f64s(variances).f64s(logLevels).finish();
}

/** @throws ModelError, or CanonicalError, on anything that `encodeBayes` does not write */
export function decodeBayes(learner: Named, bytes: Uint8Array): Predictor {
  const reader = new CanonicalReader(bytes);
  const header = readModelHeader(reader);
  if (header.learner !== learner.name) {
    throw new ModelError(`model of "${header.learner}" given to "${learner.name}"`);
  }
  if (header.numerics !== learner.numerics) {
    throw new ModelError(
      `model has numerics ${header.numerics}, this version reads ${learner.numerics}`,
    );
  }
  const classes = header.classes.length;
  if (classes < 2) throw new ModelError(`a classifier cannot have ${classes} classes`);
  const layout = layoutOf(header);
  const cells = classes * layout.numbers.length;
  const tables: BayesTables = {
    priors: readTable(reader, classes, 'priors', (value) => value >= 0 && value <= 1),
    means: readTable(reader, cells, 'means', () => true),
    variances: readTable(reader, cells, 'variances', (value) => value >= 0),
    logLevels: readTable(reader, classes * levelWidth(layout), 'levels', (value) => value <= 0),
  };
  reader.end();
  let total = 0;
  for (const prior of tables.priors) total += prior;
  if (Math.abs(total - 1) > 1e-6) throw new ModelError(`priors sum to ${total}, must sum to 1`);
  return { predict: (frame) => predict(layout, tables, frame) };
}

function layoutOf(header: ModelHeader): DesignLayout {
  try {
    return designLayout(header.features);
  } catch (error) {
    if (!(error instanceof LearnerError)) throw error;
    throw new ModelError(`not a sound model: ${error.message}`, { cause: error });
  }
}

function readTable(
  reader: CanonicalReader,
  expected: number,
  what: string,
  isSound: (value: number) => boolean,
): Float64Array {
  const values = reader.f64s(expected);
  if (values.length !== expected) {
    throw new ModelError(`${values.length} ${what}, ${expected} are needed`);
  }
  const bad = values.find((value) => !Number.isFinite(value) || !isSound(value));
  if (bad !== undefined) throw new ModelError(`${bad} is among the ${what} and cannot be`);
  return values;
}

function predict(layout: DesignLayout, tables: BayesTables, frame: Frame): Float64Array {
  const { priors, means, variances, logLevels } = tables;
  const design = rowsOfFrame(layout, frame);
  const classes = priors.length;
  const numbers = layout.numbers.length;
  const width = levelWidth(layout);
  const logPriors = priors.map((prior) => log(prior));
  const logVariances = variances.map((variance) => (variance > 0 ? log(variance) : 0));
  const out = new Float64Array(frame.rows * classes);
  for (let row = 0; row < frame.rows; row++) {
    const to = row * classes;
    for (let k = 0; k < classes; k++) {
      let sum = logPriors[k]!;
      for (let d = 0, cell = k * numbers; d < numbers; d++, cell++) {
        const value = design.numbers[row * numbers + d]!;
        if (Number.isNaN(value) || variances[cell] === 0) continue;
        const off = value - means[cell]!;
        sum -= 0.5 * (logVariances[cell]! + (off * off) / variances[cell]!);
      }
      for (let c = 0; c < layout.codes; c++) {
        const column = design.codes[row * layout.codes + c]!;
        if (column < layout.width) sum += logLevels[k * width + column - numbers]!;
      }
      out[to + k] = sum;
    }
    normalise(out, to, priors);
  }
  return out;
}

/** From logarithms to probabilities; the priors where every class is out of the question. */
function normalise(out: Float64Array, from: number, priors: Float64Array): void {
  const classes = priors.length;
  let top = Number.NEGATIVE_INFINITY;
  for (let k = 0; k < classes; k++) if (out[from + k]! > top) top = out[from + k]!;
  if (top === Number.NEGATIVE_INFINITY) {
    out.set(priors, from);
    return;
  }
  let total = 0;
  for (let k = 0; k < classes; k++) {
    const e = exp(out[from + k]! - top);
    out[from + k] = e;
    total += e;
  }
  for (let k = 0; k < classes; k++) out[from + k]! /= total;
}
