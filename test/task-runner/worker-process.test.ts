/**
 * A shard-worker as the process that users start: how it ends, and what it leaves behind.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../../runtime/bus.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { TaskState } from '../../schemas/wire.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';
import { dataSet, toyPlan } from './data.ts';
import { Offerer } from './offerer.ts';

const bin = new URL('../../cli/bin.ts', import.meta.url).pathname;
const data = await dataSet();
let server: TestServer;
let bus: Bus;
let folder: string;
let offerer: Offerer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shoal-worker-'));
  server = await startTestServer();
  const clock = nodeClock();
  bus = await connectNats({ servers: server.url, name: 'test', clock, createLayout: true });
  offerer = new Offerer(bus, 'j');
  const params = { tasks: 20, spin: 5_000_000, fail: 'never', failTask: 0 };
  await offerer.open(data, toyPlan(data, { params }, 20));
});

afterAll(async () => {
  await offerer.close();
  await bus.close();
  await server.stop();
  await rm(folder, { recursive: true });
});

async function worker(name: string): Promise<ChildProcess> {
  const flags = ['--nats', server.url, '--name', name, '--slots', '2', '--cache-dir', folder];
  const here = offerer.beat((beat) => beat.node === name);
  const child = spawn(process.execPath, [bin, 'worker', ...flags], { stdio: 'ignore' });
  const gone = once(child, 'exit').then(([code]) => Promise.reject(new Error(`exit ${code}`)));
  await Promise.race([here, gone]);
  gone.catch(() => {});
  return child;
}

describe('a worker process', () => {
  it('[P46] exits 0 after the queue is closed and its last result is committed', async () => {
    const child = await worker('p1');
    const tasks = ['train.0', 'train.1', 'train.2', 'train.3'];
    offerer.offer('p1', tasks);
    await offerer.when((found) => found.size >= 2);
    const exit = once(child, 'exit');
    await offerer.control('p1', 'close');
    expect(await exit).toEqual([0, null]);
    const states = await Promise.all(
      [...offerer.tasks.keys()].map((task) => offerer.whenState(task, TaskState.DONE)),
    );
    expect(states.length).toBeGreaterThanOrEqual(2);
    expect(offerer.heartbeats.at(-1)).toMatchObject({ node: 'p1', leaving: true, running: [] });
  });

  it('drains on SIGTERM and exits 0', async () => {
    const child = await worker('p2');
    offerer.offer('p2', ['train.10']);
    await offerer.record('train.10');
    const exit = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exit).toEqual([0, null]);
    expect((await offerer.whenState('train.10', TaskState.DONE)).node).toBe('p2');
  });

  it('is gone at once when it is killed: nobody listens on its subjects', async () => {
    const child = await worker('p3');
    offerer.offer('p3', ['train.11']);
    await offerer.whenState('train.11', TaskState.CLAIMED);
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
    await expect(offerer.control('p3', 'ping')).rejects.toMatchObject({ code: 'no-responders' });
    expect(offerer.tasks.get('train.11')?.state).toBe(TaskState.CLAIMED);
  });
});
