/**
 * The examples, run as a user would run them, on real processes.
 */
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { learners } from '../../learners/catalogue.ts';
import { loadLearners } from '../../runtime/node/learner-modules.ts';
import { startCluster } from './support/cluster.ts';

const example = (name: string): string =>
  fileURLToPath(new URL(`../../examples/${name}`, import.meta.url));

const rows = Array.from({ length: 500 }, (_, i) => {
  const near = i % 2 === 0;
  return `${near ? i % 5 : 20 + (i % 5)},${i % 11},${near ? 'near' : 'far'}`;
});
const csv = `x,y,where\n${rows.join('\n')}\n`;

it('[P30] trains with an algorithm from one file of the user, on any number of workers alike', async () => {
  const module = example('nearest-centroid.ts');
  await using cluster = await startCluster({ workers: 2, args: ['--learner', module] });
  await cluster.client.importCsv('places', () => [new TextEncoder().encode(csv)]);
  const spec = { dataset: 'places', target: 'where', algorithm: 'nearest-centroid' };
  const two = await (await cluster.client.submit(spec)).result({ timeoutMs: 60_000 });
  await cluster.kill('worker-1', 'SIGTERM');
  const one = await (await cluster.client.submit(spec)).result({ timeoutMs: 60_000 });
  expect(one.digest).toBe(two.digest);
  expect(one.metrics).toMatchObject({ accuracy: 1 });

  const file = join(cluster.server.dataDir, 'places.csv');
  await writeFile(file, csv);
  const scored = await cluster.cli(['predict', one.model ?? '', file, '--learner', module]);
  expect(scored.code).toBe(0);
  const lines = scored.stdout.trimEnd().split('\n');
  expect(lines[0]).toBe('prediction,probability_far,probability_near');
  expect(lines.slice(1).map((line) => line.split(',')[0])).toEqual(
    rows.map((row) => row.split(',')[2]),
  );
  const bare = await cluster.cli(['predict', one.model ?? '', file]);
  expect(bare.code).toBe(1);
  expect(bare.stderr).toContain('nearest-centroid');
});

it('[P30] takes only what a named module exports', async () => {
  const url = new URL('../../examples/nearest-centroid.ts', import.meta.url).href;
  const known = await loadLearners(learners, [url]);
  expect([...known.keys()]).toContain('nearest-centroid');
});

it('runs the example of the SDK from import to prediction', async () => {
  await using cluster = await startCluster({ workers: 1 });
  const { stdout } = await promisify(execFile)(process.execPath, [
    example('train-and-predict.ts'),
    cluster.url,
  ]);
  expect(stdout).toContain('imported flowers@1: 300 rows');
  expect(stdout).toContain('training -> reducing');
  expect(stdout).toContain('62 cm: lily, 31 cm: daisy');
});
