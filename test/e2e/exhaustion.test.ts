/**
 * [F34] A process that may open no more files: what it has in hand moves on, it says what it lacks,
 * the model is the same, and it goes on when the limit is lifted. Links are hurt by proxies.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { hasProgram } from '../support/has-program.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const plenty = 4_096;
const wait = { timeoutMs: 80_000 };
const target = syntheticTarget.dense;

const mayLimit = hasProgram('prlimit');
const title = `[F34] without files${mayLimit ? '' : ' (skipped: no prlimit)'}`;

/** From now on the process may have so many files; by default no more than it has open. */
function limitFiles(pid: number, files = readdirSync(`/proc/${pid}/fd`).length): void {
  execFileSync('prlimit', ['--pid', String(pid), `--nofile=${files}:`]);
}

let cluster: Cluster;

const job = (id: string) => ({
  ...{ id, dataset: 'dense', target, algorithm: 'toy-sum' },
  ...{ params: { tasks: 24, spin: 3e6 }, evaluate: false as const },
});

/** Runs a job to its end. */
async function run(id: string): Promise<{ view: JobView; errors: JobEvent[] }> {
  const submitted = await cluster.client.submit(job(id));
  const view = await submitted.result(wait);
  const errors: JobEvent[] = [];
  for await (const event of submitted.events({ follow: false })) {
    if (event.kind === 'task-error') errors.push(event);
  }
  return { view, errors };
}

describe.skipIf(!mayLimit)(title, () => {
  beforeAll(async () => {
    cluster = await startCluster({ workers: 2, ownCaches: true, proxied: true });
    const csv = () => syntheticCsv({ kind: 'dense', rows: 2_000, seed: 3 });
    await cluster.client.importCsv('dense', csv, { rowsPerShard: 1_000 });
  }, 60_000);

  afterAll(() => cluster?.[Symbol.asyncDispose]());

  it('a worker hands its tasks on by name, and takes some again when it may', async () => {
    limitFiles(cluster.pid('worker-1'));
    const starved = await run('starved');
    expect(starved.errors.length).toBeGreaterThan(0);
    for (const { node, code, message } of starved.errors) {
      expect([node, code]).toEqual(['worker-1', 'exhausted']);
      expect(message).toMatch(/too many open files \(EMFILE\); .*ulimit -n/);
    }
    limitFiles(cluster.pid('worker-1'), plenty);
    const calm = await run('calm');
    expect(calm.errors).toEqual([]);
    expect(calm.view.digest).toBe(starved.view.digest);
    expect((await cluster.client.nodes()).every(({ state }) => state === 'alive')).toBe(true);
  }, 120_000);

  it('for a new connection a worker is given up, says why, and comes back when it may', async () => {
    const calm = (await run('before')).view.digest;
    const submitted = await cluster.client.submit(job('cut'));
    await cluster.event('cut', ({ kind }) => kind === 'tasks-dispatched');
    limitFiles(cluster.pid('worker-1'), 3);
    // It lives: its heartbeats need no file.
    await cluster.beat('worker-1', ({ seq }) => Number(seq) > 0);
    await cluster.beat('worker-1');
    cluster.proxy('worker-1').resetPeers();
    expect((await submitted.result(wait)).digest).toBe(calm);
    await expect
      .poll(() => cluster.log('worker-1'), { timeout: 20_000 })
      .toMatch(/too many open files|EMFILE/);
    limitFiles(cluster.pid('worker-1'), plenty);
    await cluster.beat('worker-1');
  }, 120_000);

  it('nats-server takes no new connections, which are told so, and all goes on after a restart', async () => {
    const calm = (await run('first')).view.digest;
    limitFiles(cluster.server.pid, 8);
    const late = await cluster.cli(['jobs', '--connect-timeout', '1s']);
    expect(late).toMatchObject({ code: 3, stderr: expect.stringContaining('not reachable') });
    const submitted = await cluster.client.submit(job('tight')).catch(() => null);
    // As after a full disk: what it could not write it may refuse for as long as it runs.
    await cluster.server.restart();
    const again = submitted ?? (await cluster.client.submit(job('tight')));
    expect((await again.result(wait)).digest).toBe(calm);
    expect((await cluster.cli(['jobs'])).code).toBe(0);
  }, 120_000);
});
