/**
 * A worker that runs for a tenth of the time, on real processes: what it holds up is done by others
 * as well, and the first result counts.
 */
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { JobEvent, JobView } from '../../schemas/views.ts';
import { slowDown } from '../support/slow-down.ts';
import { type Cluster, startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 80_000 };
let cluster: Cluster;

/** Twelve tasks of about a second each, which cost next to no processor time. */
function naps(id: string): JobSpecInput {
  return {
    ...{ id, dataset: 'dense', target: syntheticTarget.dense, algorithm: 'unruly' },
    ...{ params: { tasks: 12, nap: 100 }, evaluate: false },
  };
}

async function timed(id: string): Promise<{ view: JobView; ms: number; events: JobEvent[] }> {
  const startedMs = performance.now();
  const view = await (await cluster.client.submit(naps(id))).result(wait);
  const ms = performance.now() - startedMs;
  const events: JobEvent[] = [];
  for await (const event of cluster.client.job(id).events({ follow: false })) events.push(event);
  return { view, ms, events };
}

beforeAll(async () => {
  const learner = fileURLToPath(new URL('../support/unruly-learner.ts', import.meta.url));
  cluster = await startCluster({ workers: 2, args: ['--learner', learner] });
  const rows = 1_000;
  await cluster.client.importCsv('dense', () => syntheticCsv({ kind: 'dense', rows, seed: 1 }));
  await timed('warm');
}, 60_000);

afterAll(() => cluster?.[Symbol.asyncDispose]());

it('[F32] [P63] one of three workers ten times slower: no longer than without it, half again at most', async () => {
  const possible = await timed('possible');
  await cluster.startWorker();
  await cluster.beat('worker-3');
  using _slow = slowDown(cluster.pid('worker-3'), 100, 1_000);
  const slowed = await timed('slowed');
  expect(slowed.view).toMatchObject({ digest: possible.view.digest, attempts: 1, reassigned: 0 });
  const copied = slowed.events.filter(({ kind }) => kind === 'task-copied');
  expect(copied.map(({ beside }) => beside)).toContain('worker-3');
  expect(slowed.ms / possible.ms).toBeLessThan(1.5);
}, 90_000);
