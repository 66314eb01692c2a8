/** An ended job whose removal breaks off half-way. */
import { expect, it } from 'vitest';
import type { JobId } from '../../schemas/ids.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

it('is removed the rest of the way soon, whoever asked for it', async () => {
  const scene = new Scene(await resolvedDataset());
  const job = 'j' as JobId;
  scene.submit(new TextEncoder().encode(JSON.stringify({ id: job, dataset: 'demo' })));
  scene.pass(20_000);
  const removals = () => scene.seen.filter(({ type }) => type === 'remove-job');
  scene.handle({ type: 'remove', job, reply: 1 });
  expect(removals()).toMatchObject([{ job, reason: 'request', reply: 1 }]);
  scene.handle({ type: 'removal', job, gone: false });
  scene.pass(6_000);
  expect(removals().slice(1)).toMatchObject([{ job, reason: 'unfinished', reply: null }]);
  scene.handle({ type: 'removal', job, gone: true });
  scene.pass(20_000);
  expect(removals()).toHaveLength(2);
  expect(scene.state.jobs.has(job)).toBe(false);
});
