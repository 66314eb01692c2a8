/**
 * Nodes that hang and nodes that are slow, in a whole cluster on virtual time: what they hold up is
 * done elsewhere, and the model is the same. Threads hang while their nodes go on beating.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import type { JobEvent } from '../../schemas/views.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { checkSuccess, checkToldOnce, type Outcome, outcomeOf } from './checks.ts';
import { SimCluster } from './sim-cluster.ts';

const seeds = Array.from({ length: 4 }, (_, i) => i + 1);
const tasks = { algorithm: 'toy-sum', params: { tasks: 20 } };
const rounds = { algorithm: 'toy-rounds', params: { rounds: 12 } };
/** As good as for ever. */
const hung = 1e9;

let data: DataSet;
const calm = new Map<string, Outcome>();

interface Played {
  readonly outcome: Outcome;
  readonly broken: readonly string[];
  readonly ms: number;
}

/** @param trouble called when the job is submitted */
async function play(
  seed: number,
  job: Omit<JobSpecInput, 'id' | 'dataset'>,
  trouble: (cluster: SimCluster) => void = () => {},
): Promise<Played> {
  const cluster = new SimCluster(seed, data);
  await cluster.open();
  await cluster.clock.advanceUntil(() => false, 2_000);
  const startedMs = cluster.clock.nowMs();
  trouble(cluster);
  await cluster.submit({ ...job, id: 'j', dataset: 'demo', target: 'label' });
  await cluster.clock.advanceUntil(() => cluster.ended('j'), 1_200_000);
  const ms = cluster.clock.nowMs() - startedMs;
  await cluster.clock.advanceUntil(() => false, 3_000);
  const { outcome, broken } = await outcomeOf(cluster, 'j');
  return { outcome, broken: [...broken, ...cluster.watchdog.broken], ms };
}

async function same(
  seed: number,
  job: typeof tasks | typeof rounds,
  trouble: (cluster: SimCluster) => void,
): Promise<Played> {
  const played = await play(seed, job, trouble);
  const { outcome, broken } = played;
  const known = calm.get(job.algorithm) as Outcome;
  expect([...broken, ...checkSuccess(outcome, known), ...checkToldOnce(outcome)]).toEqual([]);
  return played;
}

function reasons(events: readonly JobEvent[]): string[] {
  return events.flatMap((event) => {
    if (event.kind === 'task-reassigned') return [`${event.reason}`];
    if (event.kind !== 'holds-reassigned') return [];
    return (event.tasks as { reason: string }[]).map(({ reason }) => reason);
  });
}

const all = ['w1', 'w2', 'w3'];

beforeAll(async () => {
  data = await dataSet(60, 3);
  for (const job of [tasks, rounds]) calm.set(job.algorithm, (await play(0, job)).outcome);
});

describe('in the simulator', () => {
  it.each(seeds)('[F32] [P63] a slow worker is copied and not blamed, seed %i', async (seed) => {
    const { outcome, ms } = await same(seed, tasks, (cluster) => cluster.slowness.set('w2', 100));
    expect(reasons(outcome.events)).toEqual([]);
    expect(outcome.events.map(({ kind }) => kind)).toContain('task-copied');
    expect(ms).toBeLessThan(20_000);
  });

  it.each(seeds)('[F7] [P99] threads of all workers hang once, seed %i', async (seed) => {
    const { outcome, ms } = await same(seed, tasks, (cluster) => {
      for (const name of all) cluster.slowness.set(name, hung);
      cluster.clock.after(5_000, () => cluster.slowness.clear());
    });
    const why = reasons(outcome.events);
    expect(why.length).toBeGreaterThanOrEqual(all.length);
    expect(new Set(why)).toEqual(new Set(['stalled']));
    expect(ms).toBeLessThan(2 * limits.stalledMs);
  });

  it.each(seeds)('[F7] [P99] a holder hangs in a round, seed %i', async (seed) => {
    const { outcome, ms } = await same(seed, rounds, (cluster) => {
      cluster.clock.after(1_000, () => cluster.slowness.set('w1', hung));
    });
    expect(new Set(reasons(outcome.events).filter((why) => why !== 'moved'))).toEqual(
      new Set(['stalled']),
    );
    expect(ms).toBeLessThan(3 * limits.stalledMs);
  });

  it.each(seeds)('[F7] [P99] a leader of rounds hangs, seed %i', async (seed) => {
    const { outcome, ms } = await same(seed, rounds, (cluster) => {
      cluster.clock.after(900, () => cluster.slowness.set('a1', hung));
      cluster.clock.after(20_000, () => cluster.slowness.clear());
    });
    expect(new Set(reasons(outcome.events))).toEqual(new Set(['stalled']));
    expect(ms).toBeLessThan(2 * limits.stalledMs);
  });
});
