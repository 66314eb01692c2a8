/** Commands whose meaning shows only on real processes: detach, idle exit, waiting for a server. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { startChild } from '../../cli/child.ts';
import { startCluster } from './support/cluster.ts';

const program = fileURLToPath(new URL('../../cli/bin.ts', import.meta.url));
const csv = new TextEncoder().encode(
  `x,y\n${Array.from({ length: 200 }, (_, i) => `${i},${i % 2 ? 'a' : 'b'}`).join('\n')}\n`,
);
const slow = { dataset: 'd', target: 'y', algorithm: 'toy-sum', params: { tasks: 4, spin: 2e8 } };

it('detaches at the first Ctrl-C and says how to come back; the job goes on', async () => {
  await using cluster = await startCluster({ workers: 2 });
  await cluster.client.importCsv('d', () => [csv]);
  const child = spawn(process.execPath, [program, 'submit', '-', '--id', 'long'], {
    env: { ...process.env, SHOAL_NATS: cluster.url },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
  });
  child.stdin.end(JSON.stringify(slow));
  await cluster.event('long', ({ kind }) => kind === 'tasks-dispatched');
  const exit = once(child, 'close');
  child.kill('SIGINT');
  expect((await exit)[0]).toBe(130);
  expect(stderr).toContain('shoal job watch long');
  expect(stderr).toContain('shoal job cancel long');

  const waited = await cluster.cli(['job', 'wait', 'long', '--timeout', '1ms']);
  expect(waited.code).toBe(6);
  const cancelled = await cluster.cli(['job', 'cancel', 'long', '--json']);
  expect(cancelled.code).toBe(0);
  const watched = await cluster.cli(['job', 'watch', 'long', '--json']);
  expect(watched.code).toBe(1);
  const lines = watched.stdout.trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line) as { kind?: string })).toEqual(
    expect.arrayContaining([expect.objectContaining({ kind: 'cancelled' })]),
  );
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ error: { code: 'job-cancelled' } });
});

it('[P45] closes in good order after a while without jobs, and the nodes with it', async () => {
  await using cluster = await startCluster({ workers: 1 });
  const { client } = cluster;
  await client.importCsv('d', () => [csv]);
  const good = { code: 0, signal: null };
  expect(await cluster.kill('coordinator-1', 'SIGTERM')).toEqual(good);
  // The job waits in the stream, so the new coordinator is not idle from the start.
  const job = await client.submit({ ...slow, params: { tasks: 8, spin: 1e6 } });
  const result = job.result({ timeoutMs: 50_000 });
  await cluster.startCoordinator(['--idle-exit', '2s']);
  expect(await result).toMatchObject({ phase: 'completed' });
  expect(await cluster.exited('coordinator-2')).toEqual(good);
  expect(await cluster.exited('worker-1')).toEqual(good);
  expect(await cluster.exited('aggregator-1')).toEqual(good);
  expect(cluster.log('coordinator-2')).toContain('idle');
}, 60_000);

it('[P31] lets a worker that came before its server wait, and join by the address alone', async () => {
  await using cluster = await startCluster({ workers: 1 });
  const { server } = cluster;
  server.kill('SIGKILL');
  await server.exited;
  const early = startChild(['worker', '--nats', server.url, '--name', 'early', '--slots', '1'], {
    stderr: 'ignore',
  });
  await server.restart();
  expect(await early.ready).toMatchObject({ node: 'early', role: 'worker' });
  const names = async (): Promise<string[]> =>
    (await cluster.client.nodes()).filter((node) => node.state === 'alive').map((node) => node.id);
  await expect
    .poll(() => names().catch(() => []), { timeout: 20_000 })
    .toEqual(expect.arrayContaining(['early', 'worker-1']));
  early.kill('SIGTERM');
  expect(await early.exited).toEqual({ code: 0, signal: null });
});
