/**
 * A model opened for prediction, on rows or on frames.
 *
 * Rows are turned into columns by the schema that stands in the model, the same at prediction as at
 * training: a missing value is missing, a level never seen counts as missing. A row that lacks a
 * column, or has a value of another kind, is refused by name.
 */
import type { Column, ColumnSchema, Frame } from '../datasets/frame.ts';
import { TextSink } from '../datasets/text-sink.ts';
import type { Learners, Predictor, TaskKind } from '../learners/learner.ts';
import { decodeModel, type ModelHeader } from '../learners/model.ts';
import { TerminalError } from '../schemas/errors.ts';
import { nearest } from '../schemas/nearest.ts';
import type { ModelView } from './models.ts';

/** A cell: null or undefined is a missing value. */
export type Cell = number | string | boolean | null | undefined;
export type Row = Readonly<Record<string, Cell>>;

export interface RowPrediction {
  /** The class, the number, or the index of the cluster. */
  readonly prediction: string | number;
  /** Probability of each class; empty unless classifying. */
  readonly probabilities: Readonly<Record<string, number>>;
}

/** Predictions of one frame. */
export interface FramePrediction {
  readonly rows: number;
  readonly firstRow: number;
  /** Classification: `rows x classes` probabilities, row-major. Else one value a row. */
  readonly values: Float64Array;
}

export class ModelHandle {
  readonly view: ModelView;
  readonly header: ModelHeader;
  private readonly predictor: Predictor;

  constructor(view: ModelView, header: ModelHeader, predictor: Predictor) {
    this.view = view;
    this.header = header;
    this.predictor = predictor;
  }

  get kind(): TaskKind {
    return this.header.kind;
  }

  /** Classes in label order; empty unless classifying. */
  get classes(): readonly string[] {
    return this.header.classes;
  }

  /** Columns that a row or file must have. */
  get features(): readonly ColumnSchema[] {
    return this.header.features;
  }

  /** Scores rows, in their order. @throws TerminalError naming column and row */
  predict(rows: readonly Row[]): RowPrediction[] {
    if (rows.length === 0) return [];
    const { values } = this.predictFrame(frameOf(this.features, rows));
    return rows.map((_, i) => this.rowOf(values, i));
  }

  /** Scores one frame that holds the model's features. */
  predictFrame(frame: Frame): FramePrediction {
    return {
      rows: frame.rows,
      firstRow: frame.firstRow,
      values: this.predictor.predict(frame),
    };
  }

  /** Scores frames as they come, in their order. */
  async *predictFrames(
    frames: AsyncIterable<Frame> | Iterable<Frame>,
    signal?: AbortSignal,
  ): AsyncGenerator<FramePrediction, void, undefined> {
    for await (const frame of frames) {
      signal?.throwIfAborted();
      yield this.predictFrame(frame);
    }
  }

  /** Row `i` of a frame's values; of equal probabilities the first class wins. */
  rowOf(values: Float64Array, i: number): RowPrediction {
    const { classes } = this;
    if (this.kind !== 'classification') return { prediction: values[i]!, probabilities: {} };
    const probabilities: Record<string, number> = {};
    let best = 0;
    for (let c = 0; c < classes.length; c++) {
      const value = values[i * classes.length + c]!;
      probabilities[classes[c]!] = value;
      if (value > values[i * classes.length + best]!) best = c;
    }
    return { prediction: classes[best]!, probabilities };
  }
}

/** @throws ModelError when the bytes are no sound model, or of a learner that is not known here */
export function openModel(view: ModelView, bytes: Uint8Array, learners: Learners): ModelHandle {
  const { header, predictor } = decodeModel(bytes, learners);
  return new ModelHandle(view, header, predictor);
}

/** Rows as columns. */
export function frameOf(features: readonly ColumnSchema[], rows: readonly Row[]): Frame {
  const columns = new Map<string, Column>();
  for (const feature of features) {
    const cells = rows.map((row, i) => cellOf(feature, row, i));
    columns.set(feature.name, columnOf(feature, cells));
  }
  return { rows: rows.length, firstRow: 0, columns };
}

function cellOf(feature: ColumnSchema, row: Row, index: number): Cell {
  if (Object.hasOwn(row, feature.name)) return row[feature.name];
  const guess = nearest(feature.name, Object.keys(row));
  throw new TerminalError('missing-column', `row ${index} has no column "${feature.name}"`, {
    path: feature.name,
    fix:
      guess === undefined
        ? 'add it, with null for a missing value'
        : `rename "${guess}" if that is it, else add it with null for a missing value`,
  });
}

function columnOf(feature: ColumnSchema, cells: readonly Cell[]): Column {
  switch (feature.kind) {
    case 'number':
      return {
        kind: 'number',
        values: Float64Array.from(cells, (cell, i) => numberOf(feature, cell, i)),
      };
    case 'category':
    case 'boolean': {
      const codes = new Map((feature.levels ?? []).map((level, code) => [level, code]));
      return {
        kind: feature.kind,
        codes: Int32Array.from(cells, (cell, i) => codeOf(feature, codes, cell, i)),
      };
    }
    case 'text':
      return textOf(cells.map((cell, i) => wordsOf(feature, cell, i)));
  }
}

/** @param texts null for a missing one */
function textOf(texts: readonly (string | null)[]): Column {
  const sink = new TextSink(texts.length);
  for (const [row, text] of texts.entries()) if (text !== null) sink.putText(row, text);
  return sink.finish(texts.length);
}

function wordsOf(feature: ColumnSchema, cell: Cell, index: number): string | null {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === 'string') return cell;
  throw badCell(feature, index, 'give a text, or null for a missing value');
}

function numberOf(feature: ColumnSchema, cell: Cell, index: number): number {
  if (cell === null || cell === undefined) return Number.NaN;
  if (typeof cell === 'number') return cell;
  throw badCell(feature, index, 'give a number, or null for a missing value');
}

function codeOf(
  feature: ColumnSchema,
  codes: ReadonlyMap<string, number>,
  cell: Cell,
  index: number,
): number {
  if (cell === null || cell === undefined) return -1;
  if (typeof cell === 'boolean' && feature.kind === 'boolean') {
    const words = cell ? /^(true|yes|t|y|1)$/i : /^(false|no|f|n|0)$/i;
    for (const [level, code] of codes) if (words.test(level)) return code;
    return -1;
  }
  if (typeof cell === 'string') return codes.get(cell) ?? -1;
  if (typeof cell === 'number') return codes.get(String(cell)) ?? -1;
  throw badCell(feature, index, 'give a text, or null for a missing value');
}

/** The value itself is not shown: cells stay out of logs. */
function badCell(feature: ColumnSchema, index: number, fix: string): TerminalError {
  return new TerminalError(
    'bad-value',
    `row ${index}: the value of column "${feature.name}" is of another kind than ${feature.kind}`,
    { path: feature.name, fix },
  );
}
