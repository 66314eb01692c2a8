/**
 * Rounds over a network that loses, doubles and delays every twentieth message of each kind, from
 * the first to the last: the same digest as without, and no hang. `SHOAL_SIM_SEED=n` plays one seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { Fate, Faults } from '../../runtime/memory/memory-network.ts';
import type { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { outcomeOf } from './checks.ts';
import { observerName, SimCluster } from './sim-cluster.ts';

const share = 0.05;
const count = 100;
const only = process.env.SHOAL_SIM_SEED;
const spec: JobSpecInput & { id: string } = {
  ...{ id: 'rounds', dataset: 'demo', target: 'label', algorithm: 'toy-rounds', evaluate: false },
  params: { rounds: 10 },
};
let data: DataSet;
let calm: string | null;

function unreliable(random: SeededRandom): Faults {
  return ({ from, to }): Fate => {
    if (from === observerName || to === observerName) return 'deliver';
    const luck = random.next();
    if (luck < share) return 'drop';
    if (luck < 2 * share) return { copies: 2 };
    return luck < 3 * share ? { delayMs: Math.floor(random.next() * 900) } : 'deliver';
  };
}

async function digestOf(seed: number, faulty: boolean): Promise<string | null> {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  if (faulty) cluster.broker.faults = unreliable(cluster.random);
  await cluster.submit(spec);
  await cluster.clock.advanceUntil(() => cluster.ended(spec.id), 120_000);
  if (only !== undefined) console.log(cluster.story.join('\n'));
  cluster.broker.faults = null;
  const { outcome } = await outcomeOf(cluster, spec.id);
  return outcome.phase === 'completed' ? outcome.digest : `ended as ${outcome.phase}`;
}

beforeAll(async () => {
  data = await dataSet();
  calm = await digestOf(0, false);
});

describe('rounds over a lossy network', () => {
  const seeds =
    only === undefined ? Array.from({ length: count }, (_, i) => i + 1) : [Number(only)];
  it(`[P36] end with the digest of a calm run, ${seeds.length} seeds`, {
    timeout: 600_000,
  }, async () => {
    expect(calm).toMatch(/^[0-9a-f]{64}$/);
    const other: string[] = [];
    for (const seed of seeds) {
      const digest = await digestOf(seed, true);
      if (digest !== calm) other.push(`seed ${seed}: ${digest}`);
    }
    expect(other).toEqual([]);
  });
});
