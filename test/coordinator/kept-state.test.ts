/**
 * What actors still hold of jobs that have ended and been removed: nothing, however many there were.
 *
 * The coordinator's state is walked as a whole; of nodes are counted the objects that stand for work
 * under way, subscriptions and timers.
 */
import { queryObjects } from 'node:v8';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { restoreJob } from '../../actors/coordinator/job-state.ts';
import { Leader } from '../../actors/coordinator/leader.ts';
import type { CoordinatorState } from '../../actors/coordinator/state.ts';
import { jobView } from '../../actors/coordinator/view.ts';
import { JobHolder } from '../../actors/rounds/job-holder.ts';
import { RoundLead } from '../../actors/rounds/round-lead.ts';
import { CostMeter } from '../../actors/task-runner/task-cost.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { records } from '../../schemas/wire.ts';
import { KeptCluster } from './kept-cluster.ts';

const kept = 2;
/** Ended jobs may be removed, and have been. */
const settleMs = limits.jobRemovableMs + 3 * limits.sweepMs;

const specs: readonly Partial<JobSpecInput>[] = [
  { params: { tasks: 8 } },
  { algorithm: 'toy-rounds', params: { rounds: 4 } },
  {
    algorithm: 'toy-rounds',
    params: { rounds: 3, stateBytes: 200_000, contributionBytes: 200_000 },
  },
  { algorithm: 'logistic-regression', params: {} },
  { params: { tasks: 3, fail: 'error', failTask: 1 } },
  { target: 'absent' },
];

/** The state of the coordinator that leads, as its host shows it. */
function watchState(): { current: CoordinatorState | null } {
  const seen: { current: CoordinatorState | null } = { current: null };
  const prototype = Leader.prototype as unknown as { observe(state: CoordinatorState): void };
  const { observe } = prototype;
  vi.spyOn(prototype, 'observe').mockImplementation(function (this: unknown, state) {
    seen.current = state;
    observe.call(this, state);
  });
  return seen;
}

/** How many values there are in all that can be reached from here. */
function reachable(value: unknown, seen = new Set<unknown>()): number {
  if (typeof value !== 'object' || value === null) return 1;
  if (seen.has(value)) return 0;
  seen.add(value);
  if (ArrayBuffer.isView(value)) return 1;
  const parts = value instanceof Map ? [...value].flat() : Object.values(value);
  const all = value instanceof Set ? [...value] : parts;
  return all.reduce<number>((sum, part) => sum + reachable(part, seen), 1);
}

/** What nodes make for work and forget with it: each count looks through the whole heap. */
const ofWork = { JobHolder, RoundLead, CostMeter };

function atWork(): Record<string, number> {
  const count = (make: unknown) => queryObjects(make as () => void, { format: 'count' });
  return Object.fromEntries(
    Object.entries(ofWork).map(([name, make]) => [name, count(make) as unknown as number]),
  );
}

/** Subscriptions of all processes at the broker, and timers of all clocks. */
function waiting(cluster: KeptCluster): { subscriptions: number; timers: number } {
  const broker = cluster.broker as unknown as {
    router: { clients: Set<{ interests: Set<unknown> }> };
  };
  const clock = cluster.clock as unknown as { pending: Set<unknown> };
  const subscriptions = [...broker.router.clients].reduce((n, one) => n + one.interests.size, 0);
  return { subscriptions, timers: clock.pending.size };
}

async function runAll(cluster: KeptCluster, tag: string): Promise<void> {
  for (const [i, spec] of specs.entries()) {
    const id = `${tag}-${i}`;
    const work = cluster.run({ ...spec, id });
    if (spec.target === 'absent') await expect(work).rejects.toThrow(/absent/);
    else await work;
    if (i !== 0) continue;
    await cluster.submit({ id: `${tag}-c`, params: { tasks: 8 } });
    await cluster.clock.advance(400);
    await cluster.settled(cluster.client.job(`${tag}-c`).cancel());
  }
}

afterEach(() => vi.restoreAllMocks());

describe('what is held of ended jobs', () => {
  it('does not grow with their number', async () => {
    const seen = watchState();
    const cluster = await new KeptCluster().open({ jobsMax: kept });
    await runAll(cluster, 'a');
    await cluster.pass(settleMs);
    const values = reachable(seen.current);
    const before = waiting(cluster);
    expect(seen.current?.jobs.size).toBe(kept);
    await runAll(cluster, 'b');
    await cluster.pass(settleMs);
    expect(seen.current?.jobs.size).toBe(kept);
    expect(waiting(cluster)).toEqual(before);
    // When tasks last erred on a node is remembered for a while: fewer than one value a job.
    expect(reachable(seen.current) - values).toBeLessThan(specs.length + 1);
    expect(atWork()).toEqual({ JobHolder: 0, RoundLead: 0, CostMeter: 0 });
  });

  it('is of a kept one what its views show, once', async () => {
    const seen = watchState();
    const cluster = await new KeptCluster().open();
    await cluster.run({ id: 'j', algorithm: 'toy-rounds', params: { rounds: 3 } });
    await cluster.pass(settleMs);
    const state = seen.current as CoordinatorState;
    const job = [...state.jobs.values()][0];
    expect(job).toMatchObject({ table: null, holds: null, plan: null });
    expect(job?.record).toMatchObject({ resolved: '', result: '', snapshot: '', outbox: [] });
    const stored = await cluster.settled(cluster.bus.store.get('jobs', 'j'));
    const record = records.job.decode(stored?.value as Uint8Array);
    const restored = restoreJob(record, stored?.revision ?? 0, null, state.nowMs);
    expect(jobView(state, restored)).toEqual(jobView(state, job as typeof restored));
  });
});
