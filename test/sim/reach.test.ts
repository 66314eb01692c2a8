/** Every node reaches the data that its work needs, or the job says which shard is missing. */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseManifest } from '../../datasets/manifest.ts';
import { digestOf } from '../../runtime/chunked-blobs.ts';
import { TimeoutError } from '../../runtime/errors.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { PoolCluster } from './pool-cluster.ts';

let data: DataSet;
beforeAll(async () => {
  data = await dataSet();
});

const base = { dataset: 'demo', target: 'label', evaluate: false } as const;
const jobs: readonly JobSpecInput[] = [
  { ...base, id: 'all', algorithm: 'toy-sum', params: { tasks: 4 } },
  { ...base, id: 'shards', algorithm: 'toy-sum', rows: 'shard', params: { tasks: 3 } },
  { ...base, id: 'rounds', algorithm: 'toy-rounds', params: { rounds: 5 } },
];

describe('[P68] a shard that cannot be had', () => {
  it.each(jobs)('fails the job $id by name: nobody trains around it in silence', async (job) => {
    const cluster = new PoolCluster(data);
    await cluster.open({ w1: {}, w2: {} });
    const lost = data.manifest.shards[1]?.sha256 ?? '';
    const bus = cluster.broker.connect({ name: 'vandal' });
    await cluster.settled(bus.blobs.remove(lost as never));
    const handle = await cluster.settled(cluster.client.submit(job));
    const view = await cluster.settled(handle.ended());
    expect(view.phase).toBe('failed');
    expect(view.error?.message).toContain('shard 1 is not to be had');
    expect(view).toMatchObject({ model: null, digest: null });
  });

  it.each(jobs)('is fetched again for $id while it is only out of reach', async (job) => {
    const calm = new PoolCluster(data);
    await calm.open({ w1: {}, w2: {} });
    const undisturbed = await calm.settled(calm.client.submit(job));
    const { digest } = await calm.settled(undisturbed.result());

    const cluster = new PoolCluster(data);
    await cluster.open({ w1: {}, w2: {} });
    let failures = 0;
    cluster.onFetch = () => {
      failures += 1;
      return failures > 8 ? null : new TimeoutError('the blob', 2_000);
    };
    const handle = await cluster.settled(cluster.client.submit(job));
    const view = await cluster.settled(handle.result());
    expect(failures).toBeGreaterThan(8);
    expect(view).toMatchObject({ phase: 'completed', digest });
  });

  it('[F29] ends the job by name where the list of shards itself is damaged, instead of asking on', async () => {
    const cluster = new PoolCluster(data);
    await cluster.open({ w1: {} });
    const manifest = await digestOf(data.manifestBytes, cluster.clock);
    const { subjects } = cluster.broker.connect({ name: 'vandal' });
    expect(cluster.broker.corrupt(subjects.chunk(manifest, 0))).toBe(true);
    const handle = await cluster.settled(cluster.client.submit(jobs[0] as JobSpecInput));
    await expect(cluster.settled(handle.ended())).rejects.toThrow(
      /was rejected: data set "demo@1" cannot be used: .* another SHA-256/,
    );
  });

  it('is no empty one: a manifest that has such a shard is refused', () => {
    const text = new TextDecoder().decode(data.manifestBytes);
    expect(parseManifest(data.manifestBytes).shards).toHaveLength(3);
    const manifest = JSON.parse(text) as { shards: { rows: number }[] };
    for (const shard of manifest.shards) shard.rows = 0;
    const emptied = new TextEncoder().encode(JSON.stringify(manifest));
    expect(() => parseManifest(emptied)).toThrow();
  });
});
