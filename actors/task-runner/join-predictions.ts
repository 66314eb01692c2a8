/**
 * The data set that predictions, or rows after their steps, become, from what the score tasks say of its shards.
 *
 * Shards stand in the order of the rows and cut them as the data set that was predicted does, so
 * the manifest follows from model, rows and name alone, whoever made the shards.
 */
import { type ColumnPart, joinParts } from '../../datasets/column-part.ts';
import { type DataColumn, schemaFingerprint } from '../../datasets/data-schema.ts';
import { encodeManifest, type Manifest } from '../../datasets/manifest.ts';
import { TerminalError } from '../../schemas/errors.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { stepColumns } from './made-shards.ts';
import { type PredictedShard, predictedColumns } from './predict-shard.ts';

/**
 * @param name of the new data set
 * @param source the manifest of the data set that was predicted
 * @param results of the score stage, in index order
 * @returns the manifest's canonical bytes; their digest is the data set's
 */
export function joinPredictions(
  plan: JobPlan,
  name: string,
  source: Manifest,
  results: readonly Uint8Array[],
): Uint8Array {
  if (results.length !== source.shards.length) {
    throw badResult(`${results.length} shards of predictions for ${source.shards.length} of rows`);
  }
  const schemas = plan.predict === undefined ? stepColumns(plan, source) : predictedColumns(plan);
  const told = results.map((bytes, i) => readPart(bytes, i, source, schemas.length));
  const columns = schemas.map(
    (schema, c): DataColumn => ({
      ...schema,
      stats: joinParts(told.map((shard) => shard.columns[c] as ColumnPart)),
    }),
  );
  return encodeManifest({
    format: 1,
    name,
    rows: source.rows,
    columns,
    split: source.split,
    shards: told.map(({ index, firstRow, rows, bytes, sha256 }) => {
      return { index, firstRow, rows, bytes, sha256 };
    }),
    schema: schemaFingerprint(columns),
    source: { format: 'generated', bytes: 0 },
  });
}

/** Results are named by digest and written by this code: this finds mistakes and other releases. */
function readPart(
  bytes: Uint8Array,
  index: number,
  source: Manifest,
  columns: number,
): PredictedShard {
  let told: PredictedShard;
  try {
    told = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(Uint8Array.from(bytes)));
  } catch (cause) {
    throw badResult(`score ${index} is not JSON`, cause);
  }
  const entry = source.shards[index];
  const fits =
    told?.format === 1 &&
    told.index === index &&
    told.firstRow === entry?.firstRow &&
    told.rows === entry.rows &&
    Array.isArray(told.columns) &&
    told.columns.length === columns;
  if (fits) return told;
  throw badResult(`score ${index} does not tell of shard ${index} of these rows`);
}

function badResult(message: string, cause?: unknown): TerminalError {
  return new TerminalError('bad-plan', message, {
    fix: 'run the same release of shoal on every host',
    ...(cause === undefined ? {} : { cause }),
  });
}
