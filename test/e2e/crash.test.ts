/**
 * Processes that die and come back: any one of a supervised cluster, and all of them at once.
 */
import { expect, it } from 'vitest';
import type { ShoalClient } from '../../client/client.ts';
import { syntheticCsv, syntheticTarget } from '../../datasets/synthetic.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import type { JobSpecInput } from '../../schemas/job-spec.ts';
import { limits } from '../../schemas/limits.ts';
import { nodeOfSubject } from '../../schemas/subjects.ts';
import { decodeMessage, TaskState } from '../../schemas/wire.ts';
import { startTestServer } from '../support/nats-server.ts';
import { TaskLog } from '../support/task-log.ts';
import { startUp, type Up } from '../support/up.ts';
import { startCluster } from './support/cluster.ts';

const wait = { timeoutMs: 60_000 };
/** What is promised beyond the heartbeat limit, and room for a machine that has more to do. */
const wholeMs = limits.deadMs + 5_000;

/** Some tenths of a second for each of the tasks. */
function toy(id: string): JobSpecInput {
  const job = { dataset: 'dense', target: syntheticTarget.dense, algorithm: 'toy-sum' };
  return { ...job, id, params: { tasks: 16, spin: 1e7 }, evaluate: false };
}

let known: Promise<string> | undefined;

/** The digest that every such job must have, on whichever cluster it runs. */
function calmDigest(client: ShoalClient): Promise<string> {
  known ??= client
    .submit(toy('calm'))
    .then((job) => job.result(wait))
    .then(({ digest }) => digest ?? '');
  return known;
}

const csv = () => syntheticCsv({ kind: 'dense', rows: 500, seed: 1 });

/** Resolves with the time of the first heartbeat of a later process of this name, at its work. */
async function reborn(up: Up, name: string, pid: number): Promise<number> {
  const clock = nodeClock();
  const bus = await connectNats({ servers: up.url, name: 'test', clock, createLayout: false });
  try {
    return await new Promise((resolve) => {
      bus.transport.subscribe(bus.subjects.heartbeat('*'), ({ subject, bytes }) => {
        const beat = decodeMessage('heartbeat', bytes);
        if (nodeOfSubject(subject) !== name || beat.pid === pid) return;
        if (name === 'coordinator-1' && Number(beat.term) === 0) return;
        resolve(performance.now());
      });
    });
  } finally {
    await bus.close();
  }
}

it('[P43] [P53] [P42] replaces any one process that is killed, unattended, in time', async () => {
  await using up = await startUp(['--workers', '2', '--slots', '1']);
  await up.client.importCsv('dense', csv);
  const digest = await calmDigest(up.client);
  const victims = { worker: 'worker-1', aggregator: 'aggregator-1', coordinator: 'coordinator-1' };
  for (const role of ['worker', 'aggregator', 'coordinator'] as const) {
    const job = await up.client.submit(toy(`no-${role}`));
    for await (const event of job.events()) if (event.kind === 'tasks-done') break;
    const name = victims[role];
    const pid = up.pids[role][0] ?? 0;
    const back = reborn(up, name, pid);
    const killedMs = performance.now();
    process.kill(pid, 'SIGKILL');
    const backMs = await back;
    await up.client.ready(wait);
    expect(Math.max(backMs, performance.now()) - killedMs).toBeLessThan(wholeMs);
    const view = await job.result(wait);
    // A worker's loss costs its own tasks a second attempt; the others' loss costs none.
    expect(view).toMatchObject({ phase: 'completed', digest });
    if (role !== 'worker') expect(view).toMatchObject({ attempts: 1, reassigned: 0 });
    expect(up.said()).toContain(`${name} ended by SIGKILL; starting it again`);
  }
}, 120_000);

it('[P22] [P53] goes on where it was when nats-server is killed and started again', async () => {
  await using up = await startUp(['--workers', '2', '--slots', '1']);
  await up.client.importCsv('dense', csv);
  const digest = await calmDigest(up.client);
  const job = await up.client.submit(toy('no-broker'));
  // Whoever follows the job goes on following.
  let kills = 0;
  for await (const event of job.events()) {
    if (event.kind === 'tasks-done' && kills++ === 0) process.kill(up.pids.nats, 'SIGKILL');
  }
  const view = await job.result(wait);
  expect(view).toMatchObject({ phase: 'completed', digest });
  expect((await up.client.nodes()).map(({ state }) => state)).toEqual(Array(3).fill('alive'));
}, 120_000);

it('[P97] goes on from the last commit when everything is killed at once, nats-server too', async () => {
  await using server = await startTestServer({ syncAlways: true });
  await using cluster = await startCluster({ server, workers: 2 });
  await cluster.client.importCsv('dense', csv);
  const digest = await calmDigest(cluster.client);

  const log = await TaskLog.open(cluster.bus);
  await cluster.client.submit(toy('crashed'));
  const tasksIn = (state: number) =>
    [...log.of('crashed')].filter(([, sights]) => sights.at(-1)?.record.state === state);
  await log.until(() => tasksIn(TaskState.DONE).length >= 4);
  const names = [...cluster.actors.keys()];
  const deaths = names.map((name) => cluster.kill(name));
  server.kill('SIGKILL');
  await Promise.all([...deaths, server.exited]);
  const committed = new Map(
    tasksIn(TaskState.DONE).map(([key, sights]) => [key, sights.at(-1)?.record.result]),
  );

  await server.restart();
  await using bus = { ...(await cluster.openBus()), [Symbol.asyncDispose]: async () => {} };
  const after = await TaskLog.open(bus);
  await Promise.all(names.map((name) => cluster.restart(name)));
  const view = await cluster.client.job('crashed').result(wait);
  expect(view).toMatchObject({ phase: 'completed', digest });
  for (const [key, result] of committed) {
    // Each has been written once as far as this log goes: read at its start, never changed since.
    const sights = after.of('crashed').get(key) ?? [];
    expect(sights.map(({ record }) => [record.state, record.result, record.attempt])).toEqual([
      [TaskState.DONE, result, 1],
    ]);
  }
  await bus.close();
}, 120_000);

it('[P43] [P53] a standby takes over from a leader that is killed, and no task is done again', async () => {
  await using cluster = await startCluster({ workers: 2, coordinators: 2 });
  await cluster.client.importCsv('dense', csv);
  const digest = await calmDigest(cluster.client);
  const job = await cluster.client.submit(toy('orphaned'));
  await cluster.event(job.id, ({ kind }) => kind === 'tasks-done');
  const { coordinator, term } = await cluster.client.status();
  const killedMs = performance.now();
  await cluster.kill(coordinator);
  const now = await cluster.client.ready(wait);
  expect(performance.now() - killedMs).toBeLessThan(limits.takeoverMs + 2_000);
  expect(now.coordinator).not.toBe(coordinator);
  expect(now.term).toBe(term + 1);
  const view = await job.result(wait);
  expect(view).toMatchObject({ digest, attempts: 1, reassigned: 0 });
}, 120_000);

it('[P43] [P53] a leader that was frozen past its lease finds another one and writes nothing', async () => {
  await using cluster = await startCluster({ workers: 2, coordinators: 2 });
  await cluster.client.importCsv('dense', csv);
  const digest = await calmDigest(cluster.client);
  const job = await cluster.client.submit(toy('contested'));
  await cluster.event(job.id, ({ kind }) => kind === 'tasks-done');
  const { coordinator } = await cluster.client.status();
  cluster.freeze(coordinator);
  const now = await cluster.client.ready(wait);
  expect(now.coordinator).not.toBe(coordinator);
  await cluster.beat('worker-1');
  cluster.thaw(coordinator);
  // Reading the events verifies that they are one chain, each written once.
  const kinds: string[] = [];
  for await (const { kind } of job.events()) kinds.push(kind);
  expect(kinds.filter((kind) => kind === 'completed')).toHaveLength(1);
  const view = await job.result(wait);
  expect(view).toMatchObject({ digest, attempts: 1, reassigned: 0 });
  expect((await cluster.client.status()).coordinator).toBe(now.coordinator);
}, 120_000);
