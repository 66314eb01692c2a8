/**
 * What a job goes on with: data that it trains or is measured on are not purged unseen, and are found
 * by a job that is planned anew though nobody lists them any more; no trial becomes its model.
 */
import { beforeAll, expect, it } from 'vitest';
import { planJob } from '../../actors/coordinator/lookup.ts';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { learnersWithToy } from '../../learners/catalogue.ts';
import { checkSpec } from '../../schemas/job-spec.ts';
import { memoryCluster } from '../client/memory-cluster.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

function submitted(change: object = {}): Scene {
  const scene = new Scene(dataset);
  scene.handle(scene.heartbeat(scene.node('w1')));
  const body = { dataset: 'demo', target: 'label', algorithm: 'toy-sum', id: 'j', ...change };
  scene.submit(new TextEncoder().encode(JSON.stringify(body)));
  return scene;
}

function purge(scene: Scene, id: string, version: number) {
  const question = { kind: 'dataset', id, versions: [version], force: false } as const;
  const effects = scene.handle({ type: 'purge', question, reply: 1 });
  return effects.flatMap((own) => (own.type === 'reply' ? [own.error?.code ?? null] : []));
}

it('a purge of data that a job is measured on is refused', () => {
  const scene = submitted({ evaluate: { dataset: 'fresh@2' } });
  expect(purge(scene, 'fresh', 2)).toEqual(['in-use']);
  expect([purge(scene, 'fresh', 1), purge(scene, 'other', 2)]).toEqual([[null], [null]]);
  scene.handle(scene.planned('j'));
  expect(purge(scene, 'fresh', 2)).toEqual(['in-use']);
  expect(purge(scene, 'demo', 1)).toEqual(['in-use']);
  expect([purge(scene, 'fresh', 1), purge(scene, 'demo', 2)]).toEqual([[null], [null]]);
});

it('a job that has begun is planned anew with its data, though they are listed no more', async () => {
  const { bus, client } = memoryCluster();
  const rows = (from: number) =>
    Array.from({ length: 20 }, (_, i) => `${from + i},${i % 2 === 0 ? 'yes' : 'no'}\n`).join('');
  const text = (from: number) => () => [new TextEncoder().encode(`size,label\n${rows(from)}`)];
  await client.importCsv('old', text(0));
  await client.importCsv('fresh', text(50));
  const spec = checkSpec({
    ...{ dataset: 'old', target: 'label', algorithm: 'toy-sum' },
    evaluate: { dataset: 'fresh@1' },
  });
  const nothing = { model: null, skipped: [] };
  const first = await planJob(bus, learnersWithToy, spec, { ...nothing, dataset: null });
  await client.removeDataset('old@1');
  await client.removeDataset('fresh@1');
  const again = await planJob(bus, learnersWithToy, spec, { ...nothing, dataset: 'old@1' });
  expect(again.digest).toBe(first.digest);
  await expect(planJob(bus, learnersWithToy, spec, { ...nothing, dataset: null })).rejects.toThrow(
    'there is no data set "old"',
  );
});

it('no trial of a search is entered as the model of its job', () => {
  const search = { params: { rounds: [2, 3] }, strategy: 'grid' };
  const scene = submitted({ algorithm: 'toy-rounds', search });
  scene.handle(scene.planned('j'));
  const replies = scene
    .handle({ type: 'snapshot', job: 'j', reply: 4 })
    .flatMap((own) => (own.type === 'reply' ? [own.error?.code] : []));
  expect(replies).toEqual(['wrong-phase']);
  expect(scene.held.has('snapshot j')).toBe(false);
});
