/** Workers whose cache disk is full or read-only: the work goes to others, or fails by name. */
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const mounted: string[] = [];
let cluster: Cluster | null = null;
afterAll(async () => {
  for (const path of mounted) execFileSync('umount', ['-l', path], { stdio: 'ignore' });
  await cluster?.[Symbol.asyncDispose]();
});

/** Puts a disk of this size under the node's cache. @returns false where nobody may mount */
function smallDisk(path: string, options: string): boolean {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', path], { stdio: 'ignore' });
    mounted.push(path);
    return true;
  } catch {
    return false;
  }
}

it('[F16] a worker without room for a shard names its disk, and others do its work', async (test) => {
  cluster = await startCluster({ workers: 2, ownCaches: true });
  const { client } = cluster;
  if (!smallDisk(cluster.cacheDir('worker-1'), 'size=16k')) {
    return test.skip('a small disk cannot be mounted here');
  }
  const target = syntheticTarget.dense;
  await client.importCsv('d', () => syntheticCsv({ kind: 'dense', rows: 4_000, seed: 3 }), {
    rowsPerShard: 1_000,
  });
  const spec = { dataset: 'd', target, algorithm: 'toy-sum', evaluate: false } as const;
  const causes: string[] = [];
  const run = async (id: string) => {
    const job = await client.submit({ ...spec, id, params: { tasks: 8 } });
    for await (const event of job.events()) {
      if (event.kind === 'task-error') causes.push(`${event.node} ${event.code} ${event.message}`);
    }
    return job.result();
  };
  const full = await run('full');
  expect(full.phase).toBe('completed');
  expect(causes.length).toBeGreaterThan(0);
  for (const cause of causes) expect(cause).toMatch(/^worker-1 cache-unwritable .*ENOSPC/);

  execFileSync('mount', ['-o', 'remount,ro', cluster.cacheDir('worker-1')], { stdio: 'ignore' });
  const readOnly = await run('read-only');
  expect(readOnly.digest).toBe(full.digest);

  // Nobody is left who could: the job ends, and says why.
  await cluster.kill('worker-2');
  const job = await client.submit({ ...spec, id: 'nobody', seed: 9, params: { tasks: 2 } });
  expect(await job.ended()).toMatchObject({
    phase: 'failed',
    error: { message: expect.stringMatching(/cache folder .* cannot be written: EROFS/) },
  });
}, 90_000);
