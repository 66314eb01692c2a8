/**
 * The whole cluster under trouble, by seed: whatever happens, jobs finish with the results of a
 * calm run. A failure names its seed; `SHOAL_SIM_SEED=n vitest run test/sim` plays it alone, and
 * `SHOAL_SIM_SEEDS=n` (and `SHOAL_SIM_FROM=m`) as many of them, from m on.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import {
  checkCancelled,
  checkFailed,
  checkHistories,
  checkPlan,
  checkSuccess,
  checkSurvivors,
  checkToldOnce,
  type Outcome,
  outcomeOf,
} from './checks.ts';
import { hitBy, type Plan, planTroubles, unleash } from './nemesis.ts';
import { giveOrders } from './orders.ts';
import { SimCluster } from './sim-cluster.ts';

const specs: readonly (JobSpecInput & { id: string })[] = [
  {
    ...{ id: 'plain', dataset: 'demo', target: 'label', algorithm: 'toy-sum' },
    ...{ evaluate: false, params: { tasks: 10 } },
  },
  {
    ...{ id: 'scored', dataset: 'demo', target: 'label', algorithm: 'toy-sum', seed: 3 },
    params: { tasks: 4 },
  },
  {
    ...{ id: 'rounds', dataset: 'demo', target: 'label', algorithm: 'toy-rounds' },
    params: { rounds: 25 },
  },
  {
    // Too large to travel inside messages: states and contributions are pulled.
    ...{ id: 'pulled', dataset: 'demo', target: 'label', algorithm: 'toy-rounds' },
    ...{ evaluate: false, seed: 5 },
    params: { rounds: 8, stateBytes: 600_000, contributionBytes: 150_000 },
  },
];

/** One of its tasks errs every time. */
const failing = {
  ...{ id: 'failing', dataset: 'demo', target: 'label', algorithm: 'toy-sum' },
  params: { tasks: 6, fail: 'error', failTask: 2 },
};

const only = process.env.SHOAL_SIM_SEED;
const count = Number(process.env.SHOAL_SIM_SEEDS ?? 400);
const first = Number(process.env.SHOAL_SIM_FROM ?? 1);
const groups = 10;
const calm = new Map<string, Outcome>();
let data: DataSet;

/**
 * Runs a cluster through its troubles until the jobs have ended and the log is written.
 * @param people whether orders are given and jobs submitted again meanwhile
 */
async function run(seed: number, plan: Plan | null, people = false) {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  const turn = [[0], [1], [2], [0, 2], [3], [1, 2]][seed % 6] as number[];
  const jobs = plan === null ? specs : turn.map((at) => specs[at] as (typeof specs)[0]);
  const submitted = plan !== null && seed % 6 === 1 ? [...jobs, failing] : jobs;
  const overMs = plan === null ? 0 : unleash(cluster, plan);
  for (const spec of submitted) await cluster.submit(spec);
  const cancelled = new Set<string>();
  for (const spec of people ? jobs : []) {
    if (giveOrders(cluster, spec)) cancelled.add(spec.id);
  }
  const done = () =>
    submitted.every(({ id }) => cluster.ended(id) && cluster.job(id)?.outbox.length === 0);
  await cluster.clock.advanceUntil(done, Math.max(overMs, people ? 10_000 : 0) + 60_000);
  const broken = checkHistories(cluster);
  const outcomes: Outcome[] = [];
  for (const { id } of submitted) {
    const { outcome, broken: wrong } = await outcomeOf(cluster, id);
    outcomes.push(outcome);
    broken.push(...wrong, ...(await checkPlan(cluster, outcome)));
  }
  if (only !== undefined) console.log(cluster.story.join('\n'));
  return { outcomes, broken, cluster, cancelled };
}

async function trouble(seed: number): Promise<string[]> {
  const probe = new SimCluster(seed, data);
  const plan = planTroubles(seed, probe.random);
  const people = seed % 4 === 0;
  const { outcomes, broken, cancelled } = await run(seed, plan, people);
  const hit = hitBy(plan);
  const all = [...broken];
  for (const outcome of outcomes) {
    if (outcome.id === failing.id) {
      all.push(...checkFailed(outcome));
      continue;
    }
    if (cancelled.has(outcome.id) && outcome.phase === 'cancelled') {
      all.push(...checkCancelled(outcome));
      continue;
    }
    all.push(...checkSuccess(outcome, calm.get(outcome.id) as Outcome));
    if (plan.lossy > 0 || hit.has('broker') || people) continue;
    all.push(...checkSurvivors(outcome, hit));
    if (!hit.has('c1') && !hit.has('c2')) all.push(...checkToldOnce(outcome));
  }
  return all.map((what) => `seed ${seed}: ${what}`);
}

beforeAll(async () => {
  data = await dataSet();
  const { outcomes, broken } = await run(0, null);
  expect(broken).toEqual([]);
  for (const outcome of outcomes) {
    expect(outcome.phase).toBe('completed');
    calm.set(outcome.id, outcome);
  }
});

describe('cluster under trouble', () => {
  it('[P01] completes a calm run with every task done once, at the first attempt', () => {
    for (const outcome of calm.values()) {
      expect(checkToldOnce(outcome)).toEqual([]);
      expect(checkSurvivors(outcome, new Set())).toEqual([]);
    }
    expect(calm.get('plain')?.results.size).toBe(10 + 1);
  });

  it('plays a seed the same way every time', async () => {
    const seed = 7;
    const plan = planTroubles(seed, new SimCluster(seed, data).random);
    const [first, second] = [await run(seed, plan, true), await run(seed, plan, true)];
    expect(second.cluster.story).toEqual(first.cluster.story);
    expect(second.cluster.tasks.map(({ key, revision }) => `${key} ${revision}`)).toEqual(
      first.cluster.tasks.map(({ key, revision }) => `${key} ${revision}`),
    );
  });

  if (only !== undefined) {
    it(`plays seed ${only}`, { timeout: 600_000 }, async () => {
      expect(await trouble(Number(only))).toEqual([]);
    });
    return;
  }

  for (let group = 0; group < groups; group++) {
    const from = first + (group * count) / groups;
    const to = first - 1 + ((group + 1) * count) / groups;
    it(`[P13] [P43] [P53] [P59] [P72] seeds ${from} to ${to}`, { timeout: 600_000 }, async () => {
      const broken: string[] = [];
      for (let seed = from; seed <= to; seed++) broken.push(...(await trouble(seed)));
      expect(broken).toEqual([]);
    });
  }
});
