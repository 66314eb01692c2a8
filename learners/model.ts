/**
 * What all models begin with, and how to open one without knowing its algorithm.
 *
 * The header names the learner, its numerics version and the columns that the model was trained on;
 * the rest belongs to the learner. A model is data: opening it runs no code from it, and anything
 * that is not a sound model gives `ModelError`. No ids, times, metrics or names of workers are in
 * it, so the SHA-256 of its bytes is the model's digest.
 */
import type { ColumnKind, ColumnSchema } from '../datasets/frame.ts';
import { seal, unseal } from '../preprocessing/envelope.ts';
import { applyPipeline, decodePipeline } from '../preprocessing/pipeline.ts';
import { CanonicalError, CanonicalReader, type CanonicalWriter } from '../schemas/canonical.ts';
import { ModelError } from './errors.ts';
import type { AnyLearner, Learners, Predictor, Problem, TaskKind } from './learner.ts';

const MAGIC = 'shoal-model';
const FORMAT = 1;
const COLUMNS_MAX = 2 ** 15;
const LEVELS_MAX = 2 ** 24;
const KINDS: readonly ColumnKind[] = ['number', 'category', 'boolean', 'text'];

export interface ModelHeader {
  readonly format: number;
  readonly learner: string;
  readonly numerics: number;
  readonly kind: TaskKind;
  /** Columns in the order of training, with the levels that their codes stand for. */
  readonly features: readonly ColumnSchema[];
  readonly target: ColumnSchema;
  /** Classes in label order; empty unless classifying. */
  readonly classes: readonly string[];
  /** Number of trees; 0 for models that are not forests. */
  readonly trees: number;
}

/** The header of a model for this problem. */
export function modelHeader(
  learner: { readonly name: string; readonly numerics: number },
  problem: Problem,
  trees: number,
): ModelHeader {
  const { kind, features, target, classes } = problem;
  const { name, numerics } = learner;
  return { format: FORMAT, learner: name, numerics, kind, features, target, classes, trees };
}

/**
 * The kind is one flag for regression; a model that clusters is the one without the flag that has no
 * classes and numbers as its target, which no classifier can be.
 */
export function writeModelHeader(writer: CanonicalWriter, header: ModelHeader): void {
  writer.text(MAGIC).uint(FORMAT).text(header.learner).uint(header.numerics);
  writer.bool(header.kind === 'regression').uint(header.features.length);
  for (const feature of header.features) writeColumn(writer, feature);
  writeColumn(writer, header.target);
  writeTexts(writer, header.classes);
  writer.uint(header.trees);
}

/** Reads the header; the reader then stands at the learner's own part. */
export function readModelHeader(reader: CanonicalReader): ModelHeader {
  if (reader.text(64) !== MAGIC) throw new ModelError('these bytes are not a shoal model');
  const format = reader.uint();
  if (format !== FORMAT) {
    throw new ModelError(`model format ${format} is not known here (${FORMAT} is); upgrade shoal`);
  }
  const learner = reader.text(64);
  const numerics = reader.uint(2 ** 31);
  const regresses = reader.bool();
  const features = Array.from({ length: reader.uint(COLUMNS_MAX) }, () => readColumn(reader));
  const target = readColumn(reader);
  const classes = readTexts(reader);
  const trees = reader.uint(2 ** 31);
  const kind = kindOf(regresses, target, classes);
  if ((kind === 'classification') !== classes.length > 0) {
    throw new ModelError(`a ${kind} model cannot have ${classes.length} classes`);
  }
  if (new Set(features.map((feature) => feature.name)).size < features.length) {
    throw new ModelError('two features of the model have the same name');
  }
  return { format, learner, numerics, kind, features, target, classes, trees };
}

function kindOf(regresses: boolean, target: ColumnSchema, classes: readonly string[]): TaskKind {
  if (regresses) return 'regression';
  return classes.length === 0 && target.kind === 'number' ? 'clustering' : 'classification';
}

/**
 * The header alone, whatever the learner: cheap, and needs no plug-in. Of a model with steps before it
 * the features are those that the steps take: what a row must have.
 */
export function describeModel(bytes: Uint8Array): ModelHeader {
  return asModelError(() => {
    const enveloped = unseal(bytes);
    if (enveloped === null) return readModelHeader(new CanonicalReader(bytes));
    const header = readModelHeader(new CanonicalReader(enveloped.model));
    return { ...header, features: decodePipeline(enveloped.pipeline).input };
  });
}

/** The model's bytes with those of the pipeline that its rows go through first, if there is one. */
export function withSteps(model: Uint8Array, pipeline: Uint8Array | undefined): Uint8Array {
  return pipeline === undefined ? model : seal({ pipeline, model });
}

/** Opens a model of this learner; rows go through the model's own steps first. */
export function openPredictor(bytes: Uint8Array, learner: AnyLearner): Predictor {
  const enveloped = asModelError(() => unseal(bytes));
  if (enveloped === null) return learner.decode(bytes);
  const pipeline = decodePipeline(enveloped.pipeline);
  const predictor = learner.decode(enveloped.model);
  return { ...predictor, predict: (frame) => predictor.predict(applyPipeline(pipeline, frame)) };
}

/** Opens a model with the learner that its header names; the learner must be in `learners`. */
export function decodeModel(
  bytes: Uint8Array,
  learners: Learners,
): { header: ModelHeader; predictor: Predictor } {
  const header = describeModel(bytes);
  const learner = learners.get(header.learner);
  if (!learner) {
    const known = [...learners.keys()].join(', ');
    throw new ModelError(`model needs the learner "${header.learner}", known here are ${known}`);
  }
  if (!learner.kinds.includes(header.kind)) {
    throw new ModelError(`"${header.learner}" has no models for ${header.kind}, this is one`);
  }
  return { header, predictor: openPredictor(bytes, learner) };
}

/** Runs a reader of model bytes and turns the encoding's errors into `ModelError`. */
export function asModelError<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof CanonicalError)) throw error;
    throw new ModelError(`not a sound model: ${error.message}`, { cause: error });
  }
}

function writeColumn(writer: CanonicalWriter, column: ColumnSchema): void {
  writer.text(column.name).uint(KINDS.indexOf(column.kind));
  writeTexts(writer, column.levels ?? []);
}

function readColumn(reader: CanonicalReader): ColumnSchema {
  const name = reader.text();
  const kind = KINDS[reader.uint(KINDS.length - 1)]!;
  const levels = readTexts(reader);
  if (kind === 'category' || kind === 'boolean') return { name, kind, levels };
  if (levels.length > 0) throw new ModelError(`column "${name}" is a ${kind} and has levels`);
  return { name, kind };
}

function writeTexts(writer: CanonicalWriter, texts: readonly string[]): void {
  writer.uint(texts.length);
  for (const text of texts) writer.text(text);
}

function readTexts(reader: CanonicalReader): string[] {
  const count = reader.uint(LEVELS_MAX);
  // Five bytes are the least that a text takes, so a false count cannot make a large array.
  if (count * 5 > reader.remaining)
    throw new ModelError(`${count} texts announced, input is short`);
  return Array.from({ length: count }, () => reader.text());
}
