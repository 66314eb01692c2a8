/**
 * Scored rows: what a model said about some rows, beside what was true; in canonical bytes.
 *
 * The result of a score task, and what metrics are computed from. Rows stand in the order of the
 * data set; only rows whose target is known are kept.
 */
import { CanonicalError, CanonicalReader, CanonicalWriter } from '../schemas/canonical.ts';
import type { TaskKind } from './learner.ts';

export interface ScoredRows {
  readonly kind: TaskKind;
  /** Classes in label order; empty for regression. */
  readonly classes: readonly string[];
  /** One value a row: the class's index, or the number to be predicted. */
  readonly targets: Float64Array;
  /** Classification: `rows x classes` probabilities, row-major. Regression: `rows` values. */
  readonly predictions: Float64Array;
  /** What the model tells of its own training, where it does. */
  readonly figures?: Readonly<Record<string, number>>;
}

const FORMAT = 1;
const classesMax = 1_000_000;

/** Predictions a row: one for each class, or one value. */
function widthOf(kind: TaskKind, classes: readonly string[]): number {
  return kind === 'classification' ? classes.length : 1;
}

export function encodeScoredRows(scored: ScoredRows): Uint8Array {
  const { kind, classes, targets, predictions } = scored;
  if (kind === 'clustering') throw new CanonicalError('clusters have no truth to be scored by');
  if (predictions.length !== targets.length * widthOf(kind, classes)) {
    throw new CanonicalError(`${predictions.length} predictions for ${targets.length} rows`);
  }
  const writer = new CanonicalWriter(64 + 8 * (targets.length + predictions.length));
  writer
    .uint(FORMAT)
    .bool(kind === 'classification')
    .uint(classes.length);
  for (const name of classes) writer.text(name);
  if (kind === 'classification') writer.u32s(Uint32Array.from(targets));
  else writer.f64s(targets);
  writer.f64s(predictions);
  for (const [name, value] of Object.entries(scored.figures ?? {})) writer.text(name).float(value);
  return writer.finish();
}

/** @throws CanonicalError on anything that `encodeScoredRows` does not write */
export function decodeScoredRows(bytes: Uint8Array): ScoredRows {
  const reader = new CanonicalReader(bytes);
  const format = reader.uint();
  if (format !== FORMAT) {
    throw new CanonicalError(`scored rows have format ${format}, this version reads ${FORMAT}`);
  }
  const kind = reader.bool() ? 'classification' : 'regression';
  const classes = Array.from({ length: reader.uint(classesMax) }, () => reader.text());
  const targets = kind === 'classification' ? Float64Array.from(reader.u32s()) : reader.f64s();
  const predictions = reader.f64s();
  const figures: Record<string, number> = {};
  while (reader.remaining > 0) figures[reader.text(2048)] = reader.float();
  reader.end();
  if (predictions.length !== targets.length * widthOf(kind, classes)) {
    throw new CanonicalError(`${predictions.length} predictions for ${targets.length} rows`);
  }
  if (kind === 'classification' && targets.some((code) => code >= classes.length)) {
    throw new CanonicalError(`a target is none of the ${classes.length} classes`);
  }
  const told = Object.keys(figures).length > 0 ? { figures } : {};
  return { kind, classes, targets, predictions, ...told };
}

/** Scored rows of consecutive parts as one, in the order given. */
export function joinScoredRows(parts: readonly ScoredRows[]): ScoredRows {
  const first = parts[0];
  if (first === undefined) throw new CanonicalError('no scored rows to join');
  const same = parts.every(
    (part) =>
      part.kind === first.kind &&
      part.classes.length === first.classes.length &&
      part.classes.every((name, i) => name === first.classes[i]),
  );
  if (!same) throw new CanonicalError('scored rows of different problems cannot be joined');
  return {
    kind: first.kind,
    classes: first.classes,
    ...(first.figures === undefined ? {} : { figures: first.figures }),
    targets: concat(parts.map((part) => part.targets)),
    predictions: concat(parts.map((part) => part.predictions)),
  };
}

function concat(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
