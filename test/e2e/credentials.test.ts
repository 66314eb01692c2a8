/**
 * [F37] Credentials that are taken back, or run out, while a worker computes: the server cuts it
 * off, the worker says why and ends, its work goes to others, and the model is the same.
 */
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addUser, initCreds } from '../../cli/creds.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import type { JobView } from '../../schemas/views.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';
import { TaskLog } from '../support/task-log.ts';
import { type Cluster, runCli, startCluster } from './support/cluster.ts';

const day = 86_400;
const denied = 7;
const learner = new URL('./support/paced-learners.ts?ms=60', import.meta.url).href;
const wait = { timeoutMs: 60_000 };

let parent: string;
let dir: string;
let server: TestServer;
let cluster: Cluster;
let records: Bus;
let log: TaskLog;
let calm: JobView;

const job = (id: string) => ({
  ...{ id, dataset: 'dense', target: syntheticTarget.dense, algorithm: 'paced-tasks' },
  ...{ params: { tasks: 160, spin: 1e4 }, evaluate: false as const },
});

const open = (user: string) =>
  connectNats({
    ...{ servers: server.url, creds: join(dir, `${user}.creds`), name: 'test', clock: nodeClock() },
    ...{ createLayout: false, allowOldServer: true },
  });

beforeAll(async () => {
  parent = await mkdtemp(join(tmpdir(), 'shoal-revoked-'));
  dir = join(parent, 'creds');
  await initCreds(dir);
  await addUser(dir, { role: 'worker', name: 'worker-1' });
  // nats-server takes the path from where its own configuration is.
  const config = `include "../${relative(tmpdir(), dir)}/nats-auth.conf"`;
  server = await startTestServer({ config });
  const args = ['--learner', learner];
  cluster = await startCluster({ server, workers: 2, credsDir: dir, args });
  // Only who leads may see the records of tasks.
  records = await open('coordinator');
  log = await TaskLog.open(records);
  const rows = 500;
  await cluster.client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows, seed: 1 }));
  calm = await (await cluster.client.submit(job('calm'))).result(wait);
}, 60_000);

afterAll(async () => {
  await log?.[Symbol.asyncDispose]();
  await records?.close();
  await cluster?.[Symbol.asyncDispose]();
  await server?.stop();
  await rm(parent, { recursive: true, force: true });
});

function inHand(node: string, id: string): Promise<string> {
  return log.until(() => log.heldBy(node).find((sight) => sight.job === id)?.task);
}

describe('[F37] credentials', () => {
  it('that are revoked move the work of their worker, and end it with the reason', async () => {
    const submitted = await cluster.client.submit(job('revoked'));
    await inHand('worker-1', 'revoked');
    const revoke = await runCli(['creds', 'revoke', 'worker-1', '--dir', dir, '--json']);
    expect(revoke).toMatchObject({ code: 0 });
    server.kill('SIGHUP');
    const lost = await cluster.event('revoked', ({ kind }) => kind === 'node-lost');
    expect(lost).toMatchObject({ node: 'worker-1' });
    const view = await submitted.result(wait);
    expect(view).toMatchObject({ digest: calm.digest, phase: 'completed' });
    expect(view.reassigned).toBeGreaterThan(0);
    expect(await cluster.exited('worker-1')).toMatchObject({ code: denied });
    expect(cluster.log('worker-1')).toMatch(/endsInMs.*link still down/);
    expect(cluster.log('worker-1')).toMatch(/has refused the credentials for 20 s: .*auth/i);
    const twice = await runCli(['creds', 'revoke', 'worker-1', '--dir', dir]);
    expect(twice).toMatchObject({ code: 4, stderr: expect.stringContaining('no user "worker-1"') });
    // Started again it is refused at once, and under a new user of its name it is welcome.
    await expect(cluster.restart('worker-1')).rejects.toMatchObject({ code: 'actor-ended' });
    await addUser(dir, { role: 'worker', name: 'worker-1' });
    await cluster.restart('worker-1');
  }, 90_000);

  it('that expire do the same', async () => {
    await addUser(dir, { role: 'worker', name: 'worker-3', days: 12 / day });
    await cluster.startWorker();
    // Enough of them that it happens in the middle of one.
    const ids = Array.from({ length: 7 }, (_, i) => `expired-${i}`);
    const jobs = await Promise.all(ids.map((id) => cluster.client.submit(job(id))));
    const views = await Promise.all(jobs.map((submitted) => submitted.result(wait)));
    expect(new Set(views.map(({ digest }) => digest))).toEqual(new Set([calm.digest]));
    expect(views.reduce((sum, { reassigned }) => sum + reassigned, 0)).toBeGreaterThan(0);
    expect(await cluster.exited('worker-3')).toMatchObject({ code: denied });
    expect(cluster.log('worker-3')).toMatch(/has refused the credentials for 20 s: .*auth/i);
  }, 90_000);

  it('that expire are read again from their file, which may have been replaced', async () => {
    await addUser(dir, { role: 'worker', name: 'short', days: 4 / day });
    const creds = join(dir, 'short.creds');
    const link: string[] = [];
    const bus = await open('short');
    const back = new Promise<void>((resolve) => {
      bus.onLink((state) => {
        link.push(state);
        if (state === 'connected') resolve();
      });
    });
    await rename(creds, join(dir, 'old.creds'));
    await addUser(dir, { role: 'worker', name: 'short' });
    await back;
    expect(link).toEqual(['disconnected', 'connected']);
    expect(await bus.transport.ping(2_000)).toBeGreaterThan(0);
    await bus.close();
  }, 30_000);
});
