/** Copies where nothing can be written: asked for now and then, not again at once. */
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
