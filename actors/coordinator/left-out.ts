/**
 * A job's data set without the shards that its spec names, or that failed under an earlier plan.
 *
 * Pure. The shards are named as the data set counts them; what is left is counted anew. A job that
 * lost shards on the way is `recorded`: naming them in `withoutShards` gives the same model again.
 */

import { manifestDigest } from '../../datasets/manifest.ts';
import { withoutShards } from '../../datasets/without-shards.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { type JobSpec, SpecError, type SpecIssue } from '../../schemas/job-spec.ts';
import type { ResolvedDataset } from './resolve.ts';

/** @throws SpecError for a shard that there is not, or where none would be left */
export function leaveOut(
  spec: JobSpec,
  dataset: ResolvedDataset,
  skipped: readonly number[],
): ResolvedDataset {
  const named = spec.withoutShards ?? [];
  const { shards } = dataset.manifest;
  const issues = named.flatMap((shard, i): SpecIssue[] => {
    if (shards[shard] !== undefined) return [];
    const message = `the data set has no shard ${shard}`;
    const fix = `give numbers from 0 to ${shards.length - 1}`;
    return [{ path: `withoutShards.${i}`, value: String(shard), message, fix }];
  });
  const without = [...new Set([...named, ...skipped])].sort((a, b) => a - b);
  if (issues.length === 0 && without.length >= shards.length && without.length > 0) {
    const message = `no shard of the ${shards.length} is left to train on`;
    issues.push({ path: 'withoutShards', value: null, message, fix: 'leave one in at least' });
  }
  if (issues.length > 0) throw new SpecError(issues);
  if (without.length === 0) return dataset;
  const manifest = withoutShards(dataset.manifest, without);
  const rowsOf = (shard: number) => shards[shard]?.rows ?? 0;
  return {
    ...dataset,
    digest: parseDigest(manifestDigest(manifest)),
    manifest,
    without: without.map((shard) => ({ shard, rows: rowsOf(shard) })),
  };
}

/** @param skipped shards left out that the spec does not name */
export function exactnessOf(skipped: readonly unknown[] = []): 'exact' | 'recorded' {
  return skipped.length === 0 ? 'exact' : 'recorded';
}
