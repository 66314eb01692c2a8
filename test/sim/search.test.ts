/**
 * Searches under trouble by seed: processes die and freeze between and within the steps. What comes
 * of it is the model, the metrics and the chosen trial of an undisturbed search, and no step is
 * measured twice. `SHOAL_SIM_SEED=n` plays one seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { SearchView } from '../../schemas/job-search.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { type Outcome, outcomeOf } from './checks.ts';
import { unleash } from './nemesis.ts';
import { SimCluster } from './sim-cluster.ts';
import { planTroubles } from './troubles.ts';

const only = process.env.SHOAL_SIM_SEED;
const seedsEach = 3;
const data_ = { dataset: 'demo', target: 'label' } as const;

const specs: readonly JobSpecInput[] = [
  {
    ...{ ...data_, id: 'grid', algorithm: 'toy-sum', evaluate: { folds: 2 } },
    search: { params: { tasks: [2, 3, 4, 5] }, metric: 'accuracy' },
  },
  {
    ...{ ...data_, id: 'halving', algorithm: 'toy-sum', seed: 3 },
    search: {
      ...{ params: { spin: { min: 0, max: 9 } }, strategy: 'halving', trials: 6, factor: 2 },
      resource: { param: 'tasks', min: 2, max: 8 },
    },
  },
  {
    ...{ ...data_, id: 'rounds', algorithm: 'toy-rounds', seed: 1 },
    search: { params: { rounds: [2, 3, 4] }, strategy: 'grid' },
  },
];

const prepared: JobSpecInput = {
  ...{ ...data_, id: 'prepared', algorithm: 'toy-sum', evaluate: { folds: 2 } },
  preprocess: [{ step: 'impute' }, { step: 'standardise' }],
  search: { params: { tasks: [2, 3] }, strategy: 'grid' },
};

interface Found {
  readonly outcome: Outcome;
  readonly broken: readonly string[];
  readonly search: SearchView;
}

let data: DataSet;

async function run(spec: JobSpecInput, seed: number | null): Promise<Found> {
  const cluster = new SimCluster(seed ?? 0, data);
  await cluster.open();
  const overMs = seed === null ? 0 : unleash(cluster, planTroubles(seed, new SeededRandom(seed)));
  await cluster.submit(spec);
  const id = spec.id ?? '';
  const done = () => cluster.ended(id) && cluster.job(id)?.outbox.length === 0;
  await cluster.clock.advanceUntil(done, overMs + 240_000);
  const { outcome, broken } = await outcomeOf(cluster, id);
  if (only !== undefined) console.log(cluster.story.join('\n'));
  const { search } = JSON.parse(cluster.job(id)?.result || '{}') as { search: SearchView };
  return { outcome, broken: [...broken, ...cluster.watchdog.broken], search };
}

beforeAll(async () => {
  data = await dataSet(120, 20);
});

describe('a search', () => {
  for (const spec of [...specs, prepared]) {
    it(`[P77] [F9] comes to the same model through any trouble: ${spec.id}`, {
      timeout: 300_000,
    }, async () => {
      const calm = await run(spec, null);
      expect(calm.broken).toEqual([]);
      expect(calm.outcome.phase).toBe('completed');
      expect(calm.search.best).not.toBeNull();
      expect(calm.search.step).toBe(calm.search.of - 1);
      const steps = calm.outcome.events.filter(({ kind }) => kind === 'searched');
      expect(steps.length).toBe(calm.search.of - 1);
      const seeds =
        only === undefined ? Array.from({ length: seedsEach }, (_, i) => i + 1) : [+only];
      for (const seed of seeds) {
        const hurt = await run(spec, seed);
        expect({ seed, broken: hurt.broken }).toEqual({ seed, broken: [] });
        expect({ ...hurt.search, seed }).toEqual({ ...calm.search, seed });
        expect([hurt.outcome.digest, hurt.outcome.metrics]).toEqual([
          calm.outcome.digest,
          calm.outcome.metrics,
        ]);
        const told = hurt.outcome.events.filter(({ kind }) => kind === 'searched');
        expect(told.length).toBe(steps.length);
      }
    });
  }
});
