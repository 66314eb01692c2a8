/**
 * Real processes: one job from import to prediction, through the command line and the SDK.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { startCluster } from './support/cluster.ts';

const csv = `colour,size,label\n${Array.from({ length: 400 }, (_, i) => `${i % 3 ? 'red' : 'blue'},${i % 17},${i % 2 ? 'yes' : 'no'}`).join('\n')}\n`;

it('[P31] starts each role with one command, and runs a job from a file to predictions by commands', async () => {
  await using cluster = await startCluster({ workers: 2 });
  const file = join(cluster.server.dataDir, 'toys.csv');
  await writeFile(file, csv);

  const imported = await cluster.cli(['data', 'import', 'toys', file, '--json']);
  expect(imported.code).toBe(0);
  expect(JSON.parse(imported.stdout)).toMatchObject({ name: 'toys', version: 1, rows: 400 });

  const spec = { id: 'first', dataset: 'toys', target: 'label', algorithm: 'toy-sum' };
  const submitted = await cluster.cli(['submit', '-', '--json'], { stdin: JSON.stringify(spec) });
  expect(submitted).toMatchObject({ code: 0 });
  const view = JSON.parse(submitted.stdout) as { id: string; digest: string };
  expect(view).toMatchObject({ id: 'first', phase: 'completed', dataset: 'toys@1', reassigned: 0 });

  const again = await cluster.cli(['submit', '-', '--json'], { stdin: JSON.stringify(spec) });
  expect(JSON.parse(again.stdout)).toMatchObject({ id: 'first', digest: view.digest });

  const other = JSON.stringify({ ...spec, seed: 9 });
  const conflict = await cluster.cli(['submit', '-', '--json'], { stdin: other });
  expect(conflict.code).toBe(5);

  const unknown = JSON.stringify({ ...spec, id: 'second', dataset: 'toyz' });
  const refused = await cluster.cli(['submit', '-', '--json'], { stdin: unknown });
  expect(refused.code).toBe(2);
  expect(JSON.parse(refused.stdout)).toMatchObject({ error: { code: 'job-rejected' } });

  const missing = await cluster.cli(['job', 'show', 'nobody', '--json']);
  expect(missing.code).toBe(4);

  const out = join(cluster.server.dataDir, 'out.csv');
  const scored = await cluster.cli(['predict', 'first', file, '-o', out, '--json']);
  expect(scored).toMatchObject({ code: 0 });
  const lines = (await readFile(out, 'utf8')).trimEnd().split('\n');
  expect(lines[0]).toBe('prediction,probability_no,probability_yes');
  expect(lines).toHaveLength(401);

  const events = await cluster.cli(['job', 'events', 'first', '--json']);
  const numbers = events.stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { n: number }).n);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));

  const nodes = JSON.parse((await cluster.cli(['nodes', '--json'])).stdout) as { id: string }[];
  expect(nodes.map((node) => node.id)).toEqual(
    expect.arrayContaining(['worker-1', 'worker-2', 'aggregator-1']),
  );
  expect(await cluster.kill('worker-1', 'SIGTERM')).toEqual({ code: 0, signal: null });
});
