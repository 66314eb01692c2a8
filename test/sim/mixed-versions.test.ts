/**
 * Processes of different versions in one cluster: a rolling upgrade, and one that is half done.
 * Work goes on with the same result, what a later version wrote survives, and what an earlier one
 * cannot read is left alone, by name.
 */
import { describe, expect, it } from 'vitest';
import { claimTask } from '../../actors/task-runner/task-records.ts';
import { keys } from '../../schemas/subjects.ts';
import { records, recordVersion, TaskState } from '../../schemas/wire.ts';
import { dataSet } from '../task-runner/data.ts';
import { checkSuccess, type Outcome, outcomeOf } from './checks.ts';
import { SimCluster } from './sim-cluster.ts';
import { earlierBus, isLater, laterBus } from './versions.ts';

type Version = 'today' | 'earlier' | 'later';
const data = await dataSet();

const jobs = {
  tasks: {
    ...{ id: 'tasks', dataset: 'demo', target: 'label', algorithm: 'toy-sum' },
    params: { tasks: 8 },
  },
  rounds: {
    ...{ id: 'rounds', dataset: 'demo', target: 'label', algorithm: 'toy-rounds' },
    params: { rounds: 12 },
  },
} as const;
type Kind = keyof typeof jobs;

/** A cluster whose processes are of the versions given, by the first letter or the whole name. */
function clusterOf(seed: number, versions: Readonly<Record<string, Version>>): SimCluster {
  const cluster = new SimCluster(seed, data);
  const { broker } = cluster;
  const connect = broker.connect.bind(broker);
  broker.connect = (options) => {
    const bus = connect(options);
    const version = versions[options.name] ?? versions[options.name.slice(0, 1)] ?? 'today';
    if (version === 'today') return bus;
    return version === 'later' ? laterBus(bus) : earlierBus(bus);
  };
  return cluster;
}

async function played(cluster: SimCluster, kind: Kind, upgrade?: () => void): Promise<Outcome> {
  const { id } = jobs[kind];
  await cluster.open();
  await cluster.submit(jobs[kind]);
  if (upgrade !== undefined) {
    const half = () => cluster.tasks.some(({ record }) => record.state !== TaskState.PENDING);
    await cluster.clock.advanceUntil(half, 30_000);
    upgrade();
  }
  const over = () => cluster.ended(id) && cluster.job(id)?.outbox.length === 0;
  await cluster.clock.advanceUntil(over, 120_000);
  const { outcome, broken } = await outcomeOf(cluster, id);
  expect(broken).toEqual([]);
  return outcome;
}

const mixes: Readonly<Record<string, Readonly<Record<string, Version>>>> = {
  'a later coordinator, earlier nodes': { c: 'later', w: 'earlier', a: 'earlier' },
  'an earlier coordinator, later nodes': { c: 'earlier', w: 'later', a: 'later' },
  'nodes of all versions': { c1: 'later', w1: 'earlier', w2: 'later', a: 'earlier' },
};

describe('processes of different versions', () => {
  for (const kind of ['tasks', 'rounds'] as const) {
    it.each(Object.entries(mixes))(`[F36] a job of ${kind} with %s`, async (_, versions) => {
      const calm = await played(clusterOf(1, {}), kind);
      const cluster = clusterOf(2, versions);
      const outcome = await played(cluster, kind);
      expect(checkSuccess(outcome, calm)).toEqual([]);
    });

    it(`[F36] a job of ${kind} through a rolling upgrade, leader and workers in its middle`, async () => {
      const calm = await played(clusterOf(1, {}), kind);
      const versions: Record<string, Version> = { c: 'earlier', w: 'earlier', a: 'earlier' };
      const cluster = clusterOf(3, versions);
      const outcome = await played(cluster, kind, () => {
        for (const name of ['c', 'w', 'a']) versions[name] = 'later';
        for (const name of ['c1', 'w1', 'a1']) {
          cluster.broker.kill(name);
          cluster.start(name);
        }
      });
      expect(checkSuccess(outcome, calm)).toEqual([]);
    });
  }

  it('[F36] what a later version wrote survives the writes of others', async () => {
    const cluster = clusterOf(4, { c: 'later' });
    await played(cluster, 'tasks');
    const entries = await cluster.settled(cluster.bus.store.list('tasks', 'tasks.'));

    expect(entries.length).toBeGreaterThan(0);
    const job = await cluster.settled(cluster.bus.store.get('jobs', 'tasks'));
    expect(isLater(job?.value ?? new Uint8Array())).toBe(true);
    const passed = clusterOf(5, { c: 'today', w: 'later' });
    await played(passed, 'tasks');
    const written = await passed.settled(passed.bus.store.list('tasks', 'tasks.train.'));
    expect(written.filter(({ value }) => isLater(value)).length).toBe(written.length);
  });

  it('[F36] a record for later readers is refused by name, and other work goes on', async () => {
    const cluster = new SimCluster(6, data);
    const { store } = cluster.bus;
    const minReader = recordVersion + 1;
    const future = Uint8Array.from(
      records.job.encode(records.job.create({ job: 'future', minReader })),
    );
    await cluster.settled(store.create('jobs', 'future', future));
    await played(cluster, 'tasks');
    expect(cluster.phase('tasks')).toBe('completed');
    const told = cluster.story.filter((line) => line.includes('needs a reader of version'));
    expect(told.length).toBeGreaterThan(0);
    const untouched = await cluster.settled(store.get('jobs', 'future'));
    expect(untouched?.value).toEqual(future);
  });

  it('[F36] a worker leaves a task of a later version alone, by name', async () => {
    const cluster = new SimCluster(7, data);
    const { store } = cluster.bus;
    const key = keys.task('j' as never, 'train.0' as never);
    const minReader = recordVersion + 1;
    const bytes = Uint8Array.from(
      records.task.encode(records.task.create({ job: 'j', attempt: 2, minReader })),
    );
    await cluster.settled(store.create('tasks', key, bytes));
    const offer = {
      ...{ term: 1, job: 'j', task: 'train.0', attempt: 2, plan: '', input: '' },
      ...{ isolated: false, traceparent: '' },
    };
    const holder = { node: 'w', nonce: 'n' };
    const claim = cluster.settled(claimTask(store, offer as never, holder, () => ''));
    await expect(claim).rejects.toMatchObject({
      code: 'newer-record',
      message: expect.stringContaining(`version ${minReader}`),
    });
    expect((await cluster.settled(store.get('tasks', key)))?.value).toEqual(bytes);
  });
});
