/**
 * A pipeline: the steps of a plan with what they know of the rows that they were fitted on.
 *
 * It is data, in canonical JSON, and stands with the model that it was fitted for: rows are put
 * through the same pipeline, bit for bit, at training, at scoring and at prediction. While it is being
 * fitted, steps that come in a later pass know nothing yet.
 */
import type { Column, ColumnSchema, Frame } from '../datasets/frame.ts';
import { canonicalJson } from '../schemas/canonical.ts';
import { BugError, TerminalError } from '../schemas/errors.ts';
import { type PlannedStep, preprocessNumerics } from '../schemas/preprocess.ts';
import type { Fitted } from './step-rule.ts';
import { outputColumns, type PlacedColumn, placeSteps, ruleOf } from './steps.ts';

export interface Pipeline {
  readonly numerics: number;
  /** The columns that it takes, with the levels that their codes stand for. */
  readonly input: readonly ColumnSchema[];
  readonly steps: readonly PlannedStep[];
  /** By step, for each of its columns; null for what is not fitted yet. */
  readonly fitted: readonly (readonly (Fitted | null)[])[];
}

const FORMAT = 1;

/** A pipeline that has seen no row: what needs none is fitted. */
export function newPipeline(
  steps: readonly PlannedStep[],
  input: readonly ColumnSchema[],
): Pipeline {
  const fitted = placeSteps(steps, input).map((columns, s) =>
    columns.map(({ column, pass }) => {
      const step = steps[s] as PlannedStep;
      return pass < 0 ? ruleOf(step).fit(step, column, null) : null;
    }),
  );
  return { numerics: preprocessNumerics, input: input.map(bare), steps, fitted };
}

function bare({ name, kind, levels }: ColumnSchema): ColumnSchema {
  return levels === undefined ? { name, kind } : { name, kind, levels };
}

export function encodePipeline({ numerics, input, steps, fitted }: Pipeline): Uint8Array {
  const content = { format: FORMAT, numerics, input, steps, fitted };
  return new TextEncoder().encode(canonicalJson(content));
}

/** @throws TerminalError('bad-pipeline') for bytes that are no pipeline that this release can run */
export function decodePipeline(bytes: Uint8Array): Pipeline {
  let read: Partial<Pipeline> & { readonly format?: number };
  try {
    // A copy first: the decoder refuses shared memory.
    read = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes)));
  } catch (cause) {
    throw badPipeline(`${bytes.length} bytes are not JSON`, cause);
  }
  const { format, numerics, input, steps, fitted } = read ?? {};
  if (format !== FORMAT || numerics !== preprocessNumerics) {
    const here = `this process reads format ${FORMAT} and numerics ${preprocessNumerics}`;
    throw badPipeline(`format ${format} and numerics ${numerics} are not known; ${here}`);
  }
  if (!Array.isArray(input) || !Array.isArray(steps) || !Array.isArray(fitted)) {
    throw badPipeline('a part of it is not there');
  }
  try {
    const placed = placeSteps(steps, input);
    if (placed.every((own, s) => own.length === fitted[s]?.length)) {
      return { numerics, input, steps, fitted };
    }
  } catch (cause) {
    throw badPipeline('its steps do not fit its columns', cause);
  }
  throw badPipeline('its steps and what was fitted for them differ in number');
}

function badPipeline(why: string, cause?: unknown): TerminalError {
  return new TerminalError('bad-pipeline', `the steps before the model cannot be read: ${why}`, {
    fix: 'run the same release of shoal on every host, or train the model again',
    ...(cause === undefined ? {} : { cause }),
  });
}

/** Columns as they are on the way: those that wait for a fit are gone. */
export type Working = Map<string, Column>;

/** Called with each column of each step, as the step finds it, before the step is applied. */
export type OnColumn = (step: number, at: number, place: PlacedColumn, values: Column) => void;

/**
 * Puts the columns through the steps, as far as they are fitted.
 * @param columns those of the pipeline's input; others are left as they are. Changed in place.
 */
export function runSteps(pipeline: Pipeline, columns: Working, onColumn?: OnColumn): void {
  const placed = placeSteps(pipeline.steps, pipeline.input);
  for (const [s, step] of pipeline.steps.entries()) {
    for (const [c, place] of (placed[s] ?? []).entries()) {
      const { column } = place;
      const values = columns.get(column.name);
      columns.delete(column.name);
      if (values === undefined) continue;
      onColumn?.(s, c, place, values);
      const fitted = pipeline.fitted[s]?.[c] ?? null;
      if (fitted === null) continue;
      const rule = ruleOf(step);
      const made = rule.apply(step, column, fitted, values);
      for (const [i, { name }] of rule.outputs(step, column).entries()) {
        columns.set(name, made[i] as Column);
      }
    }
  }
}

/** The columns that come out, in order. */
export function pipelineOutput({ steps, input }: Pipeline): readonly ColumnSchema[] {
  return outputColumns(steps, input);
}

/**
 * The frame after all steps. Columns that are none of the pipeline's, the target among them, are
 * passed on as they are.
 */
export function applyPipeline(pipeline: Pipeline, frame: Frame): Frame {
  const columns: Working = new Map(frame.columns);
  runSteps(pipeline, columns);
  const ordered = new Map<string, Column>();
  for (const { name } of pipelineOutput(pipeline)) {
    const column = columns.get(name);
    if (column === undefined) throw new BugError('preprocess', `column "${name}" is not fitted`);
    ordered.set(name, column);
  }
  const own = new Set(pipeline.input.map(({ name }) => name));
  for (const [name, column] of frame.columns) {
    if (!own.has(name) && !ordered.has(name)) ordered.set(name, column);
  }
  return { ...frame, columns: ordered };
}
