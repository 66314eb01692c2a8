/** Copies at their edges: where nothing can be written, and of a task that is about to be isolated. */
import { expect, it } from 'vitest';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

it('[F15] [P63] a copy that cannot be written is asked for again after a while', async () => {
  const scene = new Scene(await resolvedDataset());
  for (const id of ['w1', 'w2']) {
    scene.node(id).copies = true;
    scene.handle(scene.heartbeat(scene.node(id)));
  }
  const spec = { id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false };
  scene.submit(new TextEncoder().encode(JSON.stringify({ ...spec, params: { tasks: 2 } })));
  scene.handle(scene.planned('j'));
  for (const [id, key] of [
    ['w1', 'j.train.0'],
    ['w2', 'j.train.1'],
  ] as const) {
    scene.claim(id, key);
    scene.handle();
  }
  scene.commit('w2', 'j.train.1');
  scene.handle();
  scene.losingTaskWrites = true;
  scene.seen.length = 0;
  scene.pass(6_000);
  const asked = scene.seen.filter(({ type }) => type === 'write-task');
  expect(asked.length).toBeGreaterThan(1);
  expect(asked.length).toBeLessThanOrEqual(5);
  scene.losingTaskWrites = false;
  scene.pass(1_500);
  expect(scene.tasks.get('j.train.0')?.record.copy).toMatchObject({ attempt: 2, node: 'w2' });
});

it('[P63] a copy that goes on after the third loss is not taken for one that was alone', async () => {
  const scene = new Scene(await resolvedDataset());
  for (const id of ['w1', 'w2', 'w3']) {
    scene.node(id).copies = true;
    scene.handle(scene.heartbeat(scene.node(id)));
  }
  const spec = { id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false };
  scene.submit(new TextEncoder().encode(JSON.stringify({ ...spec, params: { tasks: 2 } })));
  scene.handle(scene.planned('j'));
  const key = 'j.train.0';
  scene.claim('w1', key);
  scene.claim('w2', 'j.train.1');
  scene.handle();
  scene.commit('w2', 'j.train.1');
  scene.handle();
  // It has stood still twice before.
  scene.revision += 1;
  const found = scene.tasks.get(key)?.record;
  if (found === undefined) throw new Error('no record');
  scene.tasks.set(key, {
    record: Object.assign(found, { losses: 2, stalls: 2 }),
    revision: scene.revision,
  });
  scene.tellTask(key);
  scene.pass(3_000);
  const copy = scene.tasks.get(key)?.record.copy;
  const helper = copy?.node ?? '';
  expect(scene.claim(helper, key, copy?.attempt ?? 0)).toBeNull();
  scene.pass(1_000);
  scene.node('w1').beating = false;
  scene.pass(4_000);
  const promoted = { attempt: 2, node: helper, losses: 3, isolated: false };
  expect(scene.tasks.get(key)?.record).toMatchObject(promoted);
  // No further copy, and alone after the next loss.
  scene.pass(10_000);
  expect(scene.tasks.get(key)?.record.copy?.node ?? '').toBe('');
  scene.node(helper).beating = false;
  scene.pass(4_000);
  expect(scene.tasks.get(key)?.record).toMatchObject({ losses: 4, isolated: true });
});

it('[P43] [F30] a task whose node has died gets no copy, which might die of it too', async () => {
  const scene = new Scene(await resolvedDataset());
  for (const id of ['w1', 'w2', 'w3']) {
    scene.node(id).copies = true;
    scene.handle(scene.heartbeat(scene.node(id)));
  }
  const spec = { id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false };
  scene.submit(new TextEncoder().encode(JSON.stringify({ ...spec, params: { tasks: 2 } })));
  scene.handle(scene.planned('j'));
  scene.claim('w1', 'j.train.0');
  scene.claim('w2', 'j.train.1');
  scene.handle();
  scene.commit('w2', 'j.train.1');
  scene.handle();
  scene.node('w1').beating = false;
  scene.pass(4_000);
  const pending = scene.tasks.get('j.train.0')?.record;
  expect(pending).toMatchObject({ attempt: 2, losses: 1 });
  scene.claim('w3', 'j.train.0', 2);
  scene.handle();
  scene.pass(20_000);
  expect(scene.tasks.get('j.train.0')?.record.copy).toBeNull();
});
