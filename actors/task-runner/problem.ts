/**
 * The learner's problem, from a job's plan and its data set's manifest; the same on every node.
 *
 * A target that classifies becomes levels here, whatever the column is: whole numbers are classes
 * in ascending order, so a learner only ever sees one level code a row. Clustering has no target.
 */
import type { DataColumn } from '../../datasets/data-schema.ts';
import { columnSchema, pickColumns } from '../../datasets/data-schema.ts';
import type { Column, ColumnSchema, Frame } from '../../datasets/frame.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import type { Problem } from '../../learners/learner.ts';
import { outputColumns } from '../../preprocessing/steps.ts';
import { TerminalError } from '../../schemas/errors.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';

export type ProblemSpec = Pick<
  JobPlan,
  'kind' | 'target' | 'features' | 'seed' | 'rounds' | 'preprocess'
>;

/** What a model that clusters predicts; no column of the data set. */
const CLUSTER: ColumnSchema = { name: 'cluster', kind: 'number' };

export function problemOf(spec: ProblemSpec, manifest: Manifest): Problem {
  const target = spec.kind === 'clustering' ? CLUSTER : targetOf(spec, manifest);
  const read = pickColumns(manifest.columns, spec.features, manifest.name).map(columnSchema);
  return {
    kind: spec.kind,
    features: outputColumns(spec.preprocess?.steps ?? [], read),
    target,
    classes: spec.kind === 'classification' ? (target.levels ?? []) : [],
    rows: manifest.rows,
    seed: spec.seed,
    ...(spec.rounds === undefined ? {} : { mode: spec.rounds.mode }),
  };
}

function targetOf(spec: ProblemSpec, manifest: Manifest): ColumnSchema {
  const [column] = pickColumns(manifest.columns, [spec.target], manifest.name);
  return targetSchema(spec.kind, column as DataColumn);
}

function targetSchema(kind: ProblemSpec['kind'], column: DataColumn): ColumnSchema {
  if (kind === 'regression') {
    if (column.kind === 'number') return columnSchema(column);
    throw badTarget(
      column,
      'a number column is needed for regression',
      'set "task" to "classification"',
    );
  }
  if (column.kind === 'category' || column.kind === 'boolean') return columnSchema(column);
  if (column.kind === 'text') {
    throw badTarget(column, 'free text has no classes', 'import the column as a category');
  }
  const { integer, values } = column.stats;
  if (integer !== true || values === undefined) {
    throw badTarget(column, 'its numbers are not a few whole ones', 'set "task" to "regression"');
  }
  return { name: column.name, kind: 'category', levels: values.map(String) };
}

function badTarget(column: DataColumn, why: string, fix: string): TerminalError {
  return new TerminalError(
    'bad-target',
    `target "${column.name}" is of kind ${column.kind}: ${why}`,
    {
      path: 'target',
      fix,
    },
  );
}

/** The frame with its target as the problem has it: whole numbers as level codes. */
export function frameFor(problem: Problem, frame: Frame): Frame {
  const { target } = problem;
  const column = frame.columns.get(target.name);
  if (target.levels === undefined || column?.kind !== 'number') return frame;
  const codeOf = new Map(target.levels.map((level, code) => [Number(level), code]));
  const codes = new Int32Array(frame.rows);
  for (let i = 0; i < frame.rows; i++) codes[i] = codeOf.get(column.values[i] as number) ?? -1;
  const columns = new Map<string, Column>(frame.columns);
  columns.set(target.name, { kind: 'category', codes });
  return { ...frame, columns };
}
