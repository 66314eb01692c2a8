/** Workers of different speed, and data that is where the work is. */
import { beforeAll, describe, expect, it } from 'vitest';
import { localityFirst, placements } from '../../actors/coordinator/placement.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { PoolCluster } from './pool-cluster.ts';

let data: DataSet;
beforeAll(async () => {
  data = await dataSet(280, 10);
});

const base = { dataset: 'demo', target: 'label', evaluate: false } as const;
const tasks = { ...base, algorithm: 'toy-sum' } as const;
const rounds = { ...base, algorithm: 'toy-rounds' } as const;

/** Of the time that all take together, how much the first is done before the last. */
function apart(ends: readonly number[], from: number): number {
  return (Math.max(...ends) - Math.min(...ends)) / (Math.max(...ends) - from);
}

describe('[P63] [P74] workers of speed 1 : 2 : 4', () => {
  it.each([...placements.values()])('end a job of tasks together, by $name', async (placement) => {
    const cluster = new PoolCluster(data);
    await cluster.open({ w1: { ms: 400 }, w2: { ms: 200 }, w3: { ms: 100 } }, placement);
    const from = cluster.clock.nowMs();
    const job = { ...tasks, id: 'j', params: { tasks: 140 } };
    const handle = await cluster.settled(cluster.client.submit(job));
    await cluster.settled(handle.result());
    const trained = cluster.done.filter(({ task }) => task.startsWith('train.'));
    const ends = ['w1', 'w2', 'w3'].map(
      (name) => trained.findLast(({ node }) => node === name)?.atMs ?? from,
    );
    expect(apart(ends, from)).toBeLessThan(0.15);
    const counts = ['w1', 'w2', 'w3'].map((name) => trained.filter((d) => d.node === name).length);
    expect((counts[2] ?? 0) / (counts[0] ?? 1)).toBeGreaterThan(3);
    expect((await cluster.settled(cluster.client.status())).placement).toBe(placement.name);
  });

  it('hold slices by their measured speed, so that their rounds end together', async () => {
    const cluster = new PoolCluster(data);
    await cluster.open({ w1: { ms: 40 }, w2: { ms: 20 }, w3: { ms: 10 } });
    const job = { ...rounds, id: 'j', params: { rounds: 120 } };
    const handle = await cluster.settled(cluster.client.submit(job));
    const view = await cluster.settled(handle.result());
    const half = cluster.contributed.slice(cluster.contributed.length >> 1, -6);
    const took = ['w1', 'w2', 'w3'].map(
      (name) => half.findLast((own) => own.node === name)?.ms ?? 0,
    );
    // 28 slices: 4, 8 and 16 of them take 160 ms each.
    expect(apart(took, 0)).toBeLessThan(0.15);
    expect(view.moves).toBeGreaterThan(0);
    expect(view.attempts).toBe(1);
    // Once it is even it stays so: what moves, moves in the first half.
    for (const node of ['w1', 'w2', 'w3']) {
      const own = new Set(half.filter((one) => one.node === node).map((one) => one.slices));
      expect(own.size).toBe(1);
    }
  });

  it('do not chase speeds that change all the time: slices stay ever longer', async () => {
    const cluster = new PoolCluster(data);
    const speeds = { w1: { ms: 20 }, w2: { ms: 20 }, w3: { ms: 20 } };
    await cluster.open(speeds);
    let turn = 0;
    const change = () => {
      turn += 1;
      for (const [i, worker] of Object.values(speeds).entries()) {
        worker.ms = (turn + i) % 3 === 0 ? 60 : 15;
      }
      cluster.clock.after(3_500, change);
    };
    change();
    const job = { ...rounds, id: 'j', params: { rounds: 400 } };
    const handle = await cluster.settled(cluster.client.submit(job));
    const { moves } = await cluster.settled(handle.result());
    // Followed every 3 s they are 700, and the job takes half as long again.
    expect(moves).toBeGreaterThan(0);
    expect(moves).toBeLessThan(100);
  });
});

describe('[P87] locality', () => {
  it('leaves slices where they are: above 90 % from the second round on', async () => {
    const cluster = new PoolCluster(data);
    await cluster.open({ w1: { ms: 10 }, w2: { ms: 10 } });
    const handle = await cluster.settled(
      cluster.client.submit({ ...rounds, id: 'j', params: { rounds: 30 } }),
    );
    const { placed } = await cluster.settled(handle.result());
    const later = placed.remote - 28;
    expect(placed.local).toBe(29 * 28);
    expect(later / placed.local).toBeLessThan(0.1);
  });

  it('gives the second job on a data set to those who have it, and fetches nothing again', async () => {
    const cluster = new PoolCluster(data);
    await cluster.open(
      { w1: { ms: 100, slots: 2 }, w2: { ms: 100, slots: 2 }, w3: { ms: 100, slots: 2 } },
      localityFirst,
    );
    const params = { tasks: 60 };
    const first = { ...tasks, id: 'one', params, workers: { max: 2 } };
    const one = await cluster.settled(cluster.client.submit(first));
    await cluster.settled(one.result());
    const fetched = cluster.fetched.length;
    const two = await cluster.settled(
      cluster.client.submit({ ...tasks, id: 'two', seed: 1, params, workers: { max: 2 } }),
    );
    const { placed } = await cluster.settled(two.result());
    expect(placed.local / (placed.local + placed.remote)).toBeGreaterThan(0.9);
    expect(cluster.fetched.length - fetched).toBe(0);
  });
});
