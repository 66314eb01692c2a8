/**
 * A leader that slept past its lease removes nothing, tells nothing and puts nothing back: by then
 * the same id may stand for a job of the leader after it.
 */
import { expect, it } from 'vitest';
import { newBreakers } from '../../actors/coordinator/breakers.ts';
import { removeJob } from '../../actors/coordinator/job-removal.ts';
import type { CoordinatorEffect } from '../../actors/coordinator/messages.ts';
import { type PerformContext, perform, type Unstamped } from '../../actors/coordinator/perform.ts';
import { Metrics } from '../../runtime/metrics.ts';
import type { Delivery } from '../../runtime/ports/journal.ts';
import type { JobId } from '../../schemas/ids.ts';
import { records } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { KeptCluster } from './kept-cluster.ts';
import { Scene } from './scene.ts';

const j = 'j' as JobId;

/** An ended job with task records, whose leader is gone, and a leader who may act so many times. */
async function deposed(times: number) {
  const cluster = await new KeptCluster().open();
  expect(await cluster.run({ id: j })).toBe('completed');
  await cluster.pass(5_000);
  cluster.broker.kill('c1');
  let left = times;
  const mayAct = () => left-- > 0;
  const { bus, clock } = cluster;
  const me = { node: 'c9', nonce: 'n', term: 1, cluster: bus.cluster };
  const context = {
    ...{ bus, clock, me, mayAct, breakers: newBreakers(), metrics: new Metrics() },
    ...{ log: () => {}, halting: () => false, replies: new Map(), deliveries: new Map() },
  } as unknown as PerformContext;
  const told: Unstamped[] = [];
  const act = (effect: CoordinatorEffect) =>
    cluster.settled(perform(context, effect, (event) => told.push(event)));
  return { cluster, context, told, act };
}

it('[F5] takes each step of a removal only while it leads, and the next leader goes on', async () => {
  for (const [times, events, tasks] of [
    ...([[0, true, true] as const, [1, true, true] as const] as const),
    ...([[2, false, true] as const, [3, false, false] as const] as const),
  ]) {
    const { cluster, context } = await deposed(times);
    const removal = cluster.settled(removeJob(cluster.bus, j, context));
    await expect(removal).rejects.toMatchObject({ code: 'not-leading' });
    expect((await cluster.events(j)) > 0, `${times} steps`).toBe(events);
    expect((await cluster.count('tasks')) > 0, `${times} steps`).toBe(tasks);
    const entry = await cluster.settled(cluster.bus.store.get('jobs', j));
    expect(records.job.decode(entry?.value ?? new Uint8Array()).removing).toBe(times > 0);
    cluster.coordinator('c2', {});
    await cluster.pass(20_000);
    expect(await cluster.count('jobs')).toBe(times > 0 ? 0 : 1);
  }
});

it('[F5] clears away no task records, and says that it is to be tried again', async () => {
  const { cluster, act, told } = await deposed(0);
  const before = await cluster.count('tasks');
  await act({ type: 'clean', job: j });
  expect(told).toMatchObject([{ type: 'setback', job: j, what: 'clean' }]);
  expect(await cluster.count('tasks')).toBe(before);
});

it('[F5] publishes no event into the log of what may be another job', async () => {
  const { cluster, act, told } = await deposed(0);
  const before = await cluster.events(j);
  const json = new TextEncoder().encode('{}');
  await act({ type: 'publish-events', job: j, events: [{ job: j, n: 999, kind: 'slow', json }] });
  expect(await cluster.events(j)).toBe(before);
  expect(told).toEqual([]);
});

it('[F5] acknowledges no submission: whoever leads takes it in once more', async () => {
  const { act, context } = await deposed(1);
  const done: string[] = [];
  const ack = async () => void done.push('ack');
  const delivery = { ack, nak: () => void done.push('nak') } as unknown as Delivery;
  context.deliveries.set(1, delivery).set(2, delivery);
  await act({ type: 'settle', delivery: 1 });
  await act({ type: 'settle', delivery: 2 });
  expect(done).toEqual(['ack', 'nak']);
});

it('[F5] creates no task record anew', async () => {
  const { cluster, act, told } = await deposed(0);
  const record = records.task.create({ job: j, task: 'train.77', attempt: 1 });
  await act({ type: 'write-task', job: j, task: 'train.77', record, revision: 0 });
  await act({ type: 'write-task', job: j, task: 'train.77', record, revision: 5 });
  expect(await cluster.settled(cluster.bus.store.get('tasks', 'j.train.77'))).toBeUndefined();
  expect(told.map(({ type }) => type)).toEqual(['task-written', 'task-written']);
});

it('creates one anew that its update does not find, while it leads', async () => {
  const { cluster, act, told } = await deposed(1);
  const record = records.task.create({ job: j, task: 'train.77', attempt: 2 });
  await act({ type: 'write-task', job: j, task: 'train.77', record, revision: 5 });
  const entry = await cluster.settled(cluster.bus.store.get('tasks', 'j.train.77'));
  expect(records.task.decode(entry?.value ?? new Uint8Array()).attempt).toBe(2);
  expect(told).toMatchObject([
    { type: 'task-record', revision: entry?.revision },
    { type: 'task-written' },
  ]);
});

it('[F5] takes on no job of a later leader, and steps down where it sees one', async () => {
  const scene = new Scene(await resolvedDataset());
  const spec = { id: j, dataset: 'demo', target: 'label', algorithm: 'toy-sum' };
  scene.submit(new TextEncoder().encode(JSON.stringify(spec)));
  const stored = scene.jobs.get(j);
  const record = records.job.decode(stored?.bytes ?? new Uint8Array());
  record.term = scene.term + 1;
  scene.jobs.set(j, { bytes: records.job.encode(record), revision: stored?.revision ?? 0 });
  const effects = scene.handle(scene.found(j));
  effects.push(...scene.pass(5_000));
  expect(effects.filter(({ type }) => type === 'store-job')).toEqual([]);
  expect(scene.state.deposed).toBe(true);
});
