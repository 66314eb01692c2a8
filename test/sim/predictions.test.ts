/**
 * A job that predicts, under trouble by seed: whatever dies or is cut off on the way, the data set of
 * predictions is that of a calm run, entered once and whole. `SHOAL_SIM_SEED=n` plays one seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { parseManifest } from '../../datasets/manifest.ts';
import { decodeShard } from '../../datasets/shard.ts';
import { records } from '../../schemas/wire.ts';
import { type DataSet, dataSet, toyModel } from '../task-runner/data.ts';
import { checkHistories, checkSuccess, checkToldOnce, type Outcome, outcomeOf } from './checks.ts';
import { type Plan, planTroubles, unleash } from './nemesis.ts';
import { SimCluster } from './sim-cluster.ts';

const only = process.env.SHOAL_SIM_SEED;
const count = 100;
const shards = 24;
const spec = { id: 'predicting', dataset: 'demo', predict: 'toy', output: 'scored' };
let data: DataSet;
let model: Awaited<ReturnType<typeof toyModel>>;
let calm: Outcome;

async function putModel({ bus }: SimCluster): Promise<void> {
  const digest = await bus.blobs.put(model.bytes);
  const record = records.model.create({ name: 'toy', versions: [{ version: 1, digest }] });
  await bus.store.create('models', 'toy', records.model.encode(record));
}

/** Every row of the data set is there once, in its place, in shards that are stored. */
async function checkDataset({ bus }: SimCluster, digest: string | null): Promise<string[]> {
  const entry = await bus.store.get('datasets', 'scored');
  const versions = entry === undefined ? [] : records.dataset.decode(entry.value).versions;
  if (versions.length !== 1) return [`the registry has ${versions.length} versions`];
  if (versions[0]?.manifest !== digest) return ['the registry has another manifest'];
  const manifest = parseManifest(Uint8Array.from(await bus.blobs.get(digest as never)));
  let rows = 0;
  for (const { index, sha256 } of manifest.shards) {
    const frame = decodeShard(await bus.blobs.get(sha256 as never), manifest, index);
    if (frame.firstRow !== rows) return [`shard ${index} begins at row ${frame.firstRow}`];
    rows += frame.rows;
  }
  return rows === data.manifest.rows ? [] : [`${rows} rows are predicted`];
}

async function run(seed: number, plan: Plan | null) {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  await cluster.settled(putModel(cluster));
  const overMs = plan === null ? 0 : unleash(cluster, plan);
  await cluster.submit(spec);
  const done = () => cluster.ended(spec.id) && cluster.job(spec.id)?.outbox.length === 0;
  await cluster.clock.advanceUntil(done, overMs + 60_000);
  const { outcome, broken } = await outcomeOf(cluster, spec.id);
  if (only !== undefined) console.log(cluster.story.join('\n'));
  broken.push(...checkHistories(cluster));
  broken.push(...(await cluster.settled(checkDataset(cluster, outcome.digest))));
  return { outcome, broken };
}

beforeAll(async () => {
  data = await dataSet(120, 120 / shards);
  model = await toyModel(data);
  const { outcome, broken } = await run(0, null);
  expect([...broken, ...checkToldOnce(outcome)]).toEqual([]);
  calm = outcome;
});

describe('predictions under trouble', () => {
  it('[P25] have a task for each shard, and one that joins them, in a calm run', () => {
    expect(calm.phase).toBe('completed');
    const tasks = [...calm.results.keys()].sort();
    const scores = Array.from({ length: shards }, (_, i) => `score.${i}`);
    expect(tasks).toEqual([...scores, 'measure.0'].sort());
  });

  const seeds =
    only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];
  it(`[P25] come to the data set of a calm run, ${seeds.length} seeds`, {
    timeout: 600_000,
  }, async () => {
    const wrong: string[] = [];
    for (const seed of seeds) {
      const plan = planTroubles(seed, new SimCluster(seed, data).random);
      const { outcome, broken } = await run(seed, plan);
      for (const what of [...broken, ...checkSuccess(outcome, calm)])
        wrong.push(`seed ${seed}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });
});
