/**
 * Steps as a user writes them, with their columns settled against the schema at hand.
 *
 * All that is wrong is found at once, in the form of spec issues: path, value, fix.
 */
import type { ColumnSchema } from '../datasets/frame.ts';
import type { SpecIssue } from '../schemas/job-spec.ts';
import { limits } from '../schemas/limits.ts';
import { nearest } from '../schemas/nearest.ts';
import type { PlannedStep, PreprocessStep } from '../schemas/preprocess.ts';
import { afterStep, outputColumns, passesOf, ruleOf } from './steps.ts';

/** Columns that a step names: even text among them can be used. */
export function namedColumns(steps: readonly PreprocessStep[]): ReadonlySet<string> {
  return new Set(steps.flatMap((step) => step.columns ?? []));
}

/**
 * @param input the columns to be trained on, as the data set has them
 * @param issues what is wrong is added here; then the steps are of no use
 */
export function resolveSteps(
  steps: readonly PreprocessStep[],
  input: readonly ColumnSchema[],
  issues: SpecIssue[],
): { readonly steps: readonly PlannedStep[]; readonly passes: number } {
  const planned: PlannedStep[] = [];
  const before = issues.length;
  let columns: readonly ColumnSchema[] = input;
  for (const [i, step] of steps.entries()) {
    const own = columnsFor(step, `preprocess.${i}`, columns, issues);
    if (issues.length > before) return { steps: [], passes: 0 };
    const settled = { ...step, columns: own } as PlannedStep;
    const width = widthAfter(settled, columns);
    if (width > limits.preprocessColumnsMax) {
      const message = `step "${step.step}" makes it ${width} columns, at most ${limits.preprocessColumnsMax} are possible`;
      const fix = 'use fewer buckets, "hash" in the place of "one-hot", or fewer columns';
      issues.push({ path: `preprocess.${i}`, value: JSON.stringify(step.step), message, fix });
      return { steps: [], passes: 0 };
    }
    columns = afterStep(settled, columns);
    const twin = firstTwin(columns);
    if (twin !== undefined) {
      const message = `step "${step.step}" makes a second column "${twin.slice(0, 80)}"`;
      const fix = 'name each column once, or exclude the other one from the features';
      issues.push({ path: `preprocess.${i}`, value: JSON.stringify(step.step), message, fix });
      return { steps: [], passes: 0 };
    }
    planned.push(settled);
  }
  return { steps: planned, passes: checkedPasses(planned, input, issues) };
}

function widthAfter(step: PlannedStep, columns: readonly ColumnSchema[]): number {
  const own = new Set(step.columns);
  const widths = columns.map((column) =>
    // One-hot of a column with many levels is counted before it is made.
    step.step === 'one-hot' && own.has(column.name)
      ? (column.levels?.length ?? 0)
      : own.has(column.name)
        ? ruleOf(step).outputs(step, column).length
        : 1,
  );
  return widths.reduce((sum, width) => sum + width, 0);
}

function firstTwin(columns: readonly ColumnSchema[]): string | undefined {
  const seen = new Set<string>();
  return columns.find(({ name }) => seen.size === seen.add(name).size)?.name;
}

/** The step's columns: those that it names, else all that it can work on. */
function columnsFor(
  step: PreprocessStep,
  path: string,
  columns: readonly ColumnSchema[],
  issues: SpecIssue[],
): readonly string[] {
  const rule = ruleOf(step);
  const suits = (column: ColumnSchema) => rule.suits(step as PlannedStep, column);
  if (step.columns === undefined) {
    const found = columns.filter(suits).map(({ name }) => name);
    if (found.length > 0) return found;
    const message = `step "${step.step}" takes ${rule.takes}, and there are none here`;
    const fix = 'remove the step, or put it where there are some';
    issues.push({ path, value: JSON.stringify(step.step), message, fix });
    return [];
  }
  const byName = new Map(columns.map((column) => [column.name, column]));
  step.columns.forEach((name, i) => {
    const at = { path: `${path}.columns.${i}`, value: JSON.stringify(name) };
    const column = byName.get(name);
    if (column === undefined) {
      const guess = nearest(name, [...byName.keys()]);
      const some = [...byName.keys()].slice(0, 20).join(', ');
      const fix = guess === undefined ? `use one of ${some}` : `did you mean "${guess}"?`;
      const message = `there is no column ${JSON.stringify(name)} among the features here`;
      issues.push({ ...at, message, fix });
    } else if (!suits(column)) {
      const message = `column ${JSON.stringify(name)} of type ${column.kind} is nothing for step "${step.step}"`;
      issues.push({ ...at, message, fix: `it takes ${rule.takes}` });
    } else if (step.columns?.indexOf(name) !== i) {
      const message = `column ${JSON.stringify(name)} is named twice`;
      issues.push({ ...at, message, fix: 'remove it' });
    }
  });
  return step.columns;
}

/** What comes out must be something to train on, and the fits must not build on each other for ever. */
function checkedPasses(
  steps: readonly PlannedStep[],
  input: readonly ColumnSchema[],
  issues: SpecIssue[],
): number {
  const passes = passesOf(steps, input);
  if (passes > limits.preprocessPassesMax) {
    const message = `steps build on the fit of others ${passes} deep, at most ${limits.preprocessPassesMax} are possible`;
    const fix = 'remove a step that is fitted, or give it constants';
    issues.push({ path: 'preprocess', value: null, message, fix });
  }
  const text = outputColumns(steps, input).find(({ kind }) => kind === 'text');
  if (text !== undefined) {
    const message = `column ${JSON.stringify(text.name)} is still text after all steps`;
    const fix = 'put it through "text", "hash" or "date"';
    issues.push({ path: 'preprocess', value: JSON.stringify(text.name), message, fix });
  }
  return passes;
}
