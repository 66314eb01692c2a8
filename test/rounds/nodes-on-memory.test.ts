/**
 * Holders and leaders of rounds on the memory broker with a clock that stands still.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ContributeInput } from '../../actors/rounds/round-functions.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { sha256Hex } from '../../schemas/canonical.ts';
import type { JobPlan } from '../../schemas/job-plan.ts';
import { decodeMessage } from '../../schemas/wire.ts';
import { dataSet } from '../task-runner/data.ts';
import { type ClusterOptions, RoundsCluster } from './rounds-cluster.ts';
import { expectedFits, expectedResults, holdTasks, roundsPlan } from './rounds-plan.ts';

const data = await dataSet();
const plan = roundsPlan(data);
const expected = expectedResults(data, plan);

const leads = ['rounds.0', 'rounds.1'];

/** Two workers with half of the slices each, and an aggregator with both leads. */
async function running(
  roundPlan: JobPlan,
  options: ClusterOptions = {},
  workers = 2,
): Promise<RoundsCluster> {
  const cluster = new RoundsCluster(data, options);
  await cluster.open(roundPlan);
  for (let i = 0; i < workers; i += 1) await cluster.worker(`w${i}`);
  await cluster.aggregator('a0');
  for (const [i, task] of holdTasks(roundPlan).entries()) cluster.offer(`w${i % workers}`, [task]);
  cluster.offer('a0', leads);
  return cluster;
}

/** Rounds that both leads have closed, by the last heartbeat of their node. */
function rounds(cluster: RoundsCluster, node = 'a0'): number {
  const closed = (cluster.lastBeat(node)?.running ?? []).map(({ round }) => round?.round ?? 0);
  return closed.length === leads.length ? Math.min(...closed) : 0;
}

const long = roundsPlan(data, { rounds: 40 });
const longExpected = expectedResults(data, long);
/** A contribution takes a tenth of a second. */
const slow: ClusterOptions = { durationMs: (name) => (name === 'contribute' ? 100 : 0) };

describe('rounds', () => {
  it('[P65] give one digest on 1, 2 and 4 workers, that of a single process', async () => {
    for (const workers of [1, 2, 4]) {
      const cluster = await running(plan, {}, workers);
      expect(await cluster.results()).toEqual(expected);
      await cluster.stop();
    }
  });

  it('go on with the same digest after a holder is killed; the other is not started anew', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => rounds(cluster) >= 5);
    const lost = cluster.claimedBy('w1');
    expect(lost).toHaveLength(3);
    cluster.kill('w1');
    await cluster.clock.advance(2_000);
    await cluster.worker('w2');
    await cluster.move(lost, 'w2');
    expect(await cluster.results()).toEqual(longExpected);
    for (const task of cluster.claimedBy('w0')) {
      expect(cluster.offerer.tasks.get(task)?.attempt).toBe(1);
    }
    await cluster.stop();
  });

  it('go on with the holders’ state after their leader is killed', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => rounds(cluster) >= 5);
    const before = cluster.calls.filter((call) => call === 'w0 contribute').length;
    cluster.kill('a0');
    await cluster.clock.advance(2_000);
    await cluster.aggregator('a1');
    await cluster.move(leads, 'a1');
    expect(await cluster.results()).toEqual(longExpected);
    // No round was contributed to twice, but for the one under way.
    const calls = cluster.calls.filter((call) => call === 'w0 contribute').length;
    expect(before).toBeGreaterThan(8);
    expect(calls).toBeLessThanOrEqual(2 * 40 + 4);
    await cluster.stop();
  });

  it('go on from the state put by after the leader and all holders are killed', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => {
      const beat = cluster.lastBeat('a0');
      return (beat?.running ?? []).filter(({ round }) => (round?.checkpoint ?? 0) > 0).length === 2;
    });
    for (const name of ['a0', 'w0', 'w1']) cluster.kill(name);
    await cluster.worker('w2', 2);
    await cluster.aggregator('a1');
    const begun = cluster.calls.length;
    await cluster.move(holdTasks(long), 'w2');
    await cluster.move(leads, 'a1');
    expect(await cluster.results()).toEqual(longExpected);
    expect(cluster.calls.slice(begun)).not.toContain('a1 begin-rounds');
    await cluster.stop();
  });

  it('obey nobody but the leader of the highest attempt', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => rounds(cluster) >= 5);
    cluster.freeze('a0');
    await cluster.aggregator('a1');
    await cluster.move(leads, 'a1');
    await cluster.until(() => rounds(cluster, 'a1') >= 10);
    cluster.thaw('a0');
    expect(await cluster.results()).toEqual(longExpected);
    await cluster.clock.advance(1_000);
    expect(cluster.lastBeat('a0')).toMatchObject({ running: [], tasksDone: 0 });
    for (const lead of leads) {
      expect(cluster.offerer.tasks.get(lead)).toMatchObject({ node: 'a1', attempt: 2, errors: [] });
    }
    await cluster.stop();
  });

  it('take back a holder that was frozen, and count each slice once', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => rounds(cluster) >= 5);
    const lost = cluster.claimedBy('w1');
    cluster.freeze('w1');
    await cluster.clock.advance(2_500);
    await cluster.worker('w2');
    await cluster.move(lost, 'w2');
    await cluster.until(() => rounds(cluster) >= 10);
    cluster.thaw('w1');
    expect(await cluster.results()).toEqual(longExpected);
    await cluster.until(() => cluster.lastBeat('w1')?.running.length === 0);
    await cluster.stop();
  });

  it('let go of holds when told, and of everything at a drain', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => rounds(cluster) >= 3);
    const moved = cluster.claimedBy('w1');
    const drained = cluster.nodes.get('w1')?.drained;
    await cluster.control('w1', 'drain');
    await cluster.clock.advance(1_000);
    await drained;
    await cluster.worker('w2');
    await cluster.move(moved, 'w2');
    expect(await cluster.results()).toEqual(longExpected);
    await cluster.control('w2', 'release');
    await cluster.until(() => cluster.lastBeat('w2')?.running.length === 0);
    await cluster.stop();
  });

  it('[P09] read their shards once: no byte after the first round', async () => {
    const cluster = await running(long, slow);
    await cluster.until(() => rounds(cluster) >= 1);
    const first = cluster.fetched.length;
    expect(await cluster.results()).toEqual(longExpected);
    expect(cluster.fetched).toHaveLength(first);
    await cluster.stop();
  });

  it('[P11] are seen by subscribers before they close, with whom they wait for', async () => {
    const late = (name: string, node: string) =>
      name === 'contribute' ? (node === 'w1' ? 2_000 : 10) : 0;
    const cluster = await running(roundsPlan(data, { rounds: 3 }), { durationMs: late });
    await cluster.until(() =>
      (cluster.lastBeat('a0')?.running ?? []).some(
        ({ round }) => round?.round === 1 && (round.openMs ?? 0) >= 500,
      ),
    );
    const report = cluster.lastBeat('a0')?.running.find(({ round }) => round?.round === 1)?.round;
    expect(report).toMatchObject({ waitingFor: 'w1', missing: [1, 3, 5], slowest: 'w1' });
    expect(report?.slowestMs).toBeGreaterThan(1_500);
    expect(JSON.parse(report?.metrics ?? '')).toMatchObject({ rows: expect.any(Number) });
    expect(JSON.parse(report?.inputs ?? '')).toHaveLength(6);
    await cluster.results();
    await cluster.stop();
  });

  it('fail the hold whose learner throws, with the learner’s error', async () => {
    const broken = roundsPlan(data, { rounds: 4, fail: 'error', failRound: 2, failSlice: 3 });
    const cluster = await running(broken);
    await cluster.until(() => (cluster.offerer.tasks.get('hold.3')?.errors.length ?? 0) > 0);
    expect(cluster.offerer.tasks.get('hold.3')?.errors[0]).toMatchObject({
      code: 'learner',
      message: expect.stringContaining('slice 3 fails in round 2'),
    });
    await cluster.clock.advance(2_000);
    expect(cluster.claimedBy('w1')).toEqual(['hold.1', 'hold.5']);
    await cluster.stop();
  });

  it('give the same digest whatever messages are lost, doubled or late', async () => {
    const lossy = roundsPlan(data, { rounds: 8 });
    const wanted = expectedResults(data, lossy);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 1e6 }), async (seed) => {
        const cluster = await running(lossy, { seed });
        const luck = new SeededRandom(seed);
        cluster.broker.faults = ({ from, to, kind }) => {
          if (from === 'offerer' || to === 'offerer') return 'deliver';
          if (kind === 'message' && luck.next() < 0.05) return 'drop';
          return { delayMs: Math.floor(luck.next() * 20), copies: luck.next() < 0.05 ? 2 : 1 };
        };
        expect(await cluster.results()).toEqual(wanted);
        await cluster.stop();
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });

  it('pull states and sums that are too large for a message, in chunks', async () => {
    const large = roundsPlan(data, { rounds: 3, stateBytes: 1.2e6, contributionBytes: 1.1e6 });
    const cluster = await running(large);
    expect(await cluster.results()).toEqual(expectedResults(data, large));
    const pulled = (node: string, what: string) =>
      cluster.metrics.get(node)?.read('shoal_round_bytes_pulled_total', { what });
    // Three rounds of two fits.
    expect(pulled('w0', 'state')).toBe(6 * 1.2e6);
    expect(pulled('a0', 'share')).toBeGreaterThanOrEqual(6 * 2 * 1.1e6);
    await cluster.stop();
  });

  it('have holders sum for each other where there are many', async () => {
    const wide = roundsPlan(data, { rounds: 3, contributionBytes: 300_000 }, 4);
    const cluster = await running(wide, {}, 12);
    expect(await cluster.results()).toEqual(expectedResults(data, wide));
    expect(cluster.calls.filter((call) => /^w\d+ combine$/.test(call)).length).toBeGreaterThan(6);
    await cluster.stop();
  });

  it('[P28] have every worker start a round with the state that opened it, and no other', async () => {
    const cluster = await running(long, slow);
    const fits = expectedFits(data, long);
    const seen = new Set<string>();
    cluster.onCall = (node, name, input) => {
      if (name !== 'contribute') return;
      const { fit, round, state } = input as ContributeInput;
      expect(sha256Hex(state)).toBe(fits[fit]?.states[round]);
      seen.add(`${node} ${fit} ${round}`);
    };
    await cluster.results();
    expect(seen.size).toBe(2 * 2 * 40);
    await cluster.stop();
  });

  it('[P67] leave the same state on every replica after each synchronisation', async () => {
    const cluster = await running(long, slow, 4);
    const fits = expectedFits(data, long);
    const replicas = new Map<string, Set<string>>();
    const { transport, subjects } = cluster.offerer.bus;
    for (const fit of [0, 1]) {
      transport.subscribe(subjects.roundReady(cluster.offerer.job, fit, '*'), ({ bytes }) => {
        const { round, state, node } = decodeMessage('round-ready', bytes);
        if (state === '') return;
        expect(state).toBe(fits[fit]?.states[round]);
        const key = `${fit} ${round}`;
        replicas.set(key, (replicas.get(key) ?? new Set()).add(node));
      });
    }
    await cluster.results();
    expect(replicas.size).toBe(2 * 40);
    for (const nodes of replicas.values()) expect(nodes.size).toBe(4);
    await cluster.stop();
  });

  it('[P36] count each of 100 concurrent contributions once', async () => {
    const many = await dataSet(400, 4);
    const wide = roundsPlan(many, { rounds: 4 }, 1);
    const cluster = new RoundsCluster(many, { durationMs: slow.durationMs ?? (() => 0) });
    await cluster.open(wide);
    const tasks = holdTasks(wide);
    expect(tasks).toHaveLength(100);
    for (const [i] of tasks.entries()) await cluster.worker(`w${i}`);
    await cluster.aggregator('a0');
    const luck = new SeededRandom(3);
    cluster.broker.faults = ({ kind }) =>
      kind === 'message' && luck.next() < 0.2 ? { copies: 2, delayMs: 3 } : 'deliver';
    for (const [i, task] of tasks.entries()) cluster.offer(`w${i}`, [task]);
    cluster.offer('a0', leads);
    expect(await cluster.results()).toEqual(expectedResults(many, wide));
    const note = JSON.parse(cluster.offerer.tasks.get('rounds.1')?.note ?? '');
    // Every row of the data set, once.
    expect(note.metrics.rows).toBe(400);
    await cluster.stop();
  });
});
