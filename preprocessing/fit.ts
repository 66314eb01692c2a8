/**
 * Fitting a pipeline over shards: what one shard says, and what all of them say together.
 *
 * A pass gathers the statistics of the steps that it fits from rows that have gone through the steps
 * fitted before. Parts are joined in any order to the same bytes, so neither the number of shards nor
 * who read them shows in the pipeline.
 */
import type { Frame } from '../datasets/frame.ts';
import { type RowSplit, splitRows } from '../datasets/row-split.ts';
import { CanonicalError, CanonicalReader, CanonicalWriter } from '../schemas/canonical.ts';
import { TerminalError } from '../schemas/errors.ts';
import type { PlannedStep } from '../schemas/preprocess.ts';
import { newPipeline, type Pipeline, runSteps, type Working } from './pipeline.ts';
import { gather, join, readStatistic, type Statistic, writeStatistic } from './statistics.ts';
import { placeSteps, ruleOf } from './steps.ts';

const MAGIC = 'shoal-statistics';
const FORMAT = 1;
const manyMax = 1_000_000;

/** One pass over the rows of one fit. */
export interface Pass {
  readonly pipeline: Pipeline;
  /** From 0. */
  readonly pass: number;
  readonly split: RowSplit;
  /** Keys what is sampled. */
  readonly seed: number;
}

/** The statistics of the frame's rows, in the order of steps and columns. */
export function surveyFrame({ pipeline, pass, split, seed }: Pass, frame: Frame): Statistic[] {
  const rows = splitRows(split, frame.firstRow, frame.rows);
  const at = { rows, firstRow: frame.firstRow, seed };
  const columns: Working = new Map(frame.columns);
  const found: Statistic[] = [];
  runSteps(pipeline, columns, (s, _c, { column, pass: own }, values) => {
    if (own !== pass) return;
    const step = pipeline.steps[s] as PlannedStep;
    const wanted = ruleOf(step).wants(step, column);
    if (wanted !== null) found.push(gather(wanted, values, at));
  });
  return found;
}

/** @throws CanonicalError for lists of different kinds */
export function joinSurveys(a: readonly Statistic[], b: readonly Statistic[]): Statistic[] {
  if (a.length === b.length) return a.map((own, i) => join(own, b[i] as Statistic));
  throw new CanonicalError(`${a.length} and ${b.length} statistics cannot be joined`);
}

/**
 * The pipeline with the steps of this pass fitted.
 * @param statistics over all rows, as `surveyFrame` orders them
 * @throws TerminalError('no-values') for a column without a value to learn from
 */
export function fitPass(
  pipeline: Pipeline,
  pass: number,
  statistics: readonly Statistic[],
): Pipeline {
  let next = 0;
  const fitted = placeSteps(pipeline.steps, pipeline.input).map((columns, s) =>
    columns.map(({ column, pass: own }, c) => {
      if (own !== pass) return pipeline.fitted[s]?.[c] ?? null;
      const step = pipeline.steps[s] as PlannedStep;
      return ruleOf(step).fit(step, column, statistics[next++] ?? null);
    }),
  );
  if (next === statistics.length) return { ...pipeline, fitted };
  const message = `${statistics.length} statistics for the ${next} fits of pass ${pass}`;
  throw new TerminalError('bad-plan', message, {
    fix: 'run the same release of shoal on every host',
  });
}

/** Fits all passes over frames at hand, one after the other. */
export function fitPipeline(
  steps: readonly PlannedStep[],
  input: Pipeline['input'],
  frames: readonly Frame[],
  { split, seed, passes }: { split: RowSplit; seed: number; passes: number },
): Pipeline {
  let pipeline = newPipeline(steps, input);
  for (let pass = 0; pass < passes; pass++) {
    const surveys = frames.map((frame) => surveyFrame({ pipeline, pass, split, seed }, frame));
    pipeline = fitPass(pipeline, pass, surveys.reduce(joinSurveys));
  }
  return pipeline;
}

/** The statistics that one shard gives each fit, in canonical bytes. */
export function encodeSurveys(surveys: readonly (readonly Statistic[])[]): Uint8Array {
  const writer = new CanonicalWriter(1024).text(MAGIC).uint(FORMAT).uint(surveys.length);
  for (const own of surveys) {
    writer.uint(own.length);
    for (const statistic of own) writeStatistic(writer, statistic);
  }
  return writer.finish();
}

/** @throws TerminalError('bad-plan') for anything else */
export function decodeSurveys(bytes: Uint8Array): Statistic[][] {
  try {
    const reader = new CanonicalReader(bytes);
    if (reader.text(64) !== MAGIC || reader.uint() !== FORMAT) {
      throw new CanonicalError('these are no statistics of this release');
    }
    const surveys = Array.from({ length: reader.uint(manyMax) }, () =>
      Array.from({ length: reader.uint(manyMax) }, () => readStatistic(reader)),
    );
    reader.end();
    return surveys;
  } catch (cause) {
    if (!(cause instanceof CanonicalError)) throw cause;
    const message = `the statistics of a shard cannot be read: ${cause.message}`;
    throw new TerminalError('bad-plan', message, {
      fix: 'run the same release of shoal on every host',
      cause,
    });
  }
}
