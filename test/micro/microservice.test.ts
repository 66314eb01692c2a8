/** Actors as NATS micro services: the answers by ADR-32, and what the stock command makes of them. */
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Bus } from '../../runtime/bus.ts';
import {
  announceService,
  type ServiceDescription,
  type ServiceHandle,
} from '../../runtime/microservice.ts';
import { connectNats } from '../../runtime/nats/connect.ts';
import { nodeClock } from '../../runtime/node/clock.ts';
import { findNatsCli, runNatsCli } from '../support/nats-cli.ts';
import { startTestServer, type TestServer } from '../support/nats-server.ts';

const describeWorker = (id: string): ServiceDescription => ({
  name: 'shoal-worker',
  id,
  version: '0.1.0',
  description: 'computes tasks',
  metadata: { node: id },
  endpoints: [
    { name: 'control', subject: `shoal.nodes.${id}.control` },
    { name: 'status', subject: 'shoal.coordinator.status', queue: 'coordinator' },
  ],
  startedMs: Date.UTC(2026, 0, 2),
  data: (endpoint) => (endpoint === 'control' ? { tasks: 3 } : undefined),
});

let server: TestServer;
let bus: Bus;
const handles: ServiceHandle[] = [];
beforeAll(async () => {
  server = await startTestServer();
  const clock = nodeClock();
  bus = await connectNats({ servers: server.url, name: 'test', clock, createLayout: true });
  for (const id of ['w1', 'w2']) handles.push(announceService(bus.transport, describeWorker(id)));
  handles[0]?.served('control', 1.5);
  handles[0]?.served('control', 0.5, 'no-task: unknown task');
  handles[0]?.served('unheard of', 1);
  await bus.transport.ping(2_000);
});
afterAll(async () => {
  for (const handle of handles) handle.stop();
  await bus.close();
  await server.stop();
});

async function ask(subject: string): Promise<unknown> {
  const reply = await bus.transport.request(subject, new Uint8Array(), { timeoutMs: 2_000 });
  return JSON.parse(Buffer.from(reply.bytes).toString());
}

describe('a service', () => {
  it('answers PING, INFO and STATS by name and id', async () => {
    const identity = { name: 'shoal-worker', id: 'w1', version: '0.1.0', metadata: { node: 'w1' } };
    expect(await ask('$SRV.PING.shoal-worker.w1')).toEqual({
      type: 'io.nats.micro.v1.ping_response',
      ...identity,
    });
    const control = { name: 'control', subject: 'shoal.nodes.w1.control', queue_group: '' };
    const status = {
      name: 'status',
      subject: 'shoal.coordinator.status',
      queue_group: 'coordinator',
    };
    expect(await ask('$SRV.INFO.shoal-worker.w1')).toEqual({
      type: 'io.nats.micro.v1.info_response',
      ...identity,
      description: 'computes tasks',
      endpoints: [
        { ...control, metadata: {} },
        { ...status, metadata: {} },
      ],
    });
    const none = { num_requests: 0, num_errors: 0, last_error: '' };
    expect(await ask('$SRV.STATS.shoal-worker.w1')).toEqual({
      type: 'io.nats.micro.v1.stats_response',
      ...identity,
      started: '2026-01-02T00:00:00.000Z',
      endpoints: [
        {
          ...control,
          num_requests: 2,
          num_errors: 1,
          last_error: 'no-task: unknown task',
          processing_time: 2_000_000,
          average_processing_time: 1_000_000,
          data: { tasks: 3 },
        },
        { ...status, ...none, processing_time: 0, average_processing_time: 0 },
      ],
    });
  });

  it('is heard, every instance of it, when all are asked', async () => {
    const nc = await connect({ servers: server.url });
    const ids: string[] = [];
    const both = Promise.withResolvers<void>();
    nc.subscribe('_INBOX.answers', {
      callback: (_error, message) => {
        ids.push(message.json<{ id: string }>().id);
        if (ids.length === 2) both.resolve();
      },
    });
    nc.publish('$SRV.PING', '', { reply: '_INBOX.answers' });
    await both.promise;
    expect(ids.sort()).toEqual(['w1', 'w2']);
    await nc.close();
  });

  it('is silent once stopped', async () => {
    const gone = announceService(bus.transport, describeWorker('w9'));
    await bus.transport.ping(2_000);
    expect(await ask('$SRV.PING.shoal-worker.w9')).toMatchObject({ id: 'w9' });
    gone.stop();
    await bus.transport.ping(2_000);
    await expect(ask('$SRV.PING.shoal-worker.w9')).rejects.toMatchObject({ code: 'no-responders' });
  });
});

const cli = findNatsCli();
const cliTitle =
  cli === undefined
    ? 'the stock nats command (skipped: not installed; name it in NATS_CLI)'
    : 'the stock nats command';
describe.skipIf(cli === undefined)(cliTitle, () => {
  const nats = (...args: string[]) => runNatsCli(cli as string, ['-s', server.url, ...args]);

  it('lists, describes and measures the services', async () => {
    const listed = JSON.parse((await nats('micro', 'ls', '--json')).stdout) as { id: string }[];
    expect(listed.map((service) => service.id).sort()).toEqual(['w1', 'w2']);
    const info = await nats('micro', 'info', 'shoal-worker', 'w1');
    expect(info.stdout).toContain('shoal.nodes.w1.control');
    const stats = await nats('micro', 'stats', 'shoal-worker');
    expect(stats.stdout).toMatch(/w1.*\b2\b/);
  });
});
