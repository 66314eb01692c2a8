/** The data set of the coordinator's tests: 60 rows in 3 shards, as planning finds it. */
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { Digest } from '../../schemas/ids.ts';
import { dataSet } from '../task-runner/data.ts';

export async function resolvedDataset(): Promise<ResolvedDataset> {
  const { manifest, manifestBytes } = await dataSet();
  return { name: 'demo', version: 1, digest: sha256Hex(manifestBytes) as Digest, manifest };
}
