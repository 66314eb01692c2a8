/**
 * Jobs that put their rows through steps before they train, under trouble by seed: whatever dies or is
 * cut off while the steps are fitted, the model with its steps is that of a calm run.
 * `SHOAL_SIM_SEED=n` plays one seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { importCsv } from '../../datasets/csv-import.ts';
import { encodeManifest } from '../../datasets/manifest.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { sourceOf } from '../support/csv-text.ts';
import type { DataSet } from '../task-runner/data.ts';
import {
  checkDamaged,
  checkPlan,
  checkSuccess,
  checkToldOnce,
  type Outcome,
  outcomeOf,
} from './checks.ts';
import { unleash } from './nemesis.ts';
import { SimCluster } from './sim-cluster.ts';
import { type Plan, planTroubles } from './troubles.ts';

const only = process.env.SHOAL_SIM_SEED;
const count = 10;
const shards = 16;

const base = {
  ...{ dataset: 'demo', target: 'label' },
  preprocess: [
    { step: 'date', columns: ['day'], parts: ['weekday', 'month'] },
    { step: 'text', columns: ['note'], buckets: 4 },
    { step: 'impute', columns: ['size'], strategy: 'median', indicator: true },
    { step: 'impute', columns: ['colour'], strategy: 'most-frequent' },
    { step: 'clip', columns: ['size'], quantiles: [0.05, 0.95] },
    { step: 'standardise', columns: ['size', 'note#0'] },
    { step: 'one-hot', columns: ['colour'] },
  ],
} satisfies Partial<JobSpecInput>;
const forest = { ...base, id: 'forest', algorithm: 'random-forest', params: { trees: 3 } };
const logistic = {
  ...base,
  id: 'logistic',
  algorithm: 'logistic-regression',
  params: { maxRounds: 4 },
};
/** Trains nothing: the rows after the steps become a data set. */
const { preprocess, dataset } = base;
const made = { dataset, preprocess, output: 'made', id: 'making' };
const specs = [forest, logistic, made];

let data: DataSet;
const calm = new Map<string, Outcome>();

/** Rows with holes, a text and a date, and a target that follows from them. */
async function holedData(rows: number): Promise<DataSet> {
  const lines = ['size,colour,note,day,label'];
  for (let i = 0; i < rows; i++) {
    const size = i % 5 === 0 ? '' : `${(i * 7) % 23}.5`;
    const colour = i % 7 === 0 ? '' : ['red', 'green', 'blue'][i % 3];
    const note = `${i % 2 === 0 ? 'Good' : 'bad'} thing ${i}`;
    const day = `2024-${String((i % 12) + 1).padStart(2, '0')}-1${i % 9}`;
    lines.push(`${size},${colour},${note},${day},${i % 2 === 0 ? 'yes' : 'no'}`);
  }
  const found = new Map<string, Uint8Array>();
  const manifest = await importCsv({
    ...{ name: 'demo', file: 'demo.csv', open: sourceOf(`${lines.join('\n')}\n`) },
    ...{ rowsPerShard: rows / shards, kinds: { note: 'text' } },
    onShard: (bytes, entry) => {
      found.set(entry.sha256, Uint8Array.from(bytes));
    },
  });
  return { manifest, manifestBytes: encodeManifest(manifest), shards: found };
}

async function run(seed: number, spec: JobSpecInput & { id: string }, plan: Plan | null) {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  const overMs = plan === null ? 0 : unleash(cluster, plan);
  await cluster.submit(spec);
  const done = () => cluster.ended(spec.id) && cluster.job(spec.id)?.outbox.length === 0;
  await cluster.clock.advanceUntil(done, overMs + 60_000);
  const { outcome, broken } = await outcomeOf(cluster, spec.id);
  if (only !== undefined) console.log(cluster.story.join('\n'));
  broken.push(...cluster.watchdog.broken);
  const { damaged } = cluster.watchdog;
  if (damaged.size === 0) broken.push(...(await checkPlan(cluster, outcome)));
  return { outcome, broken, damaged };
}

beforeAll(async () => {
  data = await holedData(192);
  for (const spec of specs) {
    const { outcome, broken } = await run(0, spec, null);
    expect([...broken, ...checkToldOnce(outcome)]).toEqual([]);
    calm.set(spec.id, outcome);
  }
});

describe('steps before training, under trouble', () => {
  it('[P38] are fitted by a task for each shard and pass, then training starts by itself', () => {
    for (const spec of [forest, logistic]) {
      const { phase, results } = calm.get(spec.id) as Outcome;
      expect(phase).toBe('completed');
      const tasks = [...results.keys()];
      for (const stage of ['prepare', 'prepare2', 'prepare3']) {
        expect(tasks.filter((task) => task.startsWith(`${stage}.`))).toHaveLength(shards);
      }
      // One for the rows that the hold-out leaves, one for all rows.
      for (const stage of ['fit', 'fit2', 'fit3']) {
        expect(tasks.filter((task) => task.startsWith(`${stage}.`))).toHaveLength(2);
      }
    }
  });

  it('[P38] make a data set where nothing is to be trained', () => {
    const { phase, results } = calm.get(made.id) as Outcome;
    expect(phase).toBe('completed');
    const scores = [...results.keys()].filter((task) => task.startsWith('score.'));
    expect(scores).toHaveLength(shards);
    expect(results.has('measure.0')).toBe(true);
  });

  it('are fitted anew in each step of a search, and stand in the model that it chooses', async () => {
    const search = { params: { maxDepth: [1, 5] } };
    const { outcome } = await run(0, { ...forest, id: 'searched', search }, null);
    expect(outcome.phase).toBe('completed');
    const digests = [];
    for (const maxDepth of search.params.maxDepth) {
      const params = { ...forest.params, maxDepth };
      const told = await run(0, { ...forest, id: `told-${maxDepth}`, params }, null);
      digests.push(told.outcome.digest);
    }
    expect(new Set(digests).size).toBe(2);
    expect(digests).toContain(outcome.digest);
  });

  const seeds =
    only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];
  it(`[P82] come to the model of a calm run, ${seeds.length} seeds`, {
    timeout: 600_000,
  }, async () => {
    const wrong: string[] = [];
    for (const seed of seeds) {
      const spec = specs[seed % specs.length] as (typeof specs)[number];
      const plan = planTroubles(seed, new SeededRandom(seed));
      const { outcome, broken, damaged } = await run(seed, spec, plan);
      const own = calm.get(spec.id) as Outcome;
      broken.push(
        ...(damaged.size === 0 ? checkSuccess(outcome, own) : checkDamaged(outcome, own, damaged)),
      );
      for (const what of broken) wrong.push(`seed ${seed}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });
});
