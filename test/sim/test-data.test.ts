/**
 * Jobs that are measured on a data set of their own: every row of it is scored by a model of all
 * training rows, whatever order its levels have, through trouble by seed.
 */
import { expect, it } from 'vitest';
import { importCsv } from '../../datasets/csv-import.ts';
import { encodeManifest } from '../../datasets/manifest.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { records } from '../../schemas/wire.ts';
import { sourceOf } from '../support/csv-text.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { outcomeOf } from './checks.ts';
import { unleash } from './nemesis.ts';
import { SimCluster } from './sim-cluster.ts';
import { planTroubles } from './troubles.ts';

const rowsOfTest = 50;

/** The label follows from the grade, as in the training data; one colour and one label are new. */
async function testData(): Promise<DataSet> {
  const lines = ['label,extra,grade,colour,size'];
  for (let i = 0; i < rowsOfTest; i++) {
    const colour = ['pink', 'blue', 'red'][i % 3];
    const label = i === 9 ? 'perhaps' : i % 2 === 1 ? 'no' : 'yes';
    lines.push(`${label},x${i % 2},${(i % 4) + 1},${colour},${i % 23}.5`);
  }
  const shards = new Map<string, Uint8Array>();
  const manifest = await importCsv({
    ...{ name: 'fresh', file: 'fresh.csv', open: sourceOf(`${lines.join('\n')}\n`) },
    rowsPerShard: 20,
    onShard: (bytes, entry) => {
      shards.set(entry.sha256, Uint8Array.from(bytes));
    },
  });
  return { manifest, manifestBytes: encodeManifest(manifest), shards };
}

async function run(spec: JobSpecInput, seed: number | null) {
  const [trained, fresh] = [await dataSet(120, 30), await testData()];
  const shards = new Map([...trained.shards, ...fresh.shards]);
  const cluster = new SimCluster(seed ?? 0, { ...trained, shards });
  await cluster.open();
  const { blobs, store } = cluster.bus;
  const manifest = await cluster.settled(blobs.put(fresh.manifestBytes));
  const record = records.dataset.create({ name: 'fresh', versions: [{ version: 1, manifest }] });
  await cluster.settled(store.create('datasets', 'fresh', records.dataset.encode(record)));
  const overMs = seed === null ? 0 : unleash(cluster, planTroubles(seed, new SeededRandom(seed)));
  await cluster.submit(spec);
  const id = spec.id ?? '';
  const done = () => cluster.ended(id) && cluster.job(id)?.outbox.length === 0;
  await cluster.clock.advanceUntil(done, overMs + 240_000);
  const { outcome, broken } = await outcomeOf(cluster, id);
  expect([...broken, ...cluster.watchdog.broken]).toEqual([]);
  return { ...outcome, events: outcome.events.map(({ kind }) => kind) };
}

const evaluate = { dataset: 'fresh@1' };
const demo = { dataset: 'demo', target: 'label', evaluate };

it('[P78] a job is measured on every row of another data set', { timeout: 300_000 }, async () => {
  const params = { trees: 5, maxFeatures: 'all' };
  const spec = { ...demo, id: 'apart', algorithm: 'random-forest', params } as JobSpecInput;
  const calm = await run(spec, null);
  expect(calm.phase).toBe('completed');
  const metrics = JSON.parse(calm.metrics);
  // The row whose label no training row has cannot be scored.
  expect([metrics.rows, metrics.accuracy]).toEqual([rowsOfTest - 1, 1]);
  // The model is that of all rows, as without any evaluation.
  const alone = await run({ ...spec, evaluate: false }, null);
  expect(alone.digest).toBe(calm.digest);
  for (const seed of [1, 2, 3]) {
    const { digest, metrics: measured } = await run(spec, seed);
    expect([digest, measured]).toEqual([calm.digest, calm.metrics]);
  }
  const search = { params: { trees: [3, 5] } };
  const searched = await run({ ...spec, params: { maxFeatures: 'all' }, search }, null);
  expect([searched.phase, JSON.parse(searched.metrics).rows]).toEqual(['completed', 49]);
});

it('[P57] test data that do not fit are refused by name', async () => {
  const refused = async (change: object) => {
    const spec = { ...demo, id: 'bad', algorithm: 'toy-sum', ...change } as JobSpecInput;
    return run(spec, null);
  };
  for (const change of [
    { evaluate: { dataset: 'fresher@1' } },
    { evaluate: { dataset: 'demo@1' } },
    { target: 'colour', evaluate: { dataset: 'fresh@7' } },
  ]) {
    expect((await refused(change)).events.at(-1)).toBe('rejected');
  }
});
