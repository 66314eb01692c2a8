/**
 * All steps by name, and what a list of them makes of a schema: the columns that come out, and which
 * of its fits have to wait for those of others.
 */
import type { ColumnSchema } from '../datasets/frame.ts';
import type { PlannedStep } from '../schemas/preprocess.ts';
import { impute } from './impute.ts';
import { hash, oneHot, ordinal } from './level-steps.ts';
import { bin, clip, standardise } from './number-steps.ts';
import type { StepRule } from './step-rule.ts';
import { date, text } from './text-steps.ts';

const rules = {
  ...{ impute, clip, standardise, bin, 'one-hot': oneHot, ordinal, hash, text, date },
} satisfies { [N in PlannedStep['step']]: StepRule<Extract<PlannedStep, { step: N }>> };

export function ruleOf(step: Pick<PlannedStep, 'step'>): StepRule {
  return rules[step.step] as unknown as StepRule;
}

/** The schema after one step: what it makes of a column stands in that column's place. */
export function afterStep(step: PlannedStep, columns: readonly ColumnSchema[]): ColumnSchema[] {
  const own = new Set(step.columns);
  return columns.flatMap((column) =>
    own.has(column.name) ? ruleOf(step).outputs(step, column) : [column],
  );
}

/** The schema after all steps. */
export function outputColumns(
  steps: readonly PlannedStep[],
  input: readonly ColumnSchema[],
): readonly ColumnSchema[] {
  return steps.reduce((columns: readonly ColumnSchema[], step) => afterStep(step, columns), input);
}

/** One column of one step: its schema there, and the pass that it is fitted in, -1 for none. */
export interface PlacedColumn {
  readonly column: ColumnSchema;
  readonly pass: number;
}

/**
 * Where each column of each step stands. A fit that builds on the fit of an earlier step comes in a
 * later pass over the rows.
 */
export function placeSteps(
  steps: readonly PlannedStep[],
  input: readonly ColumnSchema[],
): readonly (readonly PlacedColumn[])[] {
  const depth = new Map<string, number>();
  let columns = new Map(input.map((column) => [column.name, column]));
  return steps.map((step) => {
    const rule = ruleOf(step);
    const placed = step.columns.map((name): PlacedColumn => {
      const column = columns.get(name) as ColumnSchema;
      const before = depth.get(name) ?? 0;
      const fits = rule.wants(step, column) !== null;
      for (const made of rule.outputs(step, column)) depth.set(made.name, before + Number(fits));
      return { column, pass: fits ? before : -1 };
    });
    columns = new Map(afterStep(step, [...columns.values()]).map((own) => [own.name, own]));
    return placed;
  });
}

/** How often the rows are gone through: at least once. */
export function passesOf(steps: readonly PlannedStep[], input: readonly ColumnSchema[]): number {
  return Math.max(
    1,
    ...placeSteps(steps, input)
      .flat()
      .map(({ pass }) => pass + 1),
  );
}
