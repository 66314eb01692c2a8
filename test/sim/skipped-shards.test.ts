/**
 * Jobs that go on without a shard, under trouble by seed: a stored shard is damaged before or during
 * the job, processes die and freeze meanwhile. What comes of it is the model, or the predictions, of a
 * job that was told from the start to do without that shard. `SHOAL_SIM_SEED=n` plays one seed.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import type { Digest } from '../../schemas/ids.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import type { SkippedShard } from '../../schemas/views.ts';
import { type DataSet, dataSet, toyModel } from '../task-runner/data.ts';
import { type Outcome, outcomeOf } from './checks.ts';
import { unleash } from './nemesis.ts';
import { SimCluster } from './sim-cluster.ts';
import { type Plan, planTroubles } from './troubles.ts';

const only = process.env.SHOAL_SIM_SEED;
const seedsEach = 6;
const endKinds = new Set(['completed', 'failed', 'cancelled', 'rejected']);

const training = { dataset: 'demo', target: 'label' } as const;
const specs: readonly JobSpecInput[] = [
  { ...training, id: 'all', algorithm: 'toy-sum', params: { tasks: 6 } },
  { ...training, id: 'shards', algorithm: 'toy-sum', rows: 'shard', params: { tasks: 8 } },
  { ...training, id: 'rounds', algorithm: 'toy-rounds', params: { rounds: 6 } },
  { id: 'predicting', dataset: 'demo', predict: 'toy', output: 'scored' },
];

interface Found {
  readonly outcome: Outcome;
  readonly broken: readonly string[];
  readonly skipped: readonly SkippedShard[];
  readonly cluster: SimCluster;
}

let data: DataSet;
let model: Uint8Array;
const calm = new Map<string, Outcome>();

async function run(
  seed: number,
  spec: JobSpecInput,
  { plan, before }: { plan: Plan | null; before: (cluster: SimCluster) => void },
): Promise<Found> {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  await cluster.putModel('toy', model);
  before(cluster);
  const overMs = plan === null ? 0 : unleash(cluster, plan);
  await cluster.submit(spec);
  const id = spec.id ?? '';
  const done = () => cluster.ended(id) && cluster.job(id)?.outbox.length === 0;
  await cluster.clock.advanceUntil(done, overMs + 240_000);
  const { outcome, broken } = await outcomeOf(cluster, id);
  if (only !== undefined) console.log(cluster.story.join('\n'));
  const { skippedShards = [] } = JSON.parse(cluster.job(id)?.result || '{}') as {
    skippedShards?: SkippedShard[];
  };
  const all = [...broken, ...cluster.watchdog.broken];
  return { outcome, broken: all, skipped: skippedShards, cluster };
}

function damage(cluster: SimCluster, shard: number): void {
  const digest = data.manifest.shards[shard]?.sha256 as Digest;
  if (!cluster.broker.corrupt(cluster.bus.subjects.chunk(digest, 0))) {
    throw new Error(`there is no shard ${shard} to damage`);
  }
}

beforeAll(async () => {
  data = await dataSet(120, 20);
  model = (await toyModel(data)).bytes;
  for (const spec of specs) {
    const without = { ...spec, withoutShards: [3] };
    const { outcome, broken } = await run(0, without, { plan: null, before: () => {} });
    expect(broken).toEqual([]);
    expect(outcome.phase).toBe('completed');
    calm.set(spec.id ?? '', outcome);
  }
}, 60_000);

function checkSkipped({ outcome, broken, skipped }: Found): string[] {
  const wanted = calm.get(outcome.id);
  const ends = outcome.events.filter(({ kind }) => endKinds.has(kind)).map(({ kind }) => kind);
  const told = outcome.events.filter(({ kind }) => kind === 'shard-skipped');
  const rows = data.manifest.shards[3]?.rows;
  return [
    ...broken,
    ...(ends.join() === 'completed' ? [] : [`${outcome.id} ended as ${ends.join() || 'nothing'}`]),
    ...(outcome.digest === wanted?.digest ? [] : [`${outcome.id} has another digest`]),
    ...(outcome.metrics === wanted?.metrics ? [] : [`${outcome.id} measured something else`]),
    ...(skipped.length === 1 && skipped[0]?.shard === 3 && skipped[0].rows === rows
      ? []
      : [`${outcome.id} went on without ${JSON.stringify(skipped)}`]),
    ...(told.length === 1 ? [] : [`${told.length} events tell of the shard`]),
  ];
}

describe('a job whose shard is damaged', () => {
  for (const spec of specs) {
    const seeds = only === undefined ? Array.from({ length: seedsEach }, (_, i) => i + 1) : [+only];
    it(`[F29] [P68] goes on without it: ${spec.id}, ${seeds.length} seeds`, {
      timeout: 300_000,
    }, async () => {
      const wrong: string[] = [];
      for (const seed of seeds) {
        const plan = seed === 1 ? null : planTroubles(seed, new SeededRandom(seed));
        const asked = { ...spec, skipShards: 0.2 };
        const found = await run(seed, asked, { plan, before: (cluster) => damage(cluster, 3) });
        for (const what of checkSkipped(found)) wrong.push(`seed ${seed}: ${what}`);
      }
      expect(wrong).toEqual([]);
    });
  }

  it('[F29] fails by name where it may not do without', async () => {
    const spec = specs[1] as JobSpecInput;
    const before = (cluster: SimCluster) => {
      damage(cluster, 3);
      damage(cluster, 4);
    };
    const { outcome, skipped } = await run(1, { ...spec, skipShards: 0.2 }, { plan: null, before });
    expect(outcome.phase).toBe('failed');
    const [gone] = skipped.map(({ shard }) => shard);
    const { error } = outcome.events.at(-1) as unknown as { error: { message: string } };
    expect(error.message).toContain(data.manifest.shards[gone === 3 ? 4 : 3]?.sha256);
    const whole = await run(1, spec, { plan: null, before });
    expect(whole.outcome.phase).toBe('failed');
    expect(whole.skipped).toEqual([]);
  });

  it('[F29] may lose several, one after the other, as far as it is allowed', async () => {
    const spec = specs[0] as JobSpecInput;
    const before = (cluster: SimCluster) => {
      for (const shard of [0, 2, 5]) damage(cluster, shard);
    };
    const found = await run(1, { ...spec, skipShards: 0.5 }, { plan: null, before });
    expect(found.outcome.phase).toBe('completed');
    expect(found.skipped.map(({ shard }) => shard)).toEqual([0, 2, 5]);
    const named = { ...spec, withoutShards: [5, 0, 2] };
    const replayed = await run(2, named, { plan: null, before: () => {} });
    expect(replayed.outcome.digest).toBe(found.outcome.digest);
  });
});
