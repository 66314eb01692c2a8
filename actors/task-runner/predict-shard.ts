/**
 * Predictions of one shard, as a shard of the data set that they become.
 *
 * Columns of the data set are mapped onto the model's features as prediction on files does: by name,
 * and a level that the model does not know is missing. Row i of the result is row i of the shard.
 */
import { type ColumnPart, partOf } from '../../datasets/column-part.ts';
import type {
  Column,
  ColumnSchema,
  Frame,
  LevelColumn,
  NumberColumn,
} from '../../datasets/frame.ts';
import { adaptFrame } from '../../datasets/frame-shape.ts';
import { compareUtf8 } from '../../datasets/level-order.ts';
import type { Predictor } from '../../learners/learner.ts';
import { canonicalJson, sha256Hex } from '../../schemas/canonical.ts';
import { BugError, TerminalError } from '../../schemas/errors.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';

/** What a score task of a job that makes a data set says of the shard that it has stored. */
export interface PredictedShard {
  readonly format: 1;
  readonly index: number;
  readonly firstRow: number;
  readonly rows: number;
  /** Of the shard's Arrow IPC stream. */
  readonly bytes: number;
  readonly sha256: string;
  /** One for each of `predictedColumns`, in that order. */
  readonly columns: readonly ColumnPart[];
}

export interface ShardPredictions {
  /** The shard: to be stored before the result that names it. */
  readonly shard: Uint8Array;
  /** `PredictedShard` as canonical JSON: the task's result. */
  readonly result: Uint8Array;
}

export interface OpenModel {
  readonly features: readonly ColumnSchema[];
  readonly predictor: Predictor;
}

/** `prediction` and, for classification, `probability_<class>` for each class in label order. */
export function predictedColumns(plan: JobPlan): ColumnSchema[] {
  const classes = plan.predict?.classes ?? [];
  const prediction: ColumnSchema =
    plan.kind === 'classification'
      ? { name: 'prediction', kind: 'category', levels: [...classes].sort(compareUtf8) }
      : { name: 'prediction', kind: 'number', storage: 'float64' };
  const probabilities = classes.map(
    (name): ColumnSchema => ({
      name: `probability_${name}`,
      kind: 'number',
      storage: 'float64',
    }),
  );
  return [prediction, ...probabilities];
}

/**
 * @param frame the features, as the data set `have` has them
 * @throws TerminalError `bad-prediction` when the model gives values that are no finite numbers
 */
export async function predictShard(
  plan: JobPlan,
  index: number,
  frame: Frame,
  have: readonly ColumnSchema[],
  { features, predictor }: OpenModel,
): Promise<ShardPredictions> {
  const values = predictor.predict(adaptFrame(frame, have, features));
  const columns = columnsOf(plan, checked(values, plan, frame));
  const { rows, firstRow } = frame;
  return storedShard({ index, rows, firstRow }, predictedColumns(plan), columns);
}

/** @param columns one for each of `schemas`; text is none that a job makes */
export async function storedShard(
  { index, rows, firstRow }: Pick<PredictedShard, 'index' | 'rows' | 'firstRow'>,
  schemas: readonly ColumnSchema[],
  columns: readonly (Column | undefined)[],
): Promise<ShardPredictions> {
  // The Arrow writer is loaded where rows are written, and only there.
  const { ShardEncoder } = await import('../../datasets/shard-encoder.ts');
  const made = columns.map((column, i) => {
    if (column !== undefined && column.kind !== 'text') return column;
    throw new BugError('preprocess', `column "${schemas[i]?.name}" was not made`);
  });
  const named = new Map(schemas.map(({ name }, i) => [name, made[i]!]));
  // A copy of its own length: what is handed to another thread goes with all of its buffer.
  const shard = new ShardEncoder(schemas).encode({ rows, firstRow, columns: named }).slice();
  const told: PredictedShard = {
    ...{ format: 1, index, firstRow, rows, bytes: shard.length, sha256: sha256Hex(shard) },
    columns: made.map(partOf),
  };
  return { shard, result: new TextEncoder().encode(canonicalJson(told)) };
}

/** Values a row: one for each class, or the one that is predicted. */
function widthOf(plan: JobPlan): number {
  return plan.kind === 'classification' ? (plan.predict?.classes.length ?? 0) : 1;
}

function checked(values: Float64Array, plan: JobPlan, frame: Frame): Float64Array {
  const wanted = frame.rows * widthOf(plan);
  if (values.length !== wanted) {
    const message = `the model gave ${values.length} values for ${frame.rows} rows, not ${wanted}`;
    throw new TerminalError('bad-prediction', message);
  }
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  const row = frame.firstRow + Math.floor(at / widthOf(plan));
  const message = `the model gives no finite number for row ${row}`;
  throw new TerminalError('bad-prediction', message, { fix: 'use another version of the model' });
}

/** In the order of `predictedColumns`. */
function columnsOf(plan: JobPlan, values: Float64Array): (NumberColumn | LevelColumn)[] {
  if (plan.kind !== 'classification') return [{ kind: 'number', values }];
  const classes = plan.predict?.classes ?? [];
  const width = classes.length;
  const rows = values.length / width;
  const probabilities = classes.map((_, c) => {
    const column = new Float64Array(rows);
    for (let i = 0; i < rows; i++) column[i] = values[i * width + c]!;
    return { kind: 'number', values: column } as const;
  });
  return [{ kind: 'category', codes: likeliest(classes, values) }, ...probabilities];
}

/** The level of each row's likeliest class; of equal ones the first in label order. */
function likeliest(classes: readonly string[], values: Float64Array): Int32Array {
  const width = classes.length;
  const codeOf = new Map([...classes].sort(compareUtf8).map((name, code) => [name, code]));
  const levelOf = Int32Array.from(classes, (name) => codeOf.get(name)!);
  const codes = new Int32Array(values.length / width);
  for (let i = 0; i < codes.length; i++) {
    let best = 0;
    for (let c = 1; c < width; c++) {
      if (values[i * width + c]! > values[i * width + best]!) best = c;
    }
    codes[i] = levelOf[best]!;
  }
  return codes;
}
