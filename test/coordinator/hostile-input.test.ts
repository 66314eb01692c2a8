/**
 * What nobody should send, but somebody can: messages and records that must not stop a coordinator.
 */
import { beforeAll, describe, expect, it } from 'vitest';
import type { ResolvedDataset } from '../../actors/coordinator/resolve.ts';
import { startCoordinator } from '../../actors/coordinator/start.ts';
import { clientOver } from '../../client/client.ts';
import { learners } from '../../learners/catalogue.ts';
import { MemoryBroker } from '../../runtime/memory/memory-broker.ts';
import { SeededRandom } from '../../runtime/memory/seeded-random.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { parseNodeId } from '../../schemas/ids.ts';
import { limits } from '../../schemas/limits.ts';
import { records, TaskState } from '../../schemas/wire.ts';
import { resolvedDataset } from './dataset.ts';
import { Scene } from './scene.ts';

let dataset: ResolvedDataset;
beforeAll(async () => {
  dataset = await resolvedDataset();
});

const bytes = (text: string) => new TextEncoder().encode(text);
const many = (count: number, one: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => one(i)).join(',');
const base = '"dataset":"demo","target":"label","algorithm":"toy-sum"';

describe('submissions that no person would write', () => {
  const texts: Readonly<Record<string, string>> = {
    'deeply nested': `{"dataset":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
    'deeply nested parameters': `{${base},"params":{"a":${'['.repeat(60_000)}${']'.repeat(60_000)}}}`,
    'thousands of wrong values': `{${base},"preprocess":[${many(60_000, () => '1')}]}`,
    'thousands of wrong labels': `{${base},"labels":{${many(15_000, (i) => `"k${i}":1`)}}}`,
    'a key as long as the message': `{${base},"${'k'.repeat(200_000)}":1}`,
  };

  for (const [what, text] of Object.entries(texts)) {
    it(`[P95] rejects ${what}, in a record that can be stored`, () => {
      const scene = new Scene(dataset);
      const effects = scene.submit(bytes(text));
      expect(effects).toContainEqual({ type: 'settle', delivery: 1 });
      const sizes = effects.flatMap((e) => (e.type === 'store-job' ? [e.bytes.length] : []));
      expect(sizes.length).toBeGreaterThan(0);
      expect(Math.max(...sizes)).toBeLessThan(limits.recordMax);
      expect([...scene.log.values()][0]?.at(-1)?.kind).toBe('rejected');
    });
  }

  it('[P95] rejects thousands of unknown parameters at planning, in a record that can be stored', () => {
    const scene = new Scene(dataset);
    scene.submit(bytes(`{${base},"id":"j","params":{${many(15_000, (i) => `"k${i}":1`)}}}`));
    const effects = scene.handle(scene.planned('j'));
    const sizes = effects.flatMap((e) => (e.type === 'store-job' ? [e.bytes.length] : []));
    expect(Math.max(...sizes)).toBeLessThan(limits.recordMax);
    expect(scene.log.get('j')?.at(-1)?.kind).toBe('rejected');
  });
});

describe('records that cannot be used', () => {
  it('fails a job whose plan is lost, by name, instead of stopping the coordinator', () => {
    const scene = new Scene(dataset);
    scene.submit(bytes(`{${base},"id":"j"}`));
    scene.handle(scene.planned('j'));
    scene.plans.clear();
    scene.takeover();
    scene.handle({ type: 'tick' });
    const last = scene.log.get('j')?.at(-1);
    expect(last).toMatchObject({ kind: 'failed', error: { code: 'plan-lost' } });
  });

  it('leads, and refuses only their ids, with job records that it cannot read', async () => {
    const clock = nodeClock();
    const random = new SeededRandom(3);
    const broker = new MemoryBroker({ clock, random });
    const bus = broker.connect({ name: 'c1' });
    const job = records.job.encode(records.job.create({ job: 'old', machineVersion: 99 }));
    await bus.store.create('jobs', 'old', job);
    await bus.store.create('jobs', 'junk', new Uint8Array([255, 255, 255]));
    await bus.store.create('jobs', 'other', job);
    const parts = { host: 'h', pid: 1, version: '0', learners, log: () => {} };
    await using client = clientOver(broker.connect({ name: 'client' }), clock, random);
    const coordinator = startCoordinator({
      ...{ bus, clock, random, node: parseNodeId('c1') },
      ...parts,
    });
    await client.ready();
    const spec = { dataset: 'demo', target: 'label', algorithm: 'random-forest' };
    for (const id of ['junk', 'old', 'other']) {
      const refused = await client.submit({ ...spec, id });
      await expect(refused.result()).rejects.toThrow('exists already');
    }
    const unknown = await client.submit({ ...spec, id: 'fresh' });
    await expect(unknown.result()).rejects.toThrow('there is no data set');
    await coordinator.stop();
  });
});

describe('a write that is lost', () => {
  it('admits the next attempt after an error once the broker takes it, not never', () => {
    const scene = new Scene(dataset);
    const node = scene.node('w1');
    scene.handle(scene.heartbeat(node));
    scene.submit(bytes(`{${base},"id":"j","evaluate":false}`));
    scene.handle(scene.planned('j'));
    scene.claim('w1', 'j.train.0');
    scene.handle();
    scene.finish('w1', 'j.train.0', (record) => {
      record.errors.push({ node: 'w1', attempt: 1, code: 'learner', message: 'broken' });
      record.state = TaskState.PENDING;
      record.node = '';
      record.nonce = '';
    });
    scene.losingTaskWrites = true;
    scene.handle();
    expect(scene.tasks.get('j.train.0')?.record.attempt).toBe(1);
    scene.losingTaskWrites = false;
    scene.pass(limits.tickMs);
    expect(scene.tasks.get('j.train.0')?.record.attempt).toBe(2);
  });
});
