/**
 * Three exact stories: what a new leader admits bears its own term, what a former one wrote too late
 * is taken in, and a node whose heartbeats are late keeps what it has.
 */
import { beforeAll, expect, it } from 'vitest';
import {
  applySignal,
  restoreSnapshot,
  storeSnapshot,
} from '../../actors/coordinator/job-machine.ts';
import { records } from '../../schemas/wire.ts';
import { type DataSet, dataSet } from '../task-runner/data.ts';
import { SimCluster } from './sim-cluster.ts';

const spec = {
  ...{ id: 'j', dataset: 'demo', target: 'label', algorithm: 'toy-sum', evaluate: false as const },
  params: { tasks: 30 },
};
let data: DataSet;

beforeAll(async () => {
  data = await dataSet();
});

it('[P53] [F5] admits under the term of the new leader what was claimed under the old one', async () => {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  await cluster.submit(spec);
  await cluster.clock.advance(2_000);
  cluster.broker.kill('c1');
  cluster.broker.kill('w1');
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000)).toBe(true);
  const admitted = cluster.tasks.filter(({ by }) => by === 'c2').map(({ record }) => record.term);
  expect(admitted.length).toBeGreaterThan(0);
  expect(new Set(admitted)).toEqual(new Set([2]));
  expect(cluster.watchdog.broken).toEqual([]);
});

it('[F5] [F15] takes in what a former leader wrote after the records were read', async () => {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  await cluster.submit(spec);
  await cluster.clock.advance(2_000);
  const ask = async (verb: 'pause' | 'resume') => {
    const question = new TextEncoder().encode(JSON.stringify({ id: 'j' }));
    const { transport, subjects } = cluster.bus;
    await cluster.settled(transport.request(subjects.query(verb), question, { timeoutMs: 2_000 }));
  };
  await ask('pause');
  await cluster.clock.advance(1_000);
  expect(cluster.phase('j')).toBe('paused');
  // As of a leader whose write of the job, resumed, was waiting for the store to have room.
  const { store } = cluster.bus;
  const entry = await cluster.settled(store.get('jobs', 'j'));
  const record = records.job.decode(Uint8Array.from(entry?.value ?? []));
  const snapshot = restoreSnapshot(record.machineVersion, record.snapshot);
  record.snapshot = storeSnapshot(applySignal(snapshot, { type: 'resume' }));
  record.term = 0;
  await cluster.settled(
    store.update('jobs', 'j', records.job.encode(record), entry?.revision ?? 0),
  );
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000)).toBe(true);
  expect(cluster.phase('j')).toBe('completed');
});

it('[P15] [F11] leaves to a node what it has claimed while its heartbeats are a second late', async () => {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  // Long enough for two beats that were sent before the claim to arrive after it.
  cluster.slowness.set('w1', 3);
  cluster.broker.faults = ({ kind, from }) =>
    kind === 'message' && from === 'w1' ? { delayMs: 1_100 } : 'deliver';
  await cluster.submit(spec);
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000)).toBe(true);
  expect(cluster.phase('j')).toBe('completed');
  expect(cluster.tasks.filter(({ record }) => record.attempt > 1)).toEqual([]);
  expect(cluster.tasks.some(({ by }) => by === 'w1')).toBe(true);
});

it('[P59] [F8] a leader replaced while it was frozen does not tell how things were', async () => {
  const cluster = new SimCluster(1, data);
  await cluster.open();
  await cluster.submit(spec);
  await cluster.clock.advance(2_000);
  expect(cluster.ended('j')).toBe(false);
  cluster.broker.freeze('c1');
  expect(await cluster.clock.advanceUntil(() => cluster.ended('j'), 60_000)).toBe(true);
  // Nobody else is left to answer.
  cluster.broker.kill('c2');
  cluster.broker.thaw('c1');
  const { transport, subjects } = cluster.bus;
  const question = new TextEncoder().encode(JSON.stringify({ id: 'j' }));
  const answers: string[] = [];
  while (!answers.at(-1)?.includes('"ok":true')) {
    const request = transport.request(subjects.query('job'), question, { timeoutMs: 2_000 });
    const answer = request.then(({ bytes }) => new TextDecoder().decode(bytes));
    answers.push(await cluster.settled(answer.catch((error: Error) => error.message)));
    await cluster.clock.advance(250);
  }
  expect(answers[0]).toContain('"code":"starting"');
  expect(answers.at(-1)).toContain('"phase":"completed"');
});
