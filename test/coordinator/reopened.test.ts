/** A job that was rejected, and is submitted again under its id with a spec that holds. */
import { expect, it } from 'vitest';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

it('keeps its task records when the time of the rejected one has come', async () => {
  const scene = new Scene(await resolvedDataset());
  scene.handle(scene.heartbeat(scene.node('w1')));
  const spec = { id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum' };
  const submit = (wanted: object) => scene.submit(new TextEncoder().encode(JSON.stringify(wanted)));
  submit({ ...spec, seed: 'none' });
  expect(scene.log.get('j')?.at(-1)).toMatchObject({ kind: 'rejected' });
  scene.pass(10_000);
  submit(spec);
  scene.handle(scene.planned('j'));
  expect(scene.claim('w1', 'j.train.0')).toBeNull();
  scene.pass(120_000);
  expect(scene.seen.filter(({ type }) => type === 'clean')).toEqual([]);
});
