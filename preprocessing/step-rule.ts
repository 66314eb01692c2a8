/**
 * The contract of a step: what it takes, what it makes of it, and what it has to know of the rows.
 *
 * A step works on each of its columns alone. The columns that it makes follow from its settings and
 * from the schema, never from the rows, so a plan knows them before anything has been fitted.
 */
import type { Column, ColumnSchema } from '../datasets/frame.ts';
import { TerminalError } from '../schemas/errors.ts';
import type { PlannedStep } from '../schemas/preprocess.ts';
import type { Statistic, Wanted } from './statistics.ts';

/** What a step knows of a column once it is fitted: plain numbers, `{}` where nothing is needed. */
export interface Fitted {
  /** Impute: the number, or the code of the level in the column that comes out. */
  readonly fill?: number;
  /** Clip: bounds; absent on a side that has none. */
  readonly min?: number;
  readonly max?: number;
  /** Standardise: what is taken off, and what the rest is divided by. */
  readonly mean?: number;
  readonly scale?: number;
  /** Bin: where one bin ends and the next begins, ascending. */
  readonly edges?: readonly number[];
  /** Text: the weight of each bucket. */
  readonly weights?: readonly number[];
}

export interface StepRule<S extends PlannedStep = PlannedStep> {
  /** Kinds of columns that it takes, for people. */
  readonly takes: string;
  suits(step: S, column: ColumnSchema): boolean;
  /** The columns that take the place of this one. */
  outputs(step: S, column: ColumnSchema): readonly ColumnSchema[];
  /** What it has to know of the column; null for nothing. */
  wants(step: S, column: ColumnSchema): Wanted | null;
  /** @throws TerminalError('no-values') where the rows say nothing */
  fit(step: S, column: ColumnSchema, statistic: Statistic | null): Fitted;
  /** One column for each of `outputs`. Must not change `values`. */
  apply(step: S, column: ColumnSchema, fitted: Fitted, values: Column): readonly Column[];
}

export function isLevels({ kind }: ColumnSchema): boolean {
  return kind === 'category' || kind === 'boolean';
}

/** A whole number with as many digits as the largest has, so that names sort as numbers do. */
export function padded(index: number, count: number): string {
  return String(index).padStart(String(count - 1).length, '0');
}

export function noValues(step: PlannedStep, column: ColumnSchema): TerminalError {
  return new TerminalError(
    'no-values',
    `step "${step.step}" finds no value of column "${column.name}" in the rows to be trained on`,
    {
      path: 'preprocess',
      fix: 'leave the column out of the step, or exclude it from the features',
    },
  );
}
