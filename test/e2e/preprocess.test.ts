/**
 * Steps before training on a cluster of real processes: submitted by the stock message, fitted over
 * the shards with a worker and the aggregator killed meanwhile, stored with the model, and applied
 * alike to a data set, a file and a program's rows.
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Frame } from '../../datasets/frame.ts';
import { unseal } from '../../preprocessing/envelope.ts';
import { fitPipeline } from '../../preprocessing/fit.ts';
import {
  applyPipeline,
  decodePipeline,
  encodePipeline,
  pipelineOutput,
} from '../../preprocessing/pipeline.ts';
import { parseDigest } from '../../schemas/ids.ts';
import { TaskLog } from '../support/task-log.ts';
import { startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 60_000 };
const rows = 12_000;

/** Tickets: a text, a date, a category and numbers with holes; words and size say what comes of them. */
function tickets(from: number, count: number): string {
  const words = ['refund', 'broken', 'thanks', 'late', 'Great', 'invoice'];
  const lines = ['text,day,city,size,spent,bad'];
  for (let i = from; i < from + count; i++) {
    const pick = (step: number) => words[Math.floor(i / step) % words.length] as string;
    const text = i % 11 === 0 ? '' : `${pick(1)} ${pick(7)}, ${pick(5)} ${i}`;
    const day = `2024-${String((i % 12) + 1).padStart(2, '0')}-${String((i % 28) + 1).padStart(2, '0')}`;
    const city = i % 13 === 0 ? '' : ['Bern', 'Graz', 'Ulm'][i % 3];
    const size = i % 5 === 0 ? '' : (i * 37) % 101;
    const bad = /refund|broken|late/.test(text) === Number(size) < 80 ? 'yes' : 'no';
    lines.push(`"${text}",${day},${city},${size},${((i * 97) % 1009) / 8},${bad}`);
  }
  return `${lines.join('\n')}\n`;
}

const spec = {
  ...{ dataset: 'tickets', target: 'bad', algorithm: 'logistic-regression', model: 'bad-tickets' },
  params: { maxRounds: 15 },
  preprocess: [
    { step: 'text', columns: ['text'], buckets: 64 },
    { step: 'date', columns: ['day'], parts: ['month', 'weekday'] },
    { step: 'impute', columns: ['size'], strategy: 'median', indicator: true },
    { step: 'impute', columns: ['city'], strategy: 'most-frequent' },
    { step: 'clip', columns: ['spent'], quantiles: [0.01, 0.99] },
    { step: 'standardise', columns: ['size', 'spent'] },
    { step: 'one-hot', columns: ['city'] },
  ],
};

it('[P38] [P82] fits steps over the shards, the same with processes killed, and predicts through them', async () => {
  await using cluster = await startCluster({ workers: 2 });
  const { client, server, bus } = cluster;
  const source = join(server.dataDir, 'tickets.csv');
  await writeFile(source, tickets(0, rows));
  const imported = await cluster.cli([
    ...['data', 'import', 'tickets', source, '--type', 'text=text', '--rows-per-shard', '3000'],
  ]);
  expect(imported).toMatchObject({ code: 0 });
  await using log = await TaskLog.open(bus);

  // As `nats pub` sends it.
  const submission = JSON.stringify({ ...spec, id: 'calm' });
  bus.transport.publish('jobs.submit', new TextEncoder().encode(submission));
  await log.until(() => log.of('calm').size > 0);
  const calm = await (await client.job('calm')).result(wait);
  expect(calm).toMatchObject({ phase: 'completed', model: 'bad-tickets@1', reassigned: 0 });
  const accuracy = (calm.metrics as { accuracy: number }).accuracy;
  expect(accuracy).toBeGreaterThan(0.75);
  const stages = new Set([...log.of('calm').keys()].map((key) => key.split('.')[1]));
  for (const stage of ['prepare', 'fit', 'prepare2', 'fit2']) expect(stages).toContain(stage);

  // A worker dies that surveys a shard, then the aggregator, with the steps not fitted yet.
  const job = await client.submit({ ...spec, id: 'killed' } as never);
  const held = (node: string) =>
    log.heldBy(node).some(({ job: of, task }) => of === 'killed' && task.startsWith('prepare'));
  await log.until(() => held('worker-1'));
  await cluster.kill('worker-1');
  await cluster.kill('aggregator-1');
  await cluster.startAggregator();
  const killed = await job.result(wait);
  expect(killed).toMatchObject({ phase: 'completed', digest: calm.digest });
  expect(killed.reassigned).toBeGreaterThan(0);

  // The steps in the model are those of one pass over all rows on one machine, bit for bit.
  const sealed = unseal(await bus.blobs.get(parseDigest(calm.digest ?? '')));
  const pipeline = decodePipeline(sealed?.pipeline ?? new Uint8Array());
  const frames: Frame[] = [];
  for await (const frame of client.frames('tickets')) frames.push(frame);
  const alone = fitPipeline(pipeline.steps, pipeline.input, frames, {
    ...{ split: { kind: 'all' }, seed: 0, passes: 2 },
  });
  expect(Buffer.from(encodePipeline(alone)).equals(sealed?.pipeline ?? new Uint8Array())).toBe(
    true,
  );

  // The same steps alone make a data set of the rows, whose values are those of the model's steps.
  const making = await client.submit({
    ...{ dataset: 'tickets', preprocess: spec.preprocess, output: 'clean', id: 'making' },
    features: { exclude: ['bad'] },
  } as never);
  await log.until(() => log.heldBy('worker-2').some(({ job: of }) => of === 'making'));
  await cluster.startWorker();
  await cluster.kill('worker-2');
  expect(await making.result(wait)).toMatchObject({ phase: 'completed', output: 'clean@1' });
  const wholes = frames.map((frame) => applyPipeline(pipeline, frame));
  let at = 0;
  for await (const frame of client.frames('clean')) {
    const whole = wholes[at++] as Frame;
    expect(frame.firstRow).toBe(whole.firstRow);
    const names = pipelineOutput(pipeline).map(({ name }) => name);
    expect([...frame.columns.keys()]).toEqual(names);
    for (const name of names) expect(frame.columns.get(name)).toEqual(whole.columns.get(name));
  }
  expect(at).toBe(4);

  // New rows: as a data set on the workers, as a file here, and from a program.
  const file = join(server.dataDir, 'new.csv');
  await writeFile(file, tickets(rows, 3_000));
  await cluster.cli([
    'data',
    'import',
    'new',
    file,
    '--type',
    'text=text',
    '--type',
    'city=category',
  ]);
  const [shared, local] = [join(server.dataDir, 'shared.csv'), join(server.dataDir, 'local.csv')];
  const byJob = ['predict', 'bad-tickets', '--dataset', 'new', '-o', shared];
  expect(await cluster.cli(byJob)).toMatchObject({ code: 0 });
  expect(await cluster.cli(['predict', 'bad-tickets', file, '-o', local])).toMatchObject({
    code: 0,
  });
  const text = await readFile(local, 'utf8');
  expect((await readFile(shared, 'utf8')) === text).toBe(true);
  const model = await client.model('bad-tickets');
  expect(model.features.map(({ name }) => name)).toEqual(['text', 'day', 'city', 'size', 'spent']);
  const row = { text: 'refund late', day: '2024-02-29', city: null, size: 3, spent: 4.5 };
  const [one] = model.predict([row]);
  expect(['yes', 'no']).toContain(one?.prediction);
  expect(text.split('\n')).toHaveLength(3_002);
}, 240_000);
