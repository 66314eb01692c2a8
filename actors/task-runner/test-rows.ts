/**
 * Rows of another data set that a job is measured on: read by that data set's manifest, then put in
 * the terms of the one that it trains on, so that scoring sees no difference.
 */
import { columnSchema, pickColumns } from '../../datasets/data-schema.ts';
import type { Frame } from '../../datasets/frame.ts';
import { adaptFrame } from '../../datasets/frame-shape.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import { TerminalError } from '../../schemas/errors.ts';
import type { JobData } from './job-source.ts';

/** The job as its scored rows have it: with the manifest that names their shards. */
export function scoredData(job: JobData): JobData {
  return job.test === undefined ? job : { ...job, manifest: job.test };
}

/** Levels that the training data do not know are missing values, those of the target too. */
export function asTrained(
  frame: Frame,
  test: Manifest,
  trained: Manifest,
  columns: readonly string[],
): Frame {
  const wanted = pickColumns(trained.columns, columns, trained.name).map(columnSchema);
  return adaptFrame(frame, test.columns.map(columnSchema), wanted);
}

/** An error that names a shard means one of the test data: the job cannot go on without that one. */
export function ofTestData(job: JobData, error: unknown): unknown {
  const path = error instanceof TerminalError ? error.path : undefined;
  if (job.test === undefined || !(error instanceof TerminalError) || path === undefined)
    return error;
  const message = `test data: ${error.message}`;
  return new TerminalError(error.code, message, { path: `test.${path}`, cause: error });
}
