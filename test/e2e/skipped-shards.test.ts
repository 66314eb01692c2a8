/**
 * Shards that are gone from a real store, or damaged there: jobs of real processes go on without them
 * where they may, and come to the model of a job that was told so from the start.
 */
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 60_000 };
const rows = 20_000;
const target = syntheticTarget.dense;

it('[F29] [P68] goes on without a shard that is gone, then without one that is damaged, too', async () => {
  await using cluster = await startCluster({ workers: 2, ownCaches: true });
  const { client, bus } = cluster;
  const open = () => syntheticCsv({ kind: 'dense', rows, seed: 3 });
  await client.importCsv('dense', open, { rowsPerShard: 4_000 });
  const { manifest } = await client.dataset('dense');
  const shard = (index: number) => parseDigest(manifest.shards[index]?.sha256 ?? '');
  const forest = { dataset: 'dense', target, algorithm: 'random-forest', params: { trees: 8 } };
  const linear = { dataset: 'dense', target, algorithm: 'logistic-regression' };

  // What a job comes to that is told from the start, of shards that are all there.
  const told = async (spec: object, withoutShards: number[]) =>
    (await client.submit({ ...spec, withoutShards } as never)).result(wait);
  const calm = {
    forest: await told({ ...forest, id: 'calm-forest' }, [2]),
    linear: await told({ ...linear, id: 'calm-linear' }, [2, 4]),
  };
  expect(calm.forest).toMatchObject({ exactness: 'exact', shards: 4, skippedShards: [] });

  // Others take their place: what these workers have on their disks must not help.
  const replace = async (...names: string[]) => {
    for (const name of names) await cluster.kill(name);
    for (const _ of names) await cluster.startWorker();
  };
  await replace('worker-1', 'worker-2');
  await bus.blobs.remove(shard(2));
  const lost = await client.submit({ ...forest, id: 'lost', skipShards: 0.2 });
  const without = await lost.result(wait);
  expect(without).toMatchObject({
    ...{ phase: 'completed', digest: calm.forest.digest, exactness: 'recorded', shards: 4 },
    metrics: calm.forest.metrics,
    skippedShards: [{ shard: 2, rows: 4_000, cause: expect.stringContaining(shard(2)) }],
  });
  const shown = await cluster.cli(['job', 'show', 'lost']);
  expect(shown.stdout).toContain('without      shard 2 of 4000 rows');
  expect((await cluster.cli(['model', 'show', 'lost'])).stdout).toContain('recorded');

  await replace('worker-3', 'worker-4');
  await damage(cluster.server.url, `shoal.blobs.${shard(4)}.0`);
  const both = await client.submit({ ...linear, id: 'both', skipShards: 0.4 });
  const less = await both.result(wait);
  expect(less).toMatchObject({ phase: 'completed', digest: calm.linear.digest });
  expect(less.skippedShards.map((skipped) => skipped.shard).sort()).toEqual([2, 4]);

  // Not allowed: it fails, and says what to do.
  const strict = await client.submit({ ...forest, id: 'strict' });
  await expect(strict.result(wait)).rejects.toThrow(/shard 2 is not to be had/);
}, 240_000);

/** Puts other bytes in the place of a stored chunk. */
async function damage(url: string, subject: string): Promise<void> {
  const connection = await connect({ servers: url });
  const manager = await jetstreamManager(connection);
  const { streams } = manager;
  const stored = await streams.getMessage('SHOAL_BLOBS', { last_by_subj: subject });
  const bytes = Uint8Array.from(stored?.data ?? []);
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 0xff;
  await streams.purge('SHOAL_BLOBS', { filter: subject });
  await jetstream(connection).publish(subject, bytes);
  await connection.close();
}
