/**
 * A job that predicts, under trouble by seed: whatever dies or is cut off on the way, the data set of
 * predictions is that of a calm run, entered once and whole. `SHOAL_SIM_SEED=n` plays one seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { type DataSet, dataSet, toyModel } from '../task-runner/data.ts';
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
const count = 40;
const shards = 24;
const spec = { id: 'predicting', dataset: 'demo', predict: 'toy', output: 'scored' };
let data: DataSet;
let model: Awaited<ReturnType<typeof toyModel>>;
let calm: Outcome;

async function run(seed: number, plan: Plan | null) {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  await cluster.putModel('toy', model.bytes);
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
      const plan = planTroubles(seed, new SeededRandom(seed));
      const { outcome, broken, damaged } = await run(seed, plan);
      broken.push(
        ...(damaged.size === 0
          ? checkSuccess(outcome, calm)
          : checkDamaged(outcome, calm, damaged)),
      );
      for (const what of broken) wrong.push(`seed ${seed}: ${what}`);
    }
    expect(wrong).toEqual([]);
  });
});
