/**
 * Shards of the data set that a job makes of another one by its steps alone: rows in, rows out.
 *
 * The columns follow from plan and manifest, so nodes agree on them before any row was read. Columns
 * that no step touches are passed on as they are stored.
 */
import { columnSchema, pickColumns } from '../../datasets/data-schema.ts';
import type { ColumnSchema, Frame } from '../../datasets/frame.ts';
import type { Manifest } from '../../datasets/manifest.ts';
import { applyPipeline, type Pipeline } from '../../preprocessing/pipeline.ts';
import { outputColumns } from '../../preprocessing/steps.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { type ShardPredictions, storedShard } from './predict-shard.ts';

/** The columns of the data set that the job makes, in order. */
export function stepColumns(plan: JobPlan, source: Manifest): ColumnSchema[] {
  const read = pickColumns(source.columns, plan.features, source.name).map(columnSchema);
  return outputColumns(plan.preprocess?.steps ?? [], read).map((column) =>
    column.kind === 'number' ? { ...column, storage: column.storage ?? 'float64' } : column,
  );
}

/** One shard through the steps. */
export function makeShard(
  plan: JobPlan,
  source: Manifest,
  index: number,
  frame: Frame,
  pipeline: Pipeline,
): Promise<ShardPredictions> {
  const schemas = stepColumns(plan, source);
  const { columns } = applyPipeline(pipeline, frame);
  const made = schemas.map(({ name }) => columns.get(name));
  return storedShard({ index, firstRow: frame.firstRow, rows: frame.rows }, schemas, made);
}
