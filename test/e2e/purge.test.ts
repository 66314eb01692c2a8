/** A purge reaches every byte: the broker, the caches of nodes, and of one that was away. */
import { readdirSync, watch } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { type Cluster, runCli, startCluster } from './support/cluster.ts';

let cluster: Cluster;

beforeAll(async () => {
  cluster = await startCluster({ workers: 2, ownCaches: true });
});
afterAll(() => cluster?.[Symbol.asyncDispose]());

const shards = (node: string) =>
  readdirSync(cluster.cacheDir(node)).filter((name) => name.endsWith('.arrow'));

/** Resolves once the node's cache holds no shard. */
function emptied(node: string): Promise<void> {
  return new Promise((resolve) => {
    const watcher = watch(cluster.cacheDir(node), look);
    function look(): void {
      if (shards(node).length > 0) return;
      watcher.close();
      resolve();
    }
    look();
  });
}

const shoal = (...args: string[]) => runCli([...args, '--nats', cluster.url]);

it('is refused while a job runs, forced by name, and leaves no copy on any node', async () => {
  const { client, bus } = cluster;
  const target = syntheticTarget.dense;
  const rows = () => syntheticCsv({ kind: 'dense', rows: 8_000, seed: 3 });
  await client.importCsv('secret', rows, { rowsPerShard: 4_000 });
  const spec = { dataset: 'secret', target, algorithm: 'toy-sum', evaluate: false } as const;
  const job = await client.submit({ ...spec, id: 'long', params: { tasks: 4_000, spin: 2e7 } });
  await cluster.event('long', ({ kind }) => kind === 'tasks-done');
  expect(shards('worker-1').length + shards('worker-2').length).toBeGreaterThan(0);

  const refused = await shoal('data', 'remove', 'secret', '--purge');
  expect(refused.code).toBe(5);
  expect(refused.stderr).toMatch(/used by jobs under way: "long"/);
  expect(shards('worker-1').length).toBeGreaterThan(0);

  await cluster.kill('worker-2');
  const forced = await shoal('data', 'remove', 'secret', '--purge', '--force');
  expect(forced).toMatchObject({ code: 0 });
  expect(await job.ended()).toMatchObject({ phase: 'failed', error: { code: 'data-purged' } });
  await emptied('worker-1');
  // It was away when the others were told, and finds out when it starts.
  await cluster.restart('worker-2');
  await emptied('worker-2');
  expect((await bus.blobs.usage()).bytes).toBeLessThan(100_000);
}, 90_000);

it('an ended job is removed, and its id may be used again', async () => {
  const rows = () => syntheticCsv({ kind: 'dense', rows: 500, seed: 4 });
  await cluster.client.importCsv('small', rows);
  const target = syntheticTarget.dense;
  const submit = (seed: number) =>
    cluster.client.submit({
      ...{ id: 'once', dataset: 'small', target, algorithm: 'toy-sum', evaluate: false, seed },
      params: { tasks: 2 },
    });
  await (await submit(1)).result();
  expect(await shoal('job', 'remove', 'once', '--json')).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('{"removed":"once"}'),
  });
  expect(await shoal('job', 'show', 'once')).toMatchObject({ code: 4 });
  await (await submit(2)).result();
  expect(await shoal('model', 'remove', 'once', '--purge')).toMatchObject({ code: 0 });
}, 60_000);
