/** Task records that foreign hands remove under a job at work are put back, and the job goes on. */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import type { JobId } from '../../schemas/ids.ts';
import { records, TaskState } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { KeptCluster } from './kept-cluster.ts';
import { Scene } from './scene.ts';

const spec = { id: 'j', params: { tasks: 12 } };
let dataset: ResolvedDataset;

beforeAll(async () => {
  dataset = await resolvedDataset();
});

async function digestOf(cluster: KeptCluster): Promise<string | null> {
  const view = await cluster.settled(cluster.client.job('j').ended());
  expect(view.phase).toBe('completed');
  return view.digest;
}

/** A job at work, so many milliseconds after it was submitted. */
async function atWork(ms: number): Promise<KeptCluster> {
  const cluster = await new KeptCluster().open();
  await cluster.submit(spec);
  await cluster.clock.advance(ms);
  return cluster;
}

describe('task records removed by hand', () => {
  it('one after the other, whatever it says, the job comes to its one digest', async () => {
    const calm = await digestOf(await atWork(0));
    const seen = new Set<number>();
    for (const ms of [200, 300, 400, 500, 600]) {
      const cluster = await atWork(ms);
      const { store } = cluster.bus;
      for (const { key, value, revision } of await cluster.settled(store.list('tasks', 'j.'))) {
        seen.add(records.task.decode(value).state);
        await cluster.settled(store.remove('tasks', key, revision)).catch(() => {});
        await cluster.clock.advance(20);
      }
      expect(await digestOf(cluster), `after ${ms} ms`).toBe(calm);
    }
    expect(seen).toContain(TaskState.CLAIMED);
    expect(seen).toContain(TaskState.DONE);
  });

  it('all at once, in the midst of the job and while it is paused', async () => {
    const calm = await digestOf(await atWork(0));
    for (const pausing of [false, true]) {
      const cluster = await atWork(500);
      const { client, bus } = cluster;
      if (pausing) await cluster.settled(client.job('j').pause());
      expect(await cluster.count('tasks')).toBeGreaterThan(0);
      await cluster.settled(bus.store.purge('tasks', 'j.'));
      if (pausing) {
        await cluster.pass(12_000);
        expect(await cluster.count('tasks')).toBeGreaterThan(0);
        await cluster.settled(client.job('j').resume());
      }
      expect(await digestOf(cluster)).toBe(calm);
      expect(await cluster.events('j')).toBeGreaterThan(5);
    }
  });

  const started = (tasks: number) => {
    const scene = new Scene(dataset);
    for (const id of ['w1', 'w2']) scene.handle(scene.heartbeat(scene.node(id)));
    const text = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false };
    const body = { ...text, id: 'j', params: { tasks } };
    scene.submit(new TextEncoder().encode(JSON.stringify(body)));
    scene.handle(scene.planned('j'));
    return scene;
  };
  const attempts = (scene: Scene) =>
    scene.state.jobs.get('j' as JobId)?.table?.tasks.map(({ attempt }) => attempt);

  it('an admitted attempt that nobody has claimed yet is there again for whoever claims it', () => {
    const scene = started(1);
    expect(scene.claim('w1', 'j.train.0')).toBeNull();
    scene.handle();
    scene.handle(scene.heartbeat(scene.reboot('w1')));
    scene.pass(3_000);
    expect(scene.tasks.get('j.train.0')?.record).toMatchObject({ state: 0, attempt: 2 });
    scene.tasks.delete('j.train.0');
    scene.pass(11_000);
    expect(scene.tasks.get('j.train.0')?.record).toMatchObject({ state: 0, attempt: 2, losses: 1 });
    expect(scene.claim('w2', 'j.train.0', 2)).toBeNull();
    scene.handle();
    expect(scene.commit('w2', 'j.train.0')).toBeNull();
    scene.handle();
    expect(scene.held.has('store-input j')).toBe(true);
  });

  it('a claim goes on as if nothing had been, and its result counts', () => {
    const scene = started(2);
    for (const [node, task] of [['w1', 'j.train.0'] as const, ['w2', 'j.train.1'] as const])
      expect(scene.claim(node, task)).toBeNull();
    scene.handle();
    scene.tasks.delete('j.train.1');
    scene.pass(11_000);
    expect(scene.commit('w2', 'j.train.1')).toBeNull();
    scene.handle();
    expect(attempts(scene)).toEqual([1, 1]);
  });

  it('those of a pass that fits the steps are there again, too', () => {
    const scene = new Scene(dataset);
    scene.handle(scene.heartbeat(scene.node('w1')));
    const text = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false };
    const body = { ...text, id: 'j', preprocess: [{ step: 'standardise' }] };
    scene.submit(new TextEncoder().encode(JSON.stringify(body)));
    scene.handle(scene.planned('j'));
    expect(scene.claim('w1', 'j.prepare.0')).toBeNull();
    scene.handle();
    expect(scene.commit('w1', 'j.prepare.0')).toBeNull();
    scene.handle();
    scene.tasks.clear();
    scene.pass(11_000);
    expect(scene.tasks.get('j.prepare.0')?.record).toMatchObject({
      ...{ state: TaskState.DONE, result: 'r-prepare.0' },
    });
  });

  it('nothing is written while all records are there, nor once the job is being cancelled', () => {
    const scene = started(2);
    expect(scene.claim('w1', 'j.train.0')).toBeNull();
    scene.handle();
    const writes = () => scene.seen.filter(({ type }) => type === 'write-task');
    scene.pass(11_000);
    expect(writes()).toEqual([]);
    scene.handle({ type: 'control', verb: 'cancel', job: 'j', reply: 1 });
    scene.tasks.clear();
    scene.pass(11_000);
    expect(writes()).toEqual([]);
  });
});
