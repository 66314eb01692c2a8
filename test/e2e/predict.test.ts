/**
 * A data set scored by the workers of a cluster of real processes, calm and with one killed.
 */
import { createReadStream } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { TaskLog } from '../support/task-log.ts';
import { startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 60_000 };
const rows = 60_000;

it('[P25] predicts a data set shard by shard, the same with a worker killed and as a file', async () => {
  await using cluster = await startCluster({ workers: 2 });
  const { client, server } = cluster;
  await client.importCsv('known', () => syntheticCsv({ kind: 'mixed', rows: 1_500, seed: 5 }));
  // Another seed, and a plan that no model has seen.
  const file = join(server.dataDir, 'people.csv');
  const text = Buffer.concat([...syntheticCsv({ kind: 'mixed', rows, seed: 9 })]).toString();
  await writeFile(file, text.replaceAll(',family,', ',household,'));
  const open = () => createReadStream(file);
  const people = await client.importCsv('people', open, { rowsPerShard: 15_000 });
  expect(people.shards).toBe(4);
  const training = await client.submit({
    ...{ dataset: 'known', target: syntheticTarget.mixed, algorithm: 'random-forest' },
    ...{ params: { trees: 300 }, evaluate: false, model: 'leavers' },
  });
  const { model } = await training.result(wait);
  await using log = await TaskLog.open(cluster.bus);

  // Undisturbed, by the command line, with a copy as a file.
  const out = join(server.dataDir, 'scored.csv');
  const command = ['predict', 'leavers', '--dataset', 'people', '--into', 'scored', '--id', 'calm'];
  const calm = await cluster.cli([...command, '-o', out, '--json']);
  expect(calm).toMatchObject({ code: 0 });
  const view = JSON.parse(calm.stdout) as { digest: string };
  expect(view).toMatchObject({
    ...{ phase: 'completed', model, output: 'scored@1', dataset: 'people@1', algorithm: null },
    ...{ shards: 4, tasks: { done: 4, total: 4 }, reassigned: 0, out },
  });
  const placed = [...log.of('calm')].filter(([key]) => key.includes('.score.'));
  expect(placed).toHaveLength(4);
  const workers = placed.map(([, sights]) => sights.at(-1)?.record.node);
  expect(new Set(workers)).toEqual(new Set(['worker-1', 'worker-2']));

  // The same job under another id, with a worker killed while it predicts a shard.
  const spec = { dataset: 'people', predict: 'leavers', output: 'scored', id: 'killed' };
  const job = await client.submit(spec);
  await log.until(() => log.heldBy('worker-1').some(({ job: of }) => of === 'killed'));
  await cluster.kill('worker-1');
  const killed = await job.result(wait);
  expect(killed).toMatchObject({ output: 'scored@1', digest: view.digest, attempts: 2 });
  expect(killed.reassigned).toBeGreaterThan(0);

  // Scored from the file on this machine: the same text, row for row.
  const alone = join(server.dataDir, 'alone.csv');
  const scored = await cluster.cli(['predict', 'leavers', file, '-o', alone, '--json']);
  const told = JSON.parse(scored.stdout) as { unseenLevels: Record<string, number> };
  expect(told).toMatchObject({ rows, model });
  expect(told.unseenLevels).toEqual({ plan: expect.any(Number) });
  const shared = await readFile(out, 'utf8');
  expect(shared.slice(0, shared.indexOf('\n'))).toBe('prediction,probability_no,probability_yes');
  expect(shared === (await readFile(alone, 'utf8'))).toBe(true);

  // And read by a program.
  const { manifest, version } = await client.dataset('scored');
  expect({ version, rows: manifest.rows }).toEqual({ version: 1, rows });
  let next = 0;
  for await (const frame of client.frames('scored', { columns: ['prediction'] })) {
    expect(frame.firstRow).toBe(next);
    expect([...frame.columns.keys()]).toEqual(['prediction']);
    next += frame.rows;
  }
  expect(next).toBe(rows);
}, 120_000);
